import { EVENT_BYTES_MAX, faultOf, TOPICS, topicOf, type Topic } from '@midstream/contracts';
import { assert, type Due } from '@midstream/kernel';
import type { EventMeta } from './define';
import type { AnyCommand, AnyEvent, Handling, OpaqueDomain, Wrote } from './handle';
import { insertInto, type Write, zipped } from './writes';

/** An event as it is about to be written. */
export interface Appended {
  readonly event: AnyEvent;
  readonly meta: EventMeta;
}

/**
 * The log, the timers and effects that the events call for, and the rows of append-only tables. An event of no topic that has such rows is
 * not in the log as well: that was four of ten rows of an order's log.
 */
export function appends(
  handling: Handling,
  appended: readonly Appended[],
  at: number,
): { readonly writes: Write[]; readonly wrote: Wrote } {
  const kept = coalesce(appended);
  const todos = kept.flatMap((it) => todosOf(handling, it));
  const records = new Map<string, object[]>();
  const recorded = new Set<Appended>();
  for (const it of appended) {
    for (const { table, rows } of handling.recordsOf(it.event, it.meta)) {
      if (rows.length > 0) recorded.add(it);
      const all = records.get(table);
      if (all === undefined) records.set(table, [...rows]);
      else all.push(...rows);
    }
  }
  const states = kept.filter(({ event }) => handling.follows.has(topicOf(event.type) ?? ('' as Topic)));
  const writes = [
    // What tells nobody, and has a record of its own, is written once
    insertEvents(kept.filter((it) => topicOf(it.event.type) !== undefined || !recorded.has(it))),
    insertTodos(todos),
    ...[...records].map(([table, rows]) => insertRecords(table, rows)),
    upsertProjection(states.map(({ event }) => stateRow(event))),
  ];
  const topics = new Set(kept.flatMap(({ event }) => topicOf(event.type) ?? []));
  return { writes, wrote: { topics, due: todos.some((it) => it.due_at.getTime() <= at), states: states.length > 0 } };
}

/** Of several states of one key in one transaction only the last leaves it (protocol 26). */
function coalesce(appended: readonly Appended[]): readonly Appended[] {
  const last = new Map<string, Appended>();
  for (const it of appended) {
    const topic = topicOf(it.event.type);
    if (topic !== undefined && TOPICS[topic].compacted) last.set(`${topic}/${keyOf(topic, it.event)}`, it);
  }
  if (last.size === 0) return appended;
  const latest = new Set(last.values());
  return appended.filter((it) => {
    const topic = topicOf(it.event.type);
    return topic === undefined || !TOPICS[topic].compacted || latest.has(it);
  });
}

const keyOf = (topic: Topic, event: AnyEvent): string => {
  const key = (event as unknown as Readonly<Record<string, unknown>>)[TOPICS[topic].key];
  assert(typeof key === 'string', `a ${event.type} has the key ${TOPICS[topic].key}`);
  return key;
};

/** An event's data as text: made once, and measured. */
function dataOf({ type, ...data }: AnyEvent): string {
  if (topicOf(type) !== undefined) {
    const fault = faultOf(type, data);
    assert(fault === undefined, `a fact keeps its schema: ${fault ?? ''}`);
  }
  const text = JSON.stringify(data);
  assert(text.length <= EVENT_BYTES_MAX, `a ${type} is at most ${EVENT_BYTES_MAX} bytes`);
  return text;
}

function eventRow({ event, meta: { eventId, at, cause, actor, traceparent } }: Appended, n: number): object {
  const { type } = event;
  const topic = topicOf(type);
  const key = topic === undefined ? '' : keyOf(topic, event);
  return { n, at: new Date(at), event_id: eventId, topic, key, type, cause, actor, traceparent };
}

function stateRow(event: AnyEvent): StateRow {
  const { type, ...data } = event;
  const topic = topicOf(type);
  assert(topic !== undefined, `${type} has a topic`);
  return { topic, key: keyOf(topic, event), version: (data as { version?: number }).version ?? null, data };
}

const EVENT = 'n int, at timestamptz, event_id uuid, topic text, key text, type text, cause text, actor text, traceparent text';

const insertEvents = (events: readonly Appended[]): Write => ({
  rows: events.map(eventRow),
  documents: events.map(({ event }) => dataOf(event)),
  // ORDER BY n: the ids are drawn in the order in which the events were decided
  sql: (rows, documents) => `INSERT INTO event (at, event_id, topic, key, type, cause, actor, traceparent, data)
    SELECT at, event_id, topic, key, type, cause, actor, traceparent, unnest::json
      FROM ${zipped(`json_to_recordset(${rows}) AS (${EVENT})`, documents)} AS s ORDER BY n`,
});

const TODO = 'n int, kind text, key text, lane text, due_at timestamptz, caught_up text, cause text, traceparent text';

export const insertTodos = (todos: readonly DueRow[]): Write => ({
  rows: todos.map(({ payload: _, ...it }, n) => ({ ...it, n })),
  documents: todos.map(({ payload }) => JSON.stringify(payload)),
  sql: (rows, documents) => `INSERT INTO todo (kind, key, lane, due_at, caught_up, payload, cause, traceparent)
    SELECT kind, key, coalesce(lane, ''), due_at, caught_up, unnest::json, cause, traceparent
      FROM ${zipped(`json_to_recordset(${rows}) AS (${TODO})`, documents)} AS s ORDER BY n`,
});

/** A state of a compacted topic. */
export interface StateRow {
  readonly topic: string;
  readonly key: string;
  readonly version: number | null;
  readonly data: object;
}

export const upsertProjection = (states: readonly StateRow[]): Write & { readonly documents: readonly string[] } => ({
  rows: states.map(({ topic, key, version }) => ({ topic, key, version })),
  documents: states.map(({ data }) => JSON.stringify(data)),
  sql: (rows, documents) => `INSERT INTO projection (topic, key, version, data) SELECT topic, key, version, unnest::json
      FROM ${zipped(`json_to_recordset(${rows}) AS (topic text, key text, version bigint)`, documents)} AS s
        ON CONFLICT (topic, key) DO UPDATE SET version = excluded.version, data = excluded.data, xid = pg_current_xact_id()
     WHERE projection.version < excluded.version`,
});

/** Rows of an append-only table; the column that holds an object in each of them, if one does, goes as documents. */
function insertRecords(table: string, rows: readonly object[]): Write {
  const columns = Object.entries(rows[0] ?? {}).flatMap(([name, value]) => (isPlain(value) ? [name] : []));
  const column = columns.find((name) => rows.every((it) => isPlain((it as Readonly<Record<string, unknown>>)[name])));
  if (column === undefined) return insertInto(table, rows);
  const of = rows.map((it) => JSON.stringify((it as Readonly<Record<string, unknown>>)[column]));
  return insertInto(
    table,
    rows.map((it) => ({ ...it, [column]: undefined })),
    { column, type: 'jsonb', of },
  );
}

const isPlain = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function todosOf(handling: Handling, { event, meta }: Appended): DueRow[] {
  const commands = handling.domain.react(event).map((due) => todoRow(handling.domain, due, meta.at, meta.eventId, meta.traceparent));
  const effects = handling.effects
    .filter((it) => it.on === event.type)
    .map((it) => ({
      kind: it.name,
      key: it.key(event as never),
      lane: it.lane === undefined ? it.name : `${it.name}/${it.lane(event as never)}`,
      due_at: new Date(meta.at),
      payload: event,
      cause: meta.eventId,
      traceparent: meta.traceparent ?? null,
      caught_up: null,
    }));
  return [...commands, ...effects];
}

export interface DueRow {
  readonly kind: string;
  readonly key: string;
  /** Of an effect. */
  readonly lane?: string;
  readonly due_at: Date;
  readonly caught_up: string | null;
  readonly payload: object;
  readonly cause: string | null;
  readonly traceparent: string | null;
}

/** A command that waits in `todo`; its key is its first row, so that commands of one row keep their order. */
export function todoRow(
  domain: OpaqueDomain,
  due: Due<AnyCommand>,
  at: number,
  cause: string | undefined,
  traceparent: string | undefined,
): DueRow {
  const [first] = domain.keysOf(due.command);
  return {
    kind: 'command',
    key: first ? `${first.kind}/${first.id}` : due.command.type,
    due_at: new Date(due.at ?? at),
    caught_up: due.caughtUp ?? null,
    payload: due.command,
    cause: cause ?? null,
    traceparent: traceparent ?? null,
  };
}
