import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How fast an offer's units are delivered is read by offer and time. */
export class Turnover40 implements MigrationInterface {
  readonly name = 'Turnover1700000000240';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX stock_delivered ON stock_movement (offer_id, at) WHERE kind = 'DELIVERY'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX stock_delivered');
  }
}
