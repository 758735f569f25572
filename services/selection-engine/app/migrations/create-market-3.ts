import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMarket3 implements MigrationInterface {
  readonly name = 'CreateMarket1700000000103';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE market; ALTER TABLE decision DROP COLUMN asked; DROP INDEX decision_by_order');
  }
}

const STATEMENTS = [
  `CREATE TABLE market (
     id    text  PRIMARY KEY,
     state jsonb NOT NULL
   )`,
  // The good that a new line asked for; null for every further attempt. Demand is counted from it, minute by minute, by the index alone.
  `ALTER TABLE decision ADD COLUMN asked text`,
  `CREATE INDEX decision_asked ON decision (decided_at) INCLUDE (asked) WHERE asked IS NOT NULL`,
  // Grows at its end: an order's id is a UUIDv7
  `CREATE INDEX decision_by_order ON decision (order_id)`,
];
