import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Codes are found by the fingerprint that they share across all goods: the version before compares by it, too, so the one within their SKU is
 * written no more, and costs no index. Its column stays for that version, and for codes that are not compared yet.
 */
export class OnePrint49 implements MigrationInterface {
  readonly name = 'OnePrint1700000000249';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE code DROP CONSTRAINT code_fingerprint_key`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE code ADD CONSTRAINT code_fingerprint_key UNIQUE (fingerprint)`);
  }
}
