import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables that every service has (architecture 3). */
export class ShellTables1 implements MigrationInterface {
  readonly name = 'ShellTables1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new Error('the shell tables are not taken away: drop the database');
  }
}

// CACHE 1: ids must grow in the order in which rows are inserted under a lock (protocol 28).
const STATEMENTS = [
  `CREATE SEQUENCE event_id AS bigint CACHE 1`,
  `CREATE TABLE event (
     id          bigint      NOT NULL DEFAULT nextval('event_id'),
     xid         xid8        NOT NULL DEFAULT pg_current_xact_id(),
     at          timestamptz NOT NULL,
     event_id    uuid        NOT NULL,
     topic       text,
     key         text        NOT NULL,
     type        text        NOT NULL,
     cause       text,
     actor       text        NOT NULL,
     traceparent text,
     data        json        NOT NULL
   ) PARTITION BY RANGE (at)`,
  `CREATE INDEX event_xid ON event (xid)`,
  `CREATE INDEX event_id_order ON event (id)`,
  `CREATE TABLE todo (
     id          bigserial   PRIMARY KEY,
     kind        text        NOT NULL,
     key         text        NOT NULL,
     due_at      timestamptz NOT NULL,
     caught_up   text,
     payload     json        NOT NULL,
     cause       text,
     traceparent text,
     attempts    int         NOT NULL DEFAULT 0,
     lease_until timestamptz,
     token       uuid,
     error       text,
     stuck       boolean     NOT NULL DEFAULT false
   ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02)`,
  `CREATE INDEX todo_due ON todo (due_at, id) WHERE NOT stuck`,
  `CREATE INDEX todo_key ON todo (key, id)`,
  `CREATE TABLE inbox (
     consumer text NOT NULL,
     event_id uuid NOT NULL,
     day      date NOT NULL,
     PRIMARY KEY (consumer, event_id, day)
   ) PARTITION BY RANGE (day)`,
  `CREATE TABLE relay (
     cursor   text   PRIMARY KEY,
     epoch    bigint NOT NULL DEFAULT 0,
     snapshot text   NOT NULL DEFAULT '3:3:',
     tick     text,
     page     bigint NOT NULL DEFAULT 0
   )`,
  `CREATE TABLE watermark (
     topic      text        NOT NULL,
     partition  int         NOT NULL,
     partitions int         NOT NULL,
     at         timestamptz NOT NULL,
     PRIMARY KEY (topic, partition)
   ) WITH (fillfactor = 50)`,
  `CREATE TABLE projection (
     topic   text   NOT NULL,
     key     text   NOT NULL,
     version bigint NOT NULL,
     data    json   NOT NULL,
     xid     xid8   NOT NULL DEFAULT pg_current_xact_id(),
     PRIMARY KEY (topic, key)
   ) WITH (fillfactor = 70)`,
  `CREATE INDEX projection_xid ON projection (xid)`,
  `CREATE TABLE answer (
     tenant text        NOT NULL,
     key    text        NOT NULL,
     hash   text        NOT NULL,
     status int         NOT NULL,
     body   json,
     at     timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (tenant, key)
   )`,
  `CREATE INDEX answer_at ON answer (at)`,
  `CREATE TABLE parked_key (
     consumer  text        NOT NULL,
     key       text        NOT NULL,
     error     text        NOT NULL,
     parked_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (consumer, key)
   )`,
  `CREATE TABLE parked_message (
     id       bigserial PRIMARY KEY,
     consumer text      NOT NULL,
     key      text      NOT NULL,
     topic    text      NOT NULL,
     event_id uuid,
     envelope text      NOT NULL
   )`,
  `CREATE INDEX parked_message_key ON parked_message (consumer, key, id)`,
];

/**
 * The lane of an effect: who is slow there keeps only his own waiting. Commands and effects by an index each, so that a look at the one
 * does not read past the other.
 */
export class ShellLanes2 implements MigrationInterface {
  readonly name = 'ShellLanes1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE todo ADD COLUMN lane text NOT NULL DEFAULT ''`);
    await runner.query(`DROP INDEX todo_due`);
    await runner.query(`CREATE INDEX todo_commands ON todo (due_at, id) WHERE kind = 'command' AND NOT stuck`);
    await runner.query(`CREATE INDEX todo_effects ON todo (due_at, id) WHERE kind <> 'command' AND NOT stuck`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX todo_effects, todo_commands`);
    await runner.query(`CREATE INDEX todo_due ON todo (due_at, id) WHERE NOT stuck`);
    await runner.query(`ALTER TABLE todo DROP COLUMN lane`);
  }
}
