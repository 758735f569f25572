import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A comparison of books says how many purchases it has not looked at. */
export class Compare45 implements MigrationInterface {
  readonly name = 'Compare1700000000245';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE reconciliation ADD COLUMN left_out int NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE reconciliation DROP COLUMN left_out');
  }
}
