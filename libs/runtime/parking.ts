import type { Service } from '@midstream/contracts';
import { point } from './fault';
import { PARKED_KEYS_MAX, PARKED_MESSAGES_PER_KEY_MAX } from './limits';
import type { Database, Tx } from './postgres';

/** Too much is parked: nothing more is, the partition waits, and the alarm rings (I13). */
export class ParkingFull extends Error {}

export interface ParkedMessage {
  readonly key: string;
  readonly topic: string;
  readonly envelope: string;
}

export interface ParkedKey {
  readonly key: string;
  readonly error: string;
  readonly parkedAt: Date;
  readonly waiting: number;
}

/** Which of the keys are parked; locked, so that a resume that is under way ends first (protocol 27). */
export async function lockParked(tx: Tx, consumer: Service, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ key: string }>(
    'SELECT key FROM parked_key WHERE consumer = $1 AND key = ANY($2) ORDER BY key FOR UPDATE',
    [consumer, [...new Set(keys)]],
  );
  return new Set(rows.map((it) => it.key));
}

/** Parks keys with their errors, and messages behind them. @throws ParkingFull */
export async function park(
  tx: Tx,
  consumer: Service,
  keys: ReadonlyMap<string, string>,
  messages: readonly ParkedMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  const rows = [...keys].map(([key, error]) => ({ key, error })).sort((a, b) => (a.key < b.key ? -1 : 1));
  await tx.query(
    `INSERT INTO parked_key (consumer, key, error) SELECT $1, key, error FROM json_to_recordset($2::json) AS s(key text, error text) ON CONFLICT DO NOTHING`,
    [consumer, JSON.stringify(rows)],
  );
  point('park:after-key');
  await tx.query(
    `INSERT INTO parked_message (consumer, key, topic, envelope)
     SELECT $1, key, topic, envelope FROM json_to_recordset($2::json) AS s(n int, key text, topic text, envelope text) ORDER BY n`,
    [consumer, JSON.stringify(messages.map((it, n) => ({ n, ...it })))],
  );
  point('park:after-message');
  const { rows: full } = await tx.query<{ keys: string; longest: string }>(
    `SELECT (SELECT count(*) FROM parked_key WHERE consumer = $1) AS keys,
            (SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM parked_message WHERE consumer = $1 AND key = ANY($2) GROUP BY key) m) AS longest`,
    [consumer, [...new Set(messages.map((it) => it.key))]],
  );
  if (Number(full[0]?.keys) > PARKED_KEYS_MAX || Number(full[0]?.longest) > PARKED_MESSAGES_PER_KEY_MAX) {
    throw new ParkingFull(`more than ${PARKED_KEYS_MAX} keys, or ${PARKED_MESSAGES_PER_KEY_MAX} messages of one, would be parked`);
  }
}

export async function parkedKeys(database: Database, limit = 200): Promise<ParkedKey[]> {
  const { rows } = await database.pool.query<ParkedKey>(
    `SELECT k.key, k.error, k.parked_at AS "parkedAt", (SELECT count(*)::int FROM parked_message m WHERE m.consumer = k.consumer AND m.key = k.key) AS waiting
       FROM parked_key k ORDER BY k.parked_at LIMIT $1`,
    [limit],
  );
  return rows;
}

export interface ParkedMessageView {
  readonly id: string;
  readonly topic: string;
  readonly envelope: string;
}

export async function parkedMessages(database: Pick<Database, 'pool'>, key: string, limit = 200): Promise<ParkedMessageView[]> {
  const { rows } = await database.pool.query<ParkedMessageView>(
    'SELECT id, topic, envelope FROM parked_message WHERE key = $1 ORDER BY id LIMIT $2',
    [key, limit],
  );
  return rows;
}

/** Takes a message away for good: an operator's decision. */
export async function dropParked(database: Database, key: string, id: string): Promise<boolean> {
  const { rowCount } = await database.pool.query('DELETE FROM parked_message WHERE key = $1 AND id = $2', [key, id]);
  return rowCount === 1;
}

/** Replaces a message's envelope by a mended one. */
export async function fixParked(database: Database, key: string, id: string, envelope: string): Promise<boolean> {
  const { rowCount } = await database.pool.query('UPDATE parked_message SET envelope = $3 WHERE key = $1 AND id = $2', [key, id, envelope]);
  return rowCount === 1;
}
