import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The caps against hoarding, in one row, and what each counts: never below nothing. */
export class Caps23 implements MigrationInterface {
  readonly name = 'Caps1700000000223';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE cap (id text PRIMARY KEY, state jsonb NOT NULL)');
    await runner.query(
      'CREATE TABLE cap_usage (id text PRIMARY KEY, units int NOT NULL CHECK (units >= 0), state jsonb NOT NULL) WITH (fillfactor = 50)',
    );
    await runner.query('CREATE INDEX cap_usage_most ON cap_usage (units DESC, id) WHERE units > 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE cap_usage, cap');
  }
}
