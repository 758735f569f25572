import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A hash chain of reveals for each merchant (protocol 33). Records from before it stay as they are, outside of it. */
export class ChainReveals31 implements MigrationInterface {
  readonly name = 'ChainReveals1700000000231';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE reveal ADD COLUMN seq bigint, ADD COLUMN prev_hash bytea, ADD COLUMN hash bytea,
      ADD CONSTRAINT a_link_is_whole CHECK ((seq IS NULL) = (hash IS NULL) AND (seq IS NULL) = (prev_hash IS NULL))`);
    await runner.query(`CREATE UNIQUE INDEX reveal_in_chain ON reveal (merchant_id, seq)`);
    await runner.query(`CREATE INDEX reveal_of_key ON reveal (api_key_id, revealed_at)`);
    await runner.query(`CREATE INDEX reveal_of_merchant ON reveal (merchant_id, revealed_at)`);
    await runner.query(
      `CREATE TABLE reveal_chain (merchant_id text PRIMARY KEY, seq bigint NOT NULL, hash bytea NOT NULL) WITH (fillfactor = 50)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE reveal_chain`);
    await runner.query(`ALTER TABLE reveal DROP COLUMN seq, DROP COLUMN prev_hash, DROP COLUMN hash`);
    await runner.query(`DROP INDEX reveal_of_key, reveal_of_merchant`);
  }
}
