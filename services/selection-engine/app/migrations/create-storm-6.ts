import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateStorm6 implements MigrationInterface {
  readonly name = 'CreateStorm1700000000106';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE storm');
  }
}

const TABLE = `CREATE TABLE storm (
  id         text        PRIMARY KEY,
  offer_id   text        NOT NULL,
  planned_at timestamptz NOT NULL,
  objective  bigint      NOT NULL,
  bound      bigint      NOT NULL CHECK (bound >= objective),
  gap        bigint      NOT NULL CHECK (gap >= 0),
  record     jsonb       NOT NULL
)`;
