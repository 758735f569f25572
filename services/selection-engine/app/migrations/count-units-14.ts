import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CountUnits14 implements MigrationInterface {
  readonly name = 'CountUnits1700000000114';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX decision_asked; ALTER TABLE decision DROP COLUMN units');
    await runner.query('CREATE INDEX decision_asked ON decision (decided_at) INCLUDE (asked) WHERE asked IS NOT NULL');
  }
}

const STATEMENTS = [
  // Beside `asked`: of how many units; null in rows from before
  `ALTER TABLE decision ADD COLUMN units int CHECK (units > 0)`,
  `DROP INDEX decision_asked`,
  `CREATE INDEX decision_asked ON decision (decided_at) INCLUDE (asked, units) WHERE asked IS NOT NULL`,
];
