import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What procurement keeps beside its rows: suppliers' own numbers, work lists, signed feeds, accounts, and the comparison of books. */
export class Procure10 implements MigrationInterface {
  readonly name = 'Procure1700000000210';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE reconciliation_item, reconciliation, feed_message, feed_secret, work_item_unit, work_item, supplier_order, account',
    );
    await runner.query('ALTER TABLE hold DROP COLUMN waiting');
  }
}

const STATEMENTS = [
  `CREATE TABLE account (id text PRIMARY KEY, short boolean NOT NULL, state jsonb NOT NULL)`,
  `ALTER TABLE hold ADD COLUMN waiting int NOT NULL DEFAULT 0 CHECK (waiting >= 0 AND waiting <= strikable)`,
  `CREATE INDEX hold_waiting ON hold (offer_id, created_at, id) WHERE waiting > 0`,
  `CREATE TABLE supplier_order (
     purchase_id       text        PRIMARY KEY,
     supplier_order_no text        NOT NULL,
     unit_cost_minor   bigint      NOT NULL CHECK (unit_cost_minor >= 0),
     seen              text,
     created_at        timestamptz NOT NULL DEFAULT clock_timestamp()
   )`,
  `CREATE TABLE work_item (
     id              text        PRIMARY KEY,
     supplier_id     text        NOT NULL,
     hold_id         text        NOT NULL,
     offer_id        text        NOT NULL,
     sku             text        NOT NULL,
     quantity        int         NOT NULL CHECK (quantity > 0),
     wants           text        NOT NULL CHECK (wants IN ('code', 'proof')),
     unit_cost_minor bigint      NOT NULL,
     status          text        NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'refused')),
     reason          text,
     due_at          timestamptz NOT NULL,
     created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
     reminded_at     timestamptz,
     closed_at       timestamptz,
     CONSTRAINT what_is_closed_has_a_time CHECK ((status = 'open') = (closed_at IS NULL))
   )`,
  `CREATE INDEX work_item_due ON work_item (due_at, id) WHERE status = 'open'`,
  `CREATE INDEX work_item_of ON work_item (supplier_id, due_at, id)`,
  `CREATE TABLE work_item_unit (
     work_item_id text        NOT NULL REFERENCES work_item,
     unit         int         NOT NULL CHECK (unit > 0),
     kind         text        NOT NULL CHECK (kind IN ('code', 'top-up', 'invalid')),
     proof_kind   text        CHECK (proof_kind IN ('text', 'url', 'reference')),
     proof        text,
     done_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
     PRIMARY KEY (work_item_id, unit)
   )`,
  `CREATE TABLE feed_secret (
     id          uuid        PRIMARY KEY,
     supplier_id text        NOT NULL,
     key_id      text        NOT NULL,
     sealed      bytea       NOT NULL,
     created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
     expires_at  timestamptz
   )`,
  `CREATE INDEX feed_secret_of ON feed_secret (supplier_id)`,
  `CREATE TABLE feed_message (
     supplier_id text        NOT NULL,
     webhook_id  text        NOT NULL,
     taken_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
     PRIMARY KEY (supplier_id, webhook_id)
   )`,
  `CREATE INDEX feed_message_old ON feed_message (taken_at)`,
  `CREATE TABLE reconciliation (
     id          uuid        PRIMARY KEY,
     supplier_id text        NOT NULL,
     from_at     timestamptz NOT NULL,
     until_at    timestamptz NOT NULL,
     status      text        NOT NULL CHECK (status IN ('running', 'ended', 'failed')),
     compared    int         NOT NULL DEFAULT 0,
     started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
     ended_at    timestamptz,
     error       text
   )`,
  `CREATE INDEX reconciliation_of ON reconciliation (supplier_id, started_at DESC)`,
  `CREATE TABLE reconciliation_item (
     id                bigserial   PRIMARY KEY,
     reconciliation_id uuid        NOT NULL REFERENCES reconciliation,
     purchase_id       text        NOT NULL,
     kind              text        NOT NULL,
     ours              jsonb       NOT NULL,
     theirs            jsonb,
     resolution        text        CHECK (resolution IN ('asked', 'written-off', 'accepted')),
     note              text,
     resolved_by       text,
     resolved_at       timestamptz,
     UNIQUE (reconciliation_id, purchase_id, kind)
   )`,
];
