import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateUnbacked16 implements MigrationInterface {
  readonly name = 'CreateUnbacked1700000000116';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE unbacked');
  }
}

const STATEMENTS = [
  // What is held for a line in flight, and has no independent fallback; told by the replica that has the order
  `CREATE TABLE unbacked (
     hold_id     text        PRIMARY KEY,
     order_id    text        NOT NULL,
     line_id     text        NOT NULL,
     offer_id    text        NOT NULL,
     supplier_id text        NOT NULL,
     sku         text        NOT NULL,
     units       int         NOT NULL CHECK (units > 0),
     replica     uuid        NOT NULL,
     since       timestamptz NOT NULL DEFAULT now()
   )`,
  `CREATE INDEX unbacked_by_time ON unbacked (since, hold_id)`,
];
