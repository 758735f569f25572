import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When the books of the stock are looked at next, by whom, and up to which movement they were: at the last look, and at the one before it. What
 * was under way at a look is in the next one.
 */
export class Look48 implements MigrationInterface {
  readonly name = 'Look1700000000248';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE stock_look (
       id           int         PRIMARY KEY CHECK (id = 1),
       next_at      timestamptz NOT NULL,
       leased_until timestamptz NOT NULL DEFAULT '-infinity',
       before_id    bigint      NOT NULL DEFAULT 0,
       seen_id      bigint      NOT NULL DEFAULT 0,
       whole_at     timestamptz NOT NULL DEFAULT '-infinity'
     )`);
    await runner.query(`INSERT INTO stock_look (id, next_at) VALUES (1, clock_timestamp() + interval '1 hour')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stock_look');
  }
}
