import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['offer', 'drain', 'hold', 'attempt', 'purchase'];

/** The state of what orders and feeds change is kept as it is written: nothing asks for parts of it so often as it is written whole. */
export class AsWritten44 implements MigrationInterface {
  readonly name = 'AsWritten1700000000244';

  async up(runner: QueryRunner): Promise<void> {
    for (const it of TABLES) await runner.query(`ALTER TABLE ${it} ALTER COLUMN state TYPE json`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const it of TABLES) await runner.query(`ALTER TABLE ${it} ALTER COLUMN state TYPE jsonb`);
  }
}
