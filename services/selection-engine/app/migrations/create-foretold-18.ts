import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateForetold18 implements MigrationInterface {
  readonly name = 'CreateForetold1700000000118';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stock_foretold, stock_calibration');
  }
}

const STATEMENTS = [
  // That an offer runs out before `until`, as it was told in a night (UTC, days since 1970), uncorrected; and whether it did, once that is known
  `CREATE TABLE stock_foretold (
     day      int              NOT NULL,
     offer_id text             NOT NULL,
     said     double precision NOT NULL CHECK (said >= 0 AND said <= 1),
     told_at  timestamptz      NOT NULL,
     until    timestamptz      NOT NULL CHECK (until > told_at),
     came     boolean,
     PRIMARY KEY (day, offer_id)
   )`,
  'CREATE INDEX stock_foretold_open ON stock_foretold (until) WHERE came IS NULL',
  // One row: what they are corrected by, up to which night, and by how many that ended; no correction while those are too few
  `CREATE TABLE stock_calibration (
     id    boolean PRIMARY KEY CHECK (id),
     day   int     NOT NULL,
     ended int     NOT NULL CHECK (ended >= 0),
     slope double precision CHECK (slope > 0 AND slope < 'Infinity'),
     shift double precision CHECK (shift > '-Infinity' AND shift < 'Infinity'),
     CHECK ((slope IS NULL) = (shift IS NULL))
   )`,
];
