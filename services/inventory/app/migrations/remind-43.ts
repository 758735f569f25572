import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Work by hand is told of as late, once. */
export class Remind43 implements MigrationInterface {
  readonly name = 'Remind1700000000243';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE work_item ADD COLUMN late_told_at timestamptz');
    await runner.query(`CREATE INDEX work_item_to_tell ON work_item (due_at) WHERE status = 'open' AND late_told_at IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE work_item DROP COLUMN late_told_at');
  }
}
