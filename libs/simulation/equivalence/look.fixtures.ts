import type { Service, Topic } from '@midstream/contracts';
import type { EventBus, RunningService } from '@midstream/runtime';
import { comparable, inParts, type Seen } from './said';

export interface Look {
  readonly signature: string;
  /** Due, or not heard everywhere. */
  readonly due: number;
  /** Not heard everywhere. */
  readonly unsaid: number;
  /** Due, and waiting until another's log has been heard so far. */
  readonly waiting: number;
  /** The next time at which something is due; Infinity where nothing ever will be. */
  readonly nextAt: number;
}

/** What a service has before it, by its own tables: its log, what is due, and how far its readers are. `$1`: the readers' cursors. */
const LOOK = `
  WITH todos AS (
    SELECT t.due_at, t.caught_up IS NOT NULL AND t.due_at > coalesce((
             SELECT CASE WHEN count(*) >= max(w.partitions) THEN min(w.at) END FROM watermark w WHERE w.topic = t.caught_up), '-infinity') AS waits
      FROM todo t WHERE NOT t.stuck)
  SELECT (SELECT coalesce(max(id), 0) FROM event) AS events,
         (SELECT count(*) FROM todos WHERE due_at <= clock_timestamp() AND NOT waits) AS due,
         (SELECT count(*) FROM todos WHERE due_at <= clock_timestamp() AND waits) AS waiting,
         (SELECT extract(epoch FROM min(due_at)) * 1000 FROM todos WHERE due_at > clock_timestamp()) AS next,
         (SELECT count(*) FROM json_to_recordset($1::json) AS s(cursor text, topics text[]) JOIN relay r USING (cursor) JOIN event e ON e.topic = ANY(s.topics)
           WHERE NOT pg_visible_in_snapshot(e.xid, r.snapshot::pg_snapshot)) AS unsaid`;

type Counted = Readonly<Record<'events' | 'unsaid' | 'due' | 'waiting', string>> & { readonly next: string | null };

/** `only`: the cursor of the one reader that is asked about. */
export async function look({ name, database }: RunningService, bus: EventBus, only?: string): Promise<Look> {
  const readers = bus.sinksOf(name as Service).filter((it) => only === undefined || it.cursor === only);
  const sinks = readers.map(({ cursor, topics }) => ({ cursor, topics: `{${topics.join(',')}}` }));
  const { rows } = await database.pool.query<Counted>(LOOK, [JSON.stringify(sinks)]);
  const [found] = rows;
  if (found === undefined) throw new Error('a look sees something');
  const { events, unsaid, due, waiting, next } = found;
  return {
    signature: `${name} ${events}/${unsaid}/${due}/${waiting}`,
    due: Number(due) + Number(unsaid),
    unsaid: Number(unsaid),
    waiting: Number(waiting),
    nextAt: next === null ? Infinity : Math.ceil(Number(next)),
  };
}

/** The service's rows, and all that it has ever said. */
export async function seenOf({ database }: RunningService, tables: Readonly<Record<string, string>>): Promise<Seen> {
  const rows: Record<string, Record<string, unknown>> = {};
  for (const [kind, table] of Object.entries(tables)) {
    const found = await database.pool.query<{ id: string; state: unknown }>(`SELECT id, state FROM "${table}"`);
    rows[kind] = Object.fromEntries(found.rows.map((it) => [it.id, comparable(it.state)]));
  }
  const said = await database.pool.query<{ topic: Topic; key: string; type: string; data: object }>(
    'SELECT topic, key, type, data FROM event WHERE topic IS NOT NULL ORDER BY id',
  );
  return { rows, facts: inParts(said.rows.map(({ topic, key, type, data }) => ({ topic, key, fact: { type, ...data } }))) };
}
