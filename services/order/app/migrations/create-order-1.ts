import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOrder1 implements MigrationInterface {
  readonly name = 'CreateOrder1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new Error('orders are not taken away: drop the database');
  }
}

const STATEMENTS = [
  `CREATE TABLE orders (
     id               text        PRIMARY KEY,
     merchant_id      text        NOT NULL,
     client_reference text        NOT NULL,
     status           text        NOT NULL,
     placed_at        timestamptz NOT NULL,
     held_minor       bigint      NOT NULL CHECK (held_minor >= 0),
     state            jsonb       NOT NULL,
     CHECK (status = 'running' OR held_minor = 0)
   ) WITH (fillfactor = 70)`,
  `CREATE INDEX orders_by_merchant ON orders (merchant_id, placed_at DESC, id DESC)`,
  `CREATE INDEX orders_by_reference ON orders (merchant_id, client_reference)`,
  `CREATE INDEX orders_running ON orders (placed_at) WHERE status = 'running'`,
  `CREATE TABLE accounts (
     id              text   PRIMARY KEY,
     available_minor bigint NOT NULL CHECK (available_minor >= 0),
     held_minor      bigint NOT NULL CHECK (held_minor >= 0),
     state           jsonb  NOT NULL
   ) WITH (fillfactor = 50)`,
  `CREATE TABLE merchants (id text PRIMARY KEY, state jsonb NOT NULL)`,
  `CREATE TABLE keys (id text PRIMARY KEY, hash text NOT NULL UNIQUE, state jsonb NOT NULL)`,
  `CREATE TABLE timeline (
     n        bigserial   PRIMARY KEY,
     order_id text        NOT NULL,
     line_id  text,
     at       timestamptz NOT NULL,
     what     text        NOT NULL,
     reason   text,
     actor    text        NOT NULL,
     cause    text,
     trace    text,
     detail   jsonb       NOT NULL
   )`,
  `CREATE INDEX timeline_by_order ON timeline (order_id, n)`,
  `CREATE TABLE ledger_entry (
     n            bigserial   PRIMARY KEY,
     movement_id  uuid        NOT NULL,
     merchant_id  text        NOT NULL,
     order_id     text,
     line_id      text,
     at           timestamptz NOT NULL,
     why          text        NOT NULL,
     reference    text,
     account      text        NOT NULL,
     amount_minor bigint      NOT NULL CHECK (amount_minor <> 0),
     currency     text        NOT NULL
   )`,
  `CREATE INDEX ledger_by_merchant ON ledger_entry (merchant_id, n)`,
  `CREATE INDEX ledger_by_order ON ledger_entry (order_id) WHERE order_id IS NOT NULL`,
  // Double entry, guarded where it lands, too: a movement's entries come in one statement, and sum to zero
  `CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     IF EXISTS (SELECT 1 FROM added GROUP BY movement_id, currency HAVING sum(amount_minor) <> 0) THEN
       RAISE EXCEPTION 'a movement of money sums to zero' USING ERRCODE = 'check_violation';
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER ledger_balanced AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_unbalanced()`,
  // what is written stays written (I4)
  `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`,
  `CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry EXECUTE FUNCTION refuse_change()`,
];
