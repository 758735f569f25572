import { EVENT_BYTES_MAX, faultOf, TOPICS, topicOf, type Topic } from '@midstream/contracts';
import { assert, type Due } from '@midstream/kernel';
import type { EventMeta } from './define';
import type { AnyCommand, AnyEvent, Handling, OpaqueDomain, Wrote } from './handle';
import { insertInto, type Write } from './writes';

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
    insertEvents(kept.filter((it) => topicOf(it.event.type) !== undefined || !recorded.has(it)).map(eventRow)),
    insertTodos(todos),
    ...[...records].map(([table, rows]) => insertInto(table, rows)),
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

/** As JSON: an event's data is made into text once, measured, and written as it is. */
function eventRow({ event, meta }: Appended, n: number): string {
  const { type, ...data } = event;
  const topic = topicOf(type);
  if (topic !== undefined) {
    const fault = faultOf(type, data);
    assert(fault === undefined, `a fact keeps its schema: ${fault ?? ''}`);
  }
  const text = JSON.stringify(data);
  assert(text.length <= EVENT_BYTES_MAX, `a ${type} is at most ${EVENT_BYTES_MAX} bytes`);
  const { eventId, at, cause, actor, traceparent } = meta;
  const head = {
    n,
    at: new Date(at),
    event_id: eventId,
    topic: topic ?? null,
    key: topic === undefined ? '' : keyOf(topic, event),
    type,
    cause: cause ?? null,
    actor,
    traceparent: traceparent ?? null,
  };
  return `${JSON.stringify(head).slice(0, -1)},"data":${text}}`;
}

function stateRow(event: AnyEvent): object {
  const { type, ...data } = event;
  const topic = topicOf(type);
  assert(topic !== undefined, `${type} has a topic`);
  return { topic, key: keyOf(topic, event), version: (data as { version?: number }).version, data };
}

const insertEvents = (rows: readonly string[]): Write => ({
  rows,
  // ORDER BY n: the ids are drawn in the order in which the events were decided
  sql: (parameter) => `INSERT INTO event (at, event_id, topic, key, type, cause, actor, traceparent, data)
    SELECT at, event_id, topic, key, type, cause, actor, traceparent, data
      FROM json_to_recordset(${parameter}) AS s(n int, at timestamptz, event_id uuid, topic text, key text, type text, cause text, actor text, traceparent text, data json)
     ORDER BY n`,
});

export const insertTodos = (rows: readonly object[]): Write => ({
  rows: rows.map((it, n) => ({ ...it, n })),
  sql: (parameter) => `INSERT INTO todo (kind, key, lane, due_at, caught_up, payload, cause, traceparent)
    SELECT kind, key, coalesce(lane, ''), due_at, caught_up, payload, cause, traceparent
      FROM json_to_recordset(${parameter}) AS s(n int, kind text, key text, lane text, due_at timestamptz, caught_up text, payload json, cause text, traceparent text)
     ORDER BY n`,
});

export const upsertProjection = (rows: readonly object[]): Write => ({
  rows,
  sql: (parameter) => `INSERT INTO projection (topic, key, version, data)
    SELECT topic, key, version, data FROM json_to_recordset(${parameter}) AS s(topic text, key text, version bigint, data json)
        ON CONFLICT (topic, key) DO UPDATE SET version = excluded.version, data = excluded.data, xid = pg_current_xact_id()
     WHERE projection.version < excluded.version`,
});

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
