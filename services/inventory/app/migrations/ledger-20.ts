import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every movement of stock, and what the comparison of the counters with them has found. */
export class Ledger20 implements MigrationInterface {
  readonly name = 'Ledger1700000000220';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stock_difference, stock_movement');
    await runner.query('DROP FUNCTION refuse_change()');
  }
}

const STATEMENTS = [
  // One index: what is asked is always of one offer, in order.
  `CREATE TABLE stock_movement (
     offer_id  text        NOT NULL,
     id        bigserial   NOT NULL,
     kind      text        NOT NULL CHECK (kind IN ('HOLD', 'SUBMIT', 'ACCEPT', 'RELEASE', 'DELIVERY', 'FEED', 'IMPORT', 'ADJUSTMENT')),
     hold_id   text,
     units     int         NOT NULL,
     held      int         NOT NULL,
     in_flight int         NOT NULL,
     accepted  int         NOT NULL,
     reported  int,
     settled   int,
     at        timestamptz NOT NULL,
     PRIMARY KEY (offer_id, id),
     CONSTRAINT a_hold_has_an_owner CHECK (kind NOT IN ('HOLD', 'SUBMIT', 'DELIVERY', 'RELEASE') OR hold_id IS NOT NULL)
   )`,
  `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`,
  `CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON stock_movement FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
  // What there was before the ledger opens it: up to the last report, and after it.
  `INSERT INTO stock_movement (offer_id, kind, units, held, in_flight, accepted, reported, settled, at)
   SELECT id, 'ADJUSTMENT', (state ->> 'reported')::int, 0, 0, (state ->> 'acceptedAtReport')::int, (state ->> 'reported')::int,
          (state ->> 'settled')::int, clock_timestamp() FROM offer`,
  `INSERT INTO stock_movement (offer_id, kind, units, held, in_flight, accepted, at)
   SELECT id, 'ADJUSTMENT', held + in_flight, held, in_flight, (state ->> 'accepted')::int - (state ->> 'acceptedAtReport')::int,
          clock_timestamp() FROM offer`,
  `CREATE TABLE stock_difference (
     id          bigserial   PRIMARY KEY,
     offer_id    text        NOT NULL,
     seen        jsonb       NOT NULL,
     rebuilt     jsonb       NOT NULL,
     of_holds    jsonb       NOT NULL,
     repaired    boolean     NOT NULL,
     found_at    timestamptz NOT NULL DEFAULT clock_timestamp()
   )`,
];
