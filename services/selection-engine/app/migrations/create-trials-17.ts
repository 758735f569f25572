import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTrials17 implements MigrationInterface {
  readonly name = 'CreateTrials1700000000117';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE model, trial, trial_change, trial_line');
  }
}

const STATEMENTS = [
  // One row: what lines are ranked by
  `CREATE TABLE model (
     id    text  PRIMARY KEY,
     state jsonb NOT NULL
   )`,
  `CREATE TABLE trial (
     id         text        PRIMARY KEY,
     started_at timestamptz NOT NULL,
     running    boolean     NOT NULL,
     state      jsonb       NOT NULL
   )`,
  `CREATE UNIQUE INDEX trial_alone ON trial (running) WHERE running`,
  // Append-only: who changed what lines are ranked by, why, and on which figures
  `CREATE TABLE trial_change (
     id         bigserial   PRIMARY KEY,
     trial      text        NOT NULL,
     changed_at timestamptz NOT NULL,
     what       text        NOT NULL,
     who        text        NOT NULL,
     why        text        NOT NULL,
     record     jsonb       NOT NULL
   )`,
  `CREATE INDEX trial_change_of ON trial_change (trial, id)`,
  // A line on trial, from its first decision on; what it came to, once it has ended. Nothing of who: buyers' days are numbers up to 1,000
  `CREATE TABLE trial_line (
     order_id   text             NOT NULL,
     line_id    text             NOT NULL,
     trial      text             NOT NULL,
     challenger boolean          NOT NULL,
     cluster    int              NOT NULL,
     decided_at timestamptz      NOT NULL,
     ended_at   timestamptz,
     reward     double precision CHECK (reward BETWEEN -1e9 AND 1e9),
     late       boolean,
     at_stake   jsonb,
     PRIMARY KEY (order_id, line_id),
     CHECK ((ended_at IS NULL) = (reward IS NULL))
   )`,
  `CREATE INDEX trial_line_open ON trial_line (trial, decided_at) WHERE ended_at IS NULL`,
  `CREATE INDEX trial_line_ended ON trial_line (trial, ended_at) WHERE ended_at IS NOT NULL`,
];
