import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDemand15 implements MigrationInterface {
  readonly name = 'CreateDemand1700000000115';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE demand_day, demand_model');
  }
}

const STATEMENTS = [
  // Units that lines asked for when they came, by good and day (UTC, days since 1970)
  `CREATE TABLE demand_day (
     day   int    NOT NULL,
     sku   text   NOT NULL,
     units bigint NOT NULL CHECK (units > 0),
     PRIMARY KEY (day, sku)
   )`,
  // One row: what was made of them, up to which day
  `CREATE TABLE demand_model (
     id    boolean PRIMARY KEY CHECK (id),
     day   int     NOT NULL,
     model jsonb
   )`,
];
