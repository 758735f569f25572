import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBuyers8 implements MigrationInterface {
  readonly name = 'CreateBuyers1700000000108';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE buyer, offer_return, erasure; ALTER TABLE line_end DROP COLUMN merchant_id, DROP COLUMN buyer_key');
    await runner.query('ALTER TABLE line_end DROP COLUMN served, DROP COLUMN ended_at');
  }
}

const STATEMENTS = [
  `ALTER TABLE line_end ADD COLUMN merchant_id text, ADD COLUMN buyer_key text, ADD COLUMN served jsonb,
     ADD COLUMN ended_at timestamptz NOT NULL DEFAULT clock_timestamp()`,
  // Under a pseudonym. Of one that is erased only the mark is left, for an hour, so that every replica hears of it
  `CREATE TABLE buyer (
     id          text        PRIMARY KEY,
     merchant_id text        NOT NULL,
     state       jsonb,
     seen_at     timestamptz NOT NULL,
     changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
     erased_at   timestamptz,
     CHECK ((state IS NULL) = (erased_at IS NOT NULL))
   )`,
  `CREATE INDEX buyer_by_change ON buyer (changed_at)`,
  `CREATE INDEX buyer_by_sight ON buyer (seen_at)`,
  // Buyers who came back after an offer had served them, in all; nothing of who
  `CREATE TABLE offer_return (
     offer_id   text        PRIMARY KEY,
     returned   bigint      NOT NULL CHECK (returned > 0),
     changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
   )`,
  // Who is to be forgotten, until his rows are gone
  `CREATE TABLE erasure (
     id        bigserial PRIMARY KEY,
     buyer_key text      NOT NULL
   )`,
];
