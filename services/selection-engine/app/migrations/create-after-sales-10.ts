import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAfterSales10 implements MigrationInterface {
  readonly name = 'CreateAfterSales1700000000110';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE after_sales; DROP INDEX buyer_to_judge; ALTER TABLE line_end DROP COLUMN faulty');
  }
}

const STATEMENTS = [
  `ALTER TABLE line_end ADD COLUMN faulty jsonb`,
  `DROP TABLE offer_return`,
  // Of each offer, halved in 30 days; nothing of who
  `CREATE TABLE after_sales (
     offer_id   text             PRIMARY KEY,
     served     double precision NOT NULL,
     faulty     double precision NOT NULL,
     judged     double precision NOT NULL,
     returned   double precision NOT NULL CHECK (returned <= judged * 1.000001),
     changed_at timestamptz      NOT NULL DEFAULT clock_timestamp()
   )`,
  // Buyers of whom it is not known yet whether they come back in time
  `CREATE INDEX buyer_to_judge ON buyer (seen_at) WHERE state->'lastOffers' <> '[]'::jsonb`,
];
