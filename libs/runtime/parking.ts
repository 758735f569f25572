import type { Service } from '@midstream/contracts';
import { point } from './fault';
import type { AnyCommand, OpaqueDomain } from './handle';
import type { Faulty, Heard } from './heard';
import { PARKED_KEYS_MAX, PARKED_MESSAGES_PER_KEY_MAX } from './limits';
import type { Database, Tx } from './postgres';

/** Too much is parked: nothing more is, the partition waits, and the alarm rings (I13). */
export class ParkingFull extends Error {}

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
  point('park:after-lock');
  return new Set(rows.map((it) => it.key));
}

/**
 * Parks the keys of what is faulty, with the error of each key's first, and behind them what waits.
 * @returns how many faults were not parked before. @throws ParkingFull
 */
export async function park(tx: Tx, consumer: Service, faults: readonly Faulty[], behind: readonly Heard[]): Promise<number> {
  if (faults.length + behind.length === 0) return 0;
  await parkKeys(tx, consumer, faults);
  point('park:after-key');
  const messages = [
    ...faults.map((it) => ({ ...messageOf(it), event_id: it.eventId ?? null, fault: true })),
    ...behind.map((it) => ({ ...messageOf(it), event_id: it.envelope.id, fault: false })),
  ].sort((a, b) => a.n - b.n);
  const { rows } = await tx.query<{ event_id: string | null }>(
    // What has no place in the inbox may come again: it is known by its text
    `INSERT INTO parked_message (consumer, key, topic, event_id, envelope)
     SELECT $1, s.key, s.topic, s.event_id, s.envelope
       FROM json_to_recordset($2::json) AS s(n int, key text, topic text, event_id uuid, envelope text)
      WHERE s.event_id IS NOT NULL
         OR NOT EXISTS (SELECT 1 FROM parked_message m WHERE m.consumer = $1 AND m.key = s.key AND m.event_id IS NULL AND m.envelope = s.envelope)
      ORDER BY s.n
     RETURNING event_id`,
    [consumer, JSON.stringify(messages)],
  );
  point('park:after-message');
  await refuseTooMany(
    tx,
    consumer,
    messages.map((it) => it.key),
  );
  return rows.length - behind.length;
}

/** PostgreSQL has no text with a zero byte. */
const messageOf = ({ index, key, record }: Faulty | Heard) => ({
  n: index,
  key,
  topic: record.topic,
  envelope: record.value.replaceAll('\0', '\ufffd'),
});

async function parkKeys(tx: Tx, consumer: Service, faults: readonly Faulty[]): Promise<void> {
  const first = new Map<string, string>();
  for (const { key, error } of [...faults].sort((a, b) => a.index - b.index)) {
    if (!first.has(key)) first.set(key, error.replaceAll('\0', '\ufffd'));
  }
  const rows = [...first].map(([key, error]) => ({ key, error })).sort((a, b) => (a.key < b.key ? -1 : 1));
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO parked_key (consumer, key, error) SELECT $1, key, error FROM json_to_recordset($2::json) AS s(key text, error text) ON CONFLICT DO NOTHING`,
    [consumer, JSON.stringify(rows)],
  );
}

async function refuseTooMany(tx: Tx, consumer: Service, keys: readonly string[]): Promise<void> {
  const { rows } = await tx.query<{ keys: string; longest: string }>(
    `SELECT (SELECT count(*) FROM parked_key WHERE consumer = $1) AS keys,
            (SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM parked_message WHERE consumer = $1 AND key = ANY($2) GROUP BY key) m) AS longest`,
    [consumer, [...new Set(keys)]],
  );
  point('park:after-count');
  if (Number(rows[0]?.keys) > PARKED_KEYS_MAX || Number(rows[0]?.longest) > PARKED_MESSAGES_PER_KEY_MAX) {
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
  /** The event whose place in the inbox was taken when it was parked. */
  readonly eventId: string | null;
}

const VIEW = 'id, topic, envelope, event_id AS "eventId"';

export async function parkedMessages(database: Pick<Database, 'pool'>, key: string, limit = 200): Promise<ParkedMessageView[]> {
  const { rows } = await database.pool.query<ParkedMessageView>(`SELECT ${VIEW} FROM parked_message WHERE key = $1 ORDER BY id LIMIT $2`, [
    key,
    limit,
  ]);
  return rows;
}

export async function firstParked(tx: Tx, consumer: Service, key: string, limit: number): Promise<ParkedMessageView[]> {
  const { rows } = await tx.query<ParkedMessageView>(
    `SELECT ${VIEW} FROM parked_message WHERE consumer = $1 AND key = $2 ORDER BY id LIMIT $3`,
    [consumer, key, limit],
  );
  point('resume:after-read');
  return rows;
}

export async function removeParked(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.query('DELETE FROM parked_message WHERE id = ANY($1::bigint[])', [ids]);
}

export async function freeKey(tx: Tx, consumer: Service, key: string): Promise<void> {
  await tx.query('DELETE FROM parked_key WHERE consumer = $1 AND key = $2', [consumer, key]);
  point('resume:after-free');
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

/** Whether a command is about a parked record. Asked of the database only while something is parked at all. */
export function watchParked(database: Database, domain: Pick<OpaqueDomain, 'keysOf'>) {
  let some = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    some = await database.pool.query('SELECT 1 FROM parked_key LIMIT 1').then(
      (it) => it.rows.length > 0,
      () => some,
    );
  };
  return {
    start() {
      void look();
      timer = setInterval(() => void look(), 1_000);
      timer.unref();
    },
    stop: () => clearInterval(timer),
    /** We have parked something ourselves. */
    notice: () => void (some = true),
    /** Which of these commands are about something that is parked. */
    async among<Command extends AnyCommand>(commands: readonly Command[]): Promise<ReadonlySet<Command>> {
      if (!some) return new Set();
      const keys = new Map(commands.map((it) => [it, domain.keysOf(it).map(({ id }) => id)]));
      const { rows } = await database.pool.query<{ key: string }>('SELECT key FROM parked_key WHERE key = ANY($1)', [
        [...keys.values()].flat(),
      ]);
      const parked = new Set(rows.map((it) => it.key));
      return new Set(commands.filter((it) => keys.get(it)?.some((id) => parked.has(id))));
    },
  };
}

export type Watched = ReturnType<typeof watchParked>;
