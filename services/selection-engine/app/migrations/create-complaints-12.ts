import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateComplaints12 implements MigrationInterface {
  readonly name = 'CreateComplaints1700000000112';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE complaint');
  }
}

const STATEMENTS = [
  // One row a delivery that was complained of, by its hold; no buyer, merchant or reason
  `CREATE TABLE complaint (
     id         text        PRIMARY KEY,
     changed_at timestamptz NOT NULL,
     state      jsonb       NOT NULL
   )`,
  `CREATE INDEX complaint_by_change ON complaint (changed_at)`,
];
