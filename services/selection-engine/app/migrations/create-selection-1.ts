import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSelection1 implements MigrationInterface {
  readonly name = 'CreateSelection1700000000101';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE decision, ranked');
  }
}

const STATEMENTS = [
  `CREATE TABLE ranked (
     id       text  PRIMARY KEY,
     planned  int   NOT NULL CHECK (planned >= 0),
     quantity int   NOT NULL CHECK (planned <= quantity),
     state    jsonb NOT NULL
   )`,
  `CREATE TABLE decision (
     id          text        PRIMARY KEY,
     order_id    text        NOT NULL,
     merchant_id text        NOT NULL,
     decided_at  timestamptz NOT NULL,
     model       text        NOT NULL,
     record      jsonb       NOT NULL
   )`,
];
