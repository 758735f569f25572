import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCompliance1 implements MigrationInterface {
  readonly name = 'CreateCompliance1700000000201';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit, screening, shelf, rule_book');
  }
}

const STATEMENTS = [
  `CREATE TABLE rule_book (id text PRIMARY KEY, state jsonb NOT NULL)`,
  `CREATE TABLE shelf (id text PRIMARY KEY, state jsonb NOT NULL)`,
  // A row that is not there cannot be locked: without these, a first rule and a first product could miss each other.
  `INSERT INTO rule_book (id, state) VALUES ('book', '{"version": 0, "rules": {}}')`,
  `INSERT INTO shelf (id, state) VALUES ('all', '{"names": []}')`,
  `CREATE TABLE screening (id text PRIMARY KEY, version bigint NOT NULL CHECK (version > 0), state jsonb NOT NULL)`,
  `CREATE TABLE audit (
     id      bigserial   PRIMARY KEY,
     at      timestamptz NOT NULL,
     actor   text        NOT NULL,
     what    text        NOT NULL,
     rule_id text,
     sku     text,
     detail  jsonb       NOT NULL
   )`,
  `CREATE INDEX audit_rule ON audit (rule_id, id) WHERE rule_id IS NOT NULL`,
  `CREATE INDEX audit_sku ON audit (sku, id) WHERE sku IS NOT NULL`,
  `CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit trail is only added to'; END $$`,
  `CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`,
];
