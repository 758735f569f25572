import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rates of exchange, and until when an offer's figure is fresh. */
export class Offers21 implements MigrationInterface {
  readonly name = 'Offers1700000000221';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE rate (id text PRIMARY KEY, state jsonb NOT NULL)');
    await runner.query('ALTER TABLE offer ADD COLUMN fresh_until timestamptz');
    await runner.query('CREATE INDEX offer_to_go_stale ON offer (fresh_until) WHERE fresh_until IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE offer DROP COLUMN fresh_until');
    await runner.query('DROP TABLE rate');
  }
}
