import type { Service } from '@midstream/contracts';
import type { Watermark } from './bus';
import { point } from './fault';
import { upsertProjection } from './appends';
import type { Heard } from './heard';
import { dayOfEventId } from './partitions';
import type { Database, Tx } from './postgres';
import { linesOf } from './writes';

/** Takes the events that this consumer has not applied yet; in id order, since unsorted inserts deadlock (protocol 25). */
export async function claim(tx: Tx, consumer: Service, eventIds: readonly string[]): Promise<Set<string>> {
  if (eventIds.length === 0) return new Set();
  const ids = [...new Set(eventIds)].sort();
  const { rows } = await tx.query<{ event_id: string }>(
    `INSERT INTO inbox (consumer, event_id, day)
     SELECT $1, s.event_id, s.day FROM json_to_recordset($2::json) AS s(event_id uuid, day date) ORDER BY s.event_id
         ON CONFLICT DO NOTHING RETURNING event_id`,
    [consumer, JSON.stringify(ids.map((id) => ({ event_id: id, day: dayOfEventId(id) })))],
  );
  point('consume:after-claim');
  return new Set(rows.map((it) => it.event_id));
}

const versionOf = ({ fact }: Heard): number => (fact as unknown as { readonly version: number }).version;

/** Compacted topics need no inbox: the newer version wins. Returns those that were newer. */
export async function project(tx: Tx, states: readonly Heard[]): Promise<readonly Heard[]> {
  if (states.length === 0) return [];
  const nameOf = (topic: string, key: string) => `${topic}\n${key}`;
  const last = new Map<string, Heard>();
  for (const it of states) {
    const name = nameOf(it.record.topic, it.key);
    const before = last.get(name);
    // A repeat may stand behind what it repeats
    if (before === undefined || versionOf(before) <= versionOf(it)) last.set(name, it);
  }
  const { sql, rows, documents } = upsertProjection(
    [...last.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, it]) => ({
        topic: it.record.topic,
        key: it.key,
        version: versionOf(it),
        data: it.envelope.data as object,
      })),
  );
  const { rows: newer } = await tx.query<{ topic: string; key: string }>(`${sql('$1::json', '$2::text')} RETURNING topic, key`, [
    JSON.stringify(rows),
    linesOf(documents),
  ]);
  point('consume:after-project');
  return newer.flatMap(({ topic, key }) => last.get(nameOf(topic, key)) ?? []);
}

/** There are many, one a second and partition, and only the last of each says anything: they are written down together, a moment later. */
const NOTE_AFTER_MS = 100;

/** Keeps watermarks in the database. What is lost, with the process or while the database is away, the next one of its partition makes good. */
export function watermarkNotes(database: Database): (watermarks: readonly Watermark[]) => void {
  const latest = new Map<string, Watermark>();
  let noting = false;
  const write = (): void => {
    const all = [...latest.values()];
    latest.clear();
    noting = false;
    noteWatermarks(database, all).catch(() => undefined);
  };
  return (watermarks) => {
    for (const it of watermarks) {
      const place = `${it.topic}/${it.partition}`;
      const before = latest.get(place);
      if (before === undefined || before.at <= it.at) latest.set(place, it);
    }
    if (latest.size === 0 || noting) return;
    noting = true;
    setTimeout(write, NOTE_AFTER_MS).unref();
  };
}

async function noteWatermarks(database: Database, watermarks: readonly Watermark[]): Promise<void> {
  await database.query(
    `INSERT INTO watermark (topic, partition, partitions, at)
     SELECT topic, partition, partitions, to_timestamp(at / 1000.0)
       FROM json_to_recordset($1::json) AS s(topic text, partition int, partitions int, at bigint)
      ORDER BY topic, partition
         ON CONFLICT (topic, partition) DO UPDATE SET at = greatest(watermark.at, excluded.at), partitions = excluded.partitions`,
    [JSON.stringify(watermarks)],
  );
  point('consume:after-watermark');
}

/** Up to when all facts of a topic have been heard here, in milliseconds of its owner's clock; 0 while a partition was never heard. */
export async function caughtUpAt(database: Pick<Database, 'pool'>, topic: string): Promise<number> {
  const { rows } = await database.pool.query<{ at: string | null }>(
    `SELECT CASE WHEN count(*) >= max(partitions) THEN (extract(epoch FROM min(at)) * 1000)::bigint END AS at FROM watermark WHERE topic = $1`,
    [topic],
  );
  return Number(rows[0]?.at ?? 0);
}
