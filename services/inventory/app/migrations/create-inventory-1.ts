import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateInventory1 implements MigrationInterface {
  readonly name = 'CreateInventory1700000000201';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE supplier_token, code, reveal, delivery, purchase, attempt, hold, drain, offer, verdict, supplier, product',
    );
  }
}

const STATEMENTS = [
  `CREATE TABLE product  (id text PRIMARY KEY, state jsonb NOT NULL)`,
  `CREATE TABLE supplier (id text PRIMARY KEY, state jsonb NOT NULL)`,
  `CREATE TABLE verdict  (id text PRIMARY KEY, state jsonb NOT NULL)`,
  `CREATE TABLE offer (
     id          text  PRIMARY KEY,
     supplier_id text  NOT NULL,
     sku         text  NOT NULL,
     on_hand     int   NOT NULL,
     held        int   NOT NULL CHECK (held >= 0),
     in_flight   int   NOT NULL CHECK (in_flight >= 0),
     state       jsonb NOT NULL,
     CONSTRAINT never_oversell CHECK (held + in_flight <= on_hand),
     UNIQUE (supplier_id, sku)
   ) WITH (fillfactor = 70)`,
  `CREATE INDEX offer_of_sku ON offer (sku)`,
  `CREATE TABLE drain (id text PRIMARY KEY, armed boolean NOT NULL, state jsonb NOT NULL)`,
  `CREATE TABLE hold (
     id          text        PRIMARY KEY,
     order_id    text        NOT NULL,
     offer_id    text        NOT NULL REFERENCES offer,
     region      text        NOT NULL,
     price_minor bigint      NOT NULL,
     granted     int         NOT NULL,
     strikable   int         NOT NULL CHECK (strikable >= 0),
     at_supplier int         NOT NULL CHECK (at_supplier >= 0),
     delivered   int         NOT NULL CHECK (delivered >= 0),
     lost        int         NOT NULL CHECK (lost >= 0),
     released    int         NOT NULL CHECK (released >= 0),
     created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
     state       jsonb       NOT NULL,
     CONSTRAINT every_unit_is_somewhere CHECK (granted = strikable + at_supplier + delivered + lost + released)
   ) WITH (fillfactor = 70)`,
  `CREATE INDEX hold_to_drain ON hold (offer_id, created_at DESC, id DESC) WHERE strikable > 0`,
  `CREATE TABLE attempt (id text PRIMARY KEY, state jsonb NOT NULL)`,
  `CREATE TABLE purchase (
     id          text        PRIMARY KEY,
     offer_id    text        NOT NULL,
     supplier_id text        NOT NULL,
     status      text        NOT NULL,
     bought      int         NOT NULL,
     delivered   int         NOT NULL,
     kept        int         NOT NULL,
     quarantined int         NOT NULL,
     written_off int         NOT NULL,
     created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
     state       jsonb       NOT NULL,
     CONSTRAINT what_was_bought_is_somewhere CHECK (bought = delivered + kept + quarantined + written_off)
   ) WITH (fillfactor = 70)`,
  `CREATE INDEX purchase_newest ON purchase (created_at, id)`,
  `CREATE INDEX purchase_open ON purchase (created_at, id) WHERE status IN ('submitting', 'unknown', 'accepted')`,
  `CREATE INDEX purchase_quarantined ON purchase (offer_id) WHERE quarantined > 0`,
  `CREATE TABLE delivery (
     id           text        PRIMARY KEY,
     order_id     text        NOT NULL,
     merchant_id  text        NOT NULL,
     line_id      text        NOT NULL,
     purchase_id  text        NOT NULL,
     sku          text        NOT NULL,
     kind         text        NOT NULL CHECK (kind IN ('code', 'top-up')),
     delivered_at timestamptz NOT NULL
   )`,
  `CREATE INDEX delivery_of_order ON delivery (order_id)`,
  `CREATE TABLE reveal (
     id              bigserial   PRIMARY KEY,
     delivery_id     text        NOT NULL REFERENCES delivery,
     merchant_id     text        NOT NULL,
     api_key_id      text        NOT NULL,
     idempotency_key text        NOT NULL,
     reason          text        NOT NULL,
     repeat          boolean     NOT NULL,
     revealed_at     timestamptz NOT NULL DEFAULT clock_timestamp()
   )`,
  `CREATE UNIQUE INDEX revealed_once ON reveal (delivery_id) WHERE NOT repeat`,
  `CREATE TABLE code (
     id          uuid  PRIMARY KEY,
     offer_id    text  NOT NULL,
     sku         text  NOT NULL,
     state       text  NOT NULL CHECK (state IN ('free', 'assigned', 'quarantined', 'invalid')),
     unit_id     text  UNIQUE,
     purchase_id text,
     stocked     int   NOT NULL,
     key_id      text  NOT NULL,
     sealed      bytea NOT NULL,
     fingerprint bytea UNIQUE,
     CONSTRAINT a_free_code_has_no_unit CHECK ((state = 'free') = (unit_id IS NULL))
   )`,
  `CREATE INDEX code_free ON code (offer_id, id) WHERE state = 'free'`,
  `CREATE INDEX code_of_purchase ON code (purchase_id) WHERE purchase_id IS NOT NULL`,
  `CREATE TABLE supplier_token (supplier_id text PRIMARY KEY, key_id text NOT NULL, sealed bytea NOT NULL)`,
];
