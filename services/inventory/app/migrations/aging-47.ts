import type { MigrationInterface, QueryRunner } from 'typeorm';

/** From when on the figure of an offer is overdue that is fed in a rhythm and has promised nothing. */
export class Aging47 implements MigrationInterface {
  readonly name = 'Aging1700000000247';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE offer ADD COLUMN overdue_at timestamptz');
    await runner.query('CREATE INDEX offer_overdue ON offer (overdue_at) WHERE overdue_at IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE offer DROP COLUMN overdue_at');
  }
}
