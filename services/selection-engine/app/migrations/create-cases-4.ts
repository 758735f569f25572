import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCases4 implements MigrationInterface {
  readonly name = 'CreateCases1700000000104';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE line_end, selection_case');
  }
}

const STATEMENTS = [
  // Lines that ended and are not yet part of a case
  `CREATE TABLE line_end (
     order_id  text NOT NULL,
     line_id   text NOT NULL,
     ordered   int  NOT NULL CHECK (ordered > 0),
     delivered int  NOT NULL CHECK (delivered BETWEEN 0 AND ordered),
     PRIMARY KEY (order_id, line_id)
   )`,
  // Nothing in a case says whose order it was: orders alike are one row
  `CREATE TABLE selection_case (
     id          text   PRIMARY KEY,
     origin      text   NOT NULL CHECK (origin IN ('orders', 'curated')),
     scenario    text   NOT NULL,
     segment     text   NOT NULL,
     region      text   NOT NULL,
     category    text   NOT NULL,
     skus        text[] NOT NULL,
     quantity    int    NOT NULL CHECK (quantity > 0),
     price_minor bigint NOT NULL CHECK (price_minor >= 0),
     orders      int    NOT NULL CHECK (orders >= 0),
     ordered     bigint NOT NULL,
     delivered   bigint NOT NULL CHECK (delivered <= ordered),
     written     jsonb
   )`,
];
