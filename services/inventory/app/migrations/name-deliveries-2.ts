import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A delivery's own id is made of its hold's, and so names the supplier: merchants know it by another, which says nothing (protocol 31). */
export class NameDeliveries2 implements MigrationInterface {
  readonly name = 'NameDeliveries1700000000202';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE delivery ADD COLUMN public_id text NOT NULL DEFAULT gen_random_uuid()::text`);
    await runner.query(`CREATE UNIQUE INDEX delivery_public ON delivery (public_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE delivery DROP COLUMN public_id`);
  }
}
