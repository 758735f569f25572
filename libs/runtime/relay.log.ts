import { type Topic, wireTypeOf } from '@midstream/contracts';
import type { OutRecord } from './bus';
import { point } from './fault';
import { RELAY_KEPT_MAX, RELAY_PAGE } from './limits';
import type { Queryable } from './postgres';
import { readNew, readTick, takeTick, type Tick } from './ticks';

interface EventRow {
  readonly id: string;
  readonly topic: Topic;
  readonly key: string;
  readonly type: string;
  readonly event_id: string;
  /** Milliseconds. */
  readonly at: number;
  readonly traceparent: string | null;
  /** JSON, as it was written: it goes on as it is. */
  readonly data: string;
}

const EVENT_COLUMNS = 'id, topic, key, type, event_id, (extract(epoch FROM at) * 1000)::float8 AS at, traceparent, data::text AS data';

const source = (topics: readonly Topic[]) => ({
  table: 'event',
  columns: EVENT_COLUMNS,
  order: 'id',
  where: (it: string) => `topic = ANY(${it})`,
  params: [topics],
});

/** How far the log has been read: all that `snapshot` holds. `end` counts what came, and is nobody's but the `LogEnd`'s that gave it. */
export interface Head extends Tick {
  readonly end: number;
}

/**
 * The end of the log, read once for all sinks, and kept until each has taken it, at most RELAY_KEPT_MAX events. A sink that is further
 * behind reads by itself (`pagesOf`).
 */
export class LogEnd {
  private readonly kept: OutRecord[] = [];
  private first = 0;

  private constructor(
    private readonly session: Queryable,
    private readonly topics: readonly Topic[],
    private tick: Tick,
  ) {}

  static async of(session: Queryable, topics: readonly Topic[]): Promise<LogEnd> {
    return new LogEnd(session, topics, await takeTick(session));
  }

  head(): Head {
    return { ...this.tick, end: this.first + this.kept.length };
  }

  /** Looks for what is new, and tells the topics of what came. More than may be kept is not: each reader reads it by itself, a page at a time. */
  async look(): Promise<ReadonlySet<Topic>> {
    const { rows, snapshot, at } = await readNew<EventRow>(this.session, source(this.topics), this.tick.snapshot, RELAY_KEPT_MAX);
    point('relay:after-read');
    this.tick = { snapshot, at };
    if (rows.length === RELAY_KEPT_MAX) {
      // There may be more of it: nothing of it is kept, and it counts, so that nobody takes the next for it
      this.forget(this.first + this.kept.length);
      this.first += 1;
      return new Set(this.topics);
    }
    this.kept.push(...rows.map(toRecord));
    if (this.kept.length > RELAY_KEPT_MAX) this.forget(this.first + this.kept.length - RELAY_KEPT_MAX);
    return new Set(rows.map((it) => it.topic));
  }

  /** What came after `from` and up to `to`; undefined where that is not kept any more. */
  between(from: number, to: number): readonly OutRecord[] | undefined {
    return from < this.first ? undefined : this.kept.slice(from - this.first, to - this.first);
  }

  /** Nobody needs what came before `end`. */
  forget(end: number): void {
    if (end <= this.first) return;
    this.kept.splice(0, end - this.first);
    this.first = end;
  }
}

interface Stretch {
  readonly previous: string;
  readonly current: string;
  /** -1: from its beginning. */
  readonly afterId: string;
}

/** What lies between two snapshots, in the order of ids, a page at a time. */
export async function* pagesOf(
  session: Queryable,
  topics: readonly Topic[],
  { previous, current, afterId }: Stretch,
): AsyncGenerator<readonly OutRecord[]> {
  for (let after = afterId; ;) {
    const rows = await readTick<EventRow>(session, source(topics), { previous, current, afterId: after, limit: RELAY_PAGE });
    point('relay:after-read');
    if (rows.length > 0) yield rows.map(toRecord);
    if (rows.length < RELAY_PAGE) return;
    after = rows.at(-1)?.id ?? after;
  }
}

/** The envelope is put together around the data's own text: nothing is parsed on the way. */
function toRecord({ id, topic, key, type, event_id, at, traceparent, data }: EventRow): OutRecord {
  const head = {
    specversion: '1.0',
    id: event_id,
    source: `/midstream/${topic.split('.')[0] ?? ''}`,
    type: wireTypeOf(type),
    subject: key,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    sequence: id,
    ...(traceparent !== null && { traceparent }),
  };
  return { topic, key, sequence: id, value: `${JSON.stringify(head).slice(0, -1)},"data":${data}}` };
}
