import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A code's fingerprint across all goods, the line that brought it, and, of one that is there under another good already, that other. The fingerprint
 * within its SKU stays for a version beside this one; what that version brings, and what lies there already, gets the other from `twins.loop.ts`.
 */
export class Twins46 implements MigrationInterface {
  readonly name = 'Twins1700000000246';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX code_across_hub, code_to_compare, code_twin');
    await runner.query('ALTER TABLE code DROP COLUMN hub_print, DROP COLUMN line, DROP COLUMN twin_of');
    await runner.query('ALTER TABLE vault_total DROP COLUMN twins');
    await runner.query('ALTER TABLE stock_movement DROP CONSTRAINT stock_movement_reason_check');
    await runner.query(
      `ALTER TABLE stock_movement ADD CONSTRAINT stock_movement_reason_check CHECK (reason IN ('expired', 'near-expiry')) NOT VALID`,
    );
  }
}

const STATEMENTS = [
  `ALTER TABLE code ADD COLUMN hub_print bytea, ADD COLUMN line int, ADD COLUMN twin_of uuid`,
  `CREATE UNIQUE INDEX code_across_hub ON code (hub_print) WHERE hub_print IS NOT NULL`,
  `CREATE INDEX code_to_compare ON code (id) WHERE hub_print IS NULL AND twin_of IS NULL AND fingerprint IS NOT NULL`,
  `CREATE INDEX code_twin ON code (twin_of) WHERE twin_of IS NOT NULL`,
  // Of `expired`: those that were there twice.
  `ALTER TABLE vault_total ADD COLUMN twins bigint NOT NULL DEFAULT 0`,
  `ALTER TABLE stock_movement DROP CONSTRAINT stock_movement_reason_check`,
  `ALTER TABLE stock_movement ADD CONSTRAINT stock_movement_reason_check CHECK (reason IN ('expired', 'near-expiry', 'duplicate')) NOT VALID`,
];
