import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Data keys that a key of the KMS wraps, batches of codes, their expiry, and counters of each vault. What lies there stays as it is sealed. */
export class SealInBatches30 implements MigrationInterface {
  readonly name = 'SealInBatches1700000000230';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM code WHERE state = 'expired'`);
    await runner.query(`ALTER TABLE code DROP COLUMN expires_at, DROP COLUMN batch_id`);
    await runner.query(`ALTER TABLE code DROP CONSTRAINT code_state_check`);
    await runner.query(`ALTER TABLE code ADD CONSTRAINT code_state_check CHECK (state IN ('free', 'assigned', 'quarantined', 'invalid'))`);
    await runner.query(`CREATE INDEX code_free ON code (offer_id, id) WHERE state = 'free'`);
    await runner.query(`DROP TABLE key_rotation, vault_total, code_batch, data_key`);
  }
}

const STATEMENTS = [
  `CREATE TABLE data_key (
     id         uuid        PRIMARY KEY,
     use        text        NOT NULL CHECK (use IN ('batch', 'sent', 'token')),
     kek_id     text        NOT NULL,
     wrapped    bytea       NOT NULL,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     wrapped_at timestamptz NOT NULL DEFAULT clock_timestamp()
   )`,
  `CREATE INDEX data_key_of_kek ON data_key (kek_id, id)`,
  `CREATE TABLE code_batch (
     id           text        PRIMARY KEY,
     offer_id     text        NOT NULL,
     supplier_id  text        NOT NULL,
     sku          text        NOT NULL,
     name         text        NOT NULL,
     source       text        NOT NULL CHECK (source IN ('ndjson', 'csv')),
     content_hash text,
     data_key_id  uuid        NOT NULL REFERENCES data_key,
     state        text        NOT NULL CHECK (state IN ('running', 'done', 'stopped')),
     lines        int         NOT NULL DEFAULT 0,
     stored       int         NOT NULL DEFAULT 0,
     invalid      int         NOT NULL DEFAULT 0,
     duplicates   int         NOT NULL DEFAULT 0,
     repeated     int         NOT NULL DEFAULT 0,
     problems     jsonb       NOT NULL DEFAULT '[]',
     imported_by  text        NOT NULL,
     expires_at   timestamptz NOT NULL DEFAULT 'infinity',
     started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
     updated_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
     ended_at     timestamptz
   ) WITH (fillfactor = 70)`,
  `CREATE INDEX code_batch_newest ON code_batch (started_at, id)`,
  `ALTER TABLE code ADD COLUMN batch_id text, ADD COLUMN expires_at timestamptz NOT NULL DEFAULT 'infinity'`,
  `ALTER TABLE code DROP CONSTRAINT code_state_check, DROP CONSTRAINT a_free_code_has_no_unit`,
  `ALTER TABLE code ADD CONSTRAINT code_state_check CHECK (state IN ('free', 'assigned', 'quarantined', 'invalid', 'expired')),
                    ADD CONSTRAINT a_free_code_has_no_unit CHECK ((state IN ('free', 'expired')) = (unit_id IS NULL))`,
  `DROP INDEX code_free`,
  `CREATE INDEX code_free ON code (offer_id, expires_at, id) WHERE state = 'free'`,
  `CREATE INDEX code_expiring ON code (expires_at) WHERE state = 'free' AND expires_at < 'infinity'`,
  // Sealed by a key of the KMS itself, before there were data keys, whose ids are UUIDs
  `CREATE INDEX code_sealed_bare ON code (id) WHERE length(key_id) < 36`,
  `CREATE TABLE vault_total (
     offer_id   text        PRIMARY KEY,
     stocked    bigint      NOT NULL CHECK (stocked >= 0),
     expired    bigint      NOT NULL CHECK (expired BETWEEN 0 AND stocked),
     told       bigint      NOT NULL,
     changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
   ) WITH (fillfactor = 50)`,
  `CREATE INDEX vault_untold ON vault_total (changed_at) WHERE stocked + expired <> told`,
  `INSERT INTO vault_total SELECT offer_id, sum(stocked), 0, sum(stocked) FROM code GROUP BY offer_id HAVING sum(stocked) > 0`,
  `CREATE TABLE key_rotation (
     id           int         PRIMARY KEY CHECK (id = 1),
     wanted       boolean     NOT NULL,
     done         int         NOT NULL,
     asked_by     text        NOT NULL,
     asked_at     timestamptz NOT NULL,
     ended_at     timestamptz,
     error        text
   )`,
];
