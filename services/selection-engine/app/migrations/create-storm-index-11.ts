import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateStormIndex11 implements MigrationInterface {
  readonly name = 'CreateStormIndex1700000000111';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(INDEX);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX decision_of_storm');
  }
}

/** The lines that a plan led; of the others there is nothing in it. */
const INDEX = `CREATE INDEX decision_of_storm ON decision ((record #>> '{storm,planId}')) WHERE record #>> '{storm,planId}' IS NOT NULL`;
