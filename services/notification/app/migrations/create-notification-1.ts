import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateNotification1 implements MigrationInterface {
  readonly name = 'CreateNotification1700000000501';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE attempt, message, order_told, mailbox');
  }
}

const STATEMENTS = [
  `CREATE TABLE mailbox (
     id        text  PRIMARY KEY,
     endpoints int   NOT NULL CHECK (endpoints BETWEEN 0 AND 10),
     state     jsonb NOT NULL
   )`,
  `CREATE TABLE order_told (
     id       text  PRIMARY KEY,
     sequence int   NOT NULL CHECK (sequence > 0),
     state    jsonb NOT NULL
   )`,
  `CREATE TABLE message (
     id          text        PRIMARY KEY,
     merchant_id text        NOT NULL,
     endpoint_id text        NOT NULL,
     status      text        NOT NULL CHECK (status IN ('pending', 'sent', 'failed')),
     attempts    int         NOT NULL CHECK (attempts >= 0),
     next_at     timestamptz CHECK (next_at IS NULL OR status = 'pending'),
     queued_at   timestamptz NOT NULL,
     state       jsonb       NOT NULL,
     CHECK (status <> 'sent' OR attempts > 0)
   )`,
  // GET /v1/webhooks/{id}/deliveries, the newest first
  `CREATE INDEX message_of_endpoint ON message (endpoint_id, queued_at DESC, id DESC)`,
  `CREATE TABLE attempt (
     id          bigserial   PRIMARY KEY,
     message_id  text        NOT NULL,
     attempt     int         NOT NULL CHECK (attempt > 0),
     at          timestamptz NOT NULL,
     status      int,
     error       text,
     duration_ms int         NOT NULL,
     UNIQUE (message_id, attempt),
     CHECK (status IS NOT NULL OR error IS NOT NULL)
   )`,
];
