import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateEnds7 implements MigrationInterface {
  readonly name = 'CreateEnds1700000000107';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP INDEX line_end_by_fold; ALTER TABLE line_end DROP COLUMN folded_at, DROP COLUMN case_id; ALTER TABLE selection_case DROP COLUMN tier',
    );
  }
}

const STATEMENTS = [
  // Null while the line is part of no case. Afterwards the row stays as long as the bus could tell of the line again, so that it counts once.
  `ALTER TABLE line_end ADD COLUMN folded_at timestamptz, ADD COLUMN case_id text`,
  // Both what waits (nulls) and what is old are at one of its ends
  `CREATE INDEX line_end_by_fold ON line_end (folded_at)`,
  `ALTER TABLE selection_case ADD COLUMN tier text NOT NULL DEFAULT 'standard'`,
];
