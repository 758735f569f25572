import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePseudonyms2 implements MigrationInterface {
  readonly name = 'CreatePseudonyms1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pseudonym_key');
  }
}

// The key of the buyers' pseudonyms, where none is given: one for all replicas, drawn by the first that starts
const TABLE = `CREATE TABLE pseudonym_key (
  one    boolean PRIMARY KEY DEFAULT true CHECK (one),
  secret bytea   NOT NULL CHECK (length(secret) = 32)
)`;
