import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateComplaints3 implements MigrationInterface {
  readonly name = 'CreateComplaints1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE complaint_note; DROP INDEX timeline_complaints');
  }
}

const STATEMENTS = [
  // What buyers say, in their own words: personal data, and so in no event, no timeline and no order
  `CREATE TABLE complaint_note (
     complaint_id text PRIMARY KEY,
     buyer_key    text,
     note         text NOT NULL
   )`,
  `CREATE INDEX complaint_note_by_buyer ON complaint_note (buyer_key)`,
  `CREATE INDEX timeline_complaints ON timeline (n) WHERE what = 'complaint-filed'`,
];
