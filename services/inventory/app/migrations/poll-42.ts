import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a supplier that is asked for its stock is asked next, and how it went. */
export class Poll42 implements MigrationInterface {
  readonly name = 'Poll1700000000242';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE supplier_poll (
       supplier_id  text        PRIMARY KEY,
       next_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
       leased_until timestamptz NOT NULL DEFAULT '-infinity',
       failures     int         NOT NULL DEFAULT 0,
       polled_at    timestamptz,
       answered_at  timestamptz,
       goods        int,
       error        text
     ) WITH (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE supplier_poll');
  }
}
