import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An Idempotency-Key reveals one delivery of its merchant. */
export class RevealKeys50 implements MigrationInterface {
  readonly name = 'RevealKeys1700000000250';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX reveal_of_idempotency ON reveal (merchant_id, idempotency_key)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX reveal_of_idempotency`);
  }
}
