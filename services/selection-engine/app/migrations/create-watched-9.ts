import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateWatched9 implements MigrationInterface {
  readonly name = 'CreateWatched1700000000109';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE watched');
  }
}

const STATEMENTS = [
  `CREATE TABLE watched (
     id    text        PRIMARY KEY,
     skus  text[]      NOT NULL,
     until timestamptz NOT NULL,
     state jsonb       NOT NULL
   ) WITH (fillfactor = 70)`,
  // What is looked through every few seconds: an order leaves it with its last good
  `CREATE INDEX watched_open ON watched (id) WHERE skus <> '{}'`,
];
