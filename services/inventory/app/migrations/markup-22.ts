import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The mark-up rules, in one row. */
export class Markup22 implements MigrationInterface {
  readonly name = 'Markup1700000000222';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE markup (id text PRIMARY KEY, state jsonb NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE markup');
  }
}
