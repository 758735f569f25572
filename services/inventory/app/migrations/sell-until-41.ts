import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Until when a code is sold, which is some days before it expires; and why stock was written off. Codes that lie there already are sold until
 * they expire, as they were. The index by expiry stays for a version beside this one, which knows no other end.
 */
export class SellUntil41 implements MigrationInterface {
  readonly name = 'SellUntil1700000000241';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX code_lapsing');
    await runner.query('ALTER TABLE code DROP COLUMN sell_until');
    await runner.query('ALTER TABLE code_batch DROP COLUMN margin_days');
    await runner.query('ALTER TABLE vault_total DROP COLUMN withdrawn');
    await runner.query('ALTER TABLE stock_movement DROP COLUMN reason');
  }
}

const STATEMENTS = [
  `ALTER TABLE code ADD COLUMN sell_until timestamptz NOT NULL DEFAULT 'infinity'`,
  `CREATE INDEX code_lapsing ON code (sell_until) WHERE state = 'free' AND sell_until < 'infinity'`,
  `ALTER TABLE code_batch ADD COLUMN margin_days int`,
  // Of `expired`: those that could still be redeemed.
  `ALTER TABLE vault_total ADD COLUMN withdrawn bigint NOT NULL DEFAULT 0`,
  `ALTER TABLE stock_movement ADD COLUMN reason text CHECK (reason IN ('expired', 'near-expiry'))`,
];
