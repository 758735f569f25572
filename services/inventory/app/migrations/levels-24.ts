import type { MigrationInterface, QueryRunner } from 'typeorm';

/** At which figures a good is told of, in one row, and how each stands, as it was told last. */
export class Levels24 implements MigrationInterface {
  readonly name = 'Levels1700000000224';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE stock_alert (id text PRIMARY KEY, state jsonb NOT NULL)');
    await runner.query('CREATE TABLE stock_level (id text PRIMARY KEY, state jsonb NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stock_level, stock_alert');
  }
}
