import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who is told of stock, in one row. */
export class Listeners2 implements MigrationInterface {
  readonly name = 'Listeners1700000000502';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE listener (id text PRIMARY KEY, state jsonb NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE listener');
  }
}
