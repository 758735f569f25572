import { type Service, type Topic, wireTypeOf } from '@midstream/contracts';
import { ExponentialBackoff } from 'cockatiel';
import { Client } from 'pg';
import type { Logger } from 'pino';
import type { OutRecord, Sink } from './bus';
import { point } from './fault';
import { FlightSocket } from './flight';
import { RELAY_BUSY_MS, RELAY_IDLE_MS, RELAY_PAGE, WATERMARK_EVERY_MS } from './limits';
import { type Database, KEEP_ALIVE, prepared, type Queryable, SESSION_OPTIONS, STATEMENT_MS_MAX } from './postgres';
import { readNew, readTick } from './ticks';
import { alarmClock, type AlarmClock, within } from './wait';
import { outage } from './outage';

interface CursorRow {
  readonly snapshot: string;
  readonly tick: string | null;
  readonly page: string;
}

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

export interface Relay {
  /** Events of these topics were committed here: their readers look at once. */
  poke(topics: ReadonlySet<Topic>): void;
  stop(): Promise<void>;
}

export interface RelayOptions {
  readonly owner: Service;
  readonly databaseUrl: string;
  readonly sinks: readonly Sink[];
  readonly logger: Logger;
}

const SINKLESS_MS = 3_600_000;

/** Any number that no other advisory lock of the database uses. */
const RELAY_LOCK = 7_320_001;

/**
 * Publishes the log, tick by tick, to every sink. One relay a database: the lock's session is the one that reads and saves, so a lost
 * lock is a lost connection; the epoch fences whoever does not know yet. The cursor is saved after the publish: a crash between repeats,
 * and the readers' inboxes take the repeat out.
 */
export function startRelay({ owner, databaseUrl, sinks, logger }: RelayOptions): Relay {
  const bells = sinks.map(() => alarmClock());
  const idle = alarmClock();
  let stopping = false;

  const lead = async (): Promise<void> => {
    const client = clientOf(databaseUrl, `midstream relay ${owner}`);
    let lost: Error | undefined;
    const lose = (error: Error) => {
      lost ??= error;
      for (const bell of bells) bell.ring();
    };
    client.on('error', lose);
    try {
      await client.connect();
      const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [RELAY_LOCK]);
      point('relay:after-lock');
      if (rows[0]?.mine !== true) return await idle.wait(RELAY_IDLE_MS * 4);
      const epoch = await takeOffice(client, sinks);
      const check = () => {
        if (lost !== undefined) throw lost;
      };
      // One that has lost its place takes the others along, and all have ended before the next term begins
      const follows = sinks.map((sink, index) => follow({ client, epoch, sink, lose, check }, bells[index] ?? alarmClock()).catch(lose));
      await Promise.all(follows);
      check();
      // A service that tells nobody has taken the cursors of another bus away, and that was all
      while (sinks.length === 0 && !stopping) await idle.wait(SINKLESS_MS);
    } finally {
      // Over a dead network the goodbye is never answered
      await within(2_000, client.end(), 'a goodbye').catch(() => undefined);
    }
  };

  const follow = async (term: Term, bell: AlarmClock): Promise<void> => {
    const { sink, check } = term;
    const backoff = new ExponentialBackoff({ initialDelay: 50, maxDelay: 2_000 });
    let waiting = backoff.next();
    let lastMark = 0;
    let quiet = 0;
    const trouble = outage(
      logger,
      { fails: 'the relay cannot publish; it goes on trying', again: 'the relay publishes again' },
      { sink: sink.cursor },
    );
    const place = await Place.of(term);
    while (!stopping) {
      check();
      try {
        const { published, at } = await tick(term, place);
        if (at - lastMark >= WATERMARK_EVERY_MS) {
          await sink.mark(at);
          point('relay:after-mark');
          lastMark = at;
        }
        trouble.passed();
        waiting = backoff.next();
        quiet = published > 0 ? 0 : quiet + 1;
        await bell.wait(quiet < 10 ? RELAY_BUSY_MS : RELAY_IDLE_MS);
      } catch (error) {
        if (stopping) return;
        check();
        trouble.failed(error);
        await bell.wait(waiting.duration);
        waiting = waiting.next(undefined);
      }
    }
    await place.save();
  };

  const run = async (): Promise<void> => {
    while (!stopping) {
      try {
        await lead();
      } catch (error) {
        if (stopping) return;
        logger.warn({ err: error }, 'the relay lost its place; it starts again');
        await idle.wait(RELAY_IDLE_MS * 2);
      }
    }
  };
  const ended = run();

  return {
    poke: (topics) => sinks.forEach((sink, index) => sink.topics.some((it) => topics.has(it)) && bells[index]?.ring()),
    async stop() {
      stopping = true;
      idle.ring();
      for (const bell of bells) bell.ring();
      await ended;
    },
  };
}

/** How many transactions without events for a sink may pass before its snapshot is saved all the same. */
const UNSAVED_XIDS_MAX = 10_000;

const xmaxOf = (snapshot: string): number => Number(snapshot.split(':')[1]);

class Fenced extends Error {}

type Session = Pick<Client, 'query'>;

/** What one sink works with while this relay holds the lock. All sinks share its session. */
interface Term {
  readonly client: Session;
  readonly epoch: string;
  readonly sink: Sink;
  /** Ends the term. */
  readonly lose: (error: Error) => void;
  /** @throws Error where the term has ended. */
  readonly check: () => void;
}

/** A new term: what the one before still wants to save is refused. Cursors of a bus that is not used any more go: they would hold the log for ever. */
async function takeOffice(client: Session, sinks: readonly Sink[]): Promise<string> {
  const cursors = ['office', ...sinks.map((it) => it.cursor)];
  await client.query('BEGIN');
  await client.query(`INSERT INTO relay (cursor) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING`, [cursors]);
  await client.query(`DELETE FROM relay WHERE NOT cursor = ANY($1)`, [cursors]);
  const { rows } = await client.query<{ epoch: string }>(
    `UPDATE relay SET epoch = (SELECT max(epoch) + 1 FROM relay) WHERE cursor = ANY($1) RETURNING epoch`,
    [cursors],
  );
  point('relay:before-office');
  await client.query('COMMIT');
  point('relay:after-office');
  return rows[0]?.epoch ?? '0';
}

/** The relay's own session. It notices a dead network: nobody else may publish while it holds the lock. */
const clientOf = (databaseUrl: string, name: string): Client =>
  new Client({
    connectionString: databaseUrl,
    application_name: name,
    // A cursor that a crash of the server takes back repeats what it had published, and the inboxes take that out: it waits for no disk
    options: `${SESSION_OPTIONS} -c synchronous_commit=off`,
    pipeline: true,
    stream: () => new FlightSocket(),
    connectionTimeoutMillis: 10_000,
    query_timeout: STATEMENT_MS_MAX,
    ...KEEP_ALIVE,
  });

/** Milliseconds since the oldest event that not every sink has; the same on every replica, whichever of them is the relay. */
export async function relayLagMs(database: Pick<Database, 'pool'>, sinks: readonly Sink[]): Promise<number> {
  const lags = sinks.map(async ({ cursor, topics }) => {
    const { rows } = await database.pool.query<{ lag: string }>(
      `SELECT coalesce(extract(epoch FROM clock_timestamp() - min(e.at)), 0) * 1000 AS lag
         FROM relay r JOIN event e ON e.xid >= pg_snapshot_xmin(r.snapshot::pg_snapshot) AND NOT pg_visible_in_snapshot(e.xid, r.snapshot::pg_snapshot)
        WHERE r.cursor = $1 AND e.topic = ANY($2)`,
      [cursor, topics],
    );
    return Number(rows[0]?.lag);
  });
  return Math.max(0, ...(await Promise.all(lags)));
}

interface Ticked {
  readonly published: number;
  /** Up to when all is published; 0 where an interrupted tick was finished first. */
  readonly at: number;
}

const SAVE_EVERY_MS = 250;

/**
 * How far a sink is. Nothing is lost where that is not saved, what came after is only published again: so it is saved now and then, and
 * not waited for.
 */
class Place {
  private unsaved = false;
  private savedAt = 0;
  private savedXmax: number;

  private constructor(
    private readonly term: Term,
    public cursor: CursorRow,
  ) {
    this.savedXmax = xmaxOf(cursor.snapshot);
  }

  static async of(term: Term): Promise<Place> {
    const { rows } = await term.client.query<CursorRow>('SELECT snapshot, tick, page FROM relay WHERE cursor = $1', [term.sink.cursor]);
    const [cursor] = rows;
    if (cursor === undefined) throw new Fenced(`the cursor ${term.sink.cursor} is gone`);
    point('relay:after-cursor');
    return new Place(term, cursor);
  }

  move(cursor: CursorRow): void {
    this.cursor = cursor;
    this.unsaved = true;
  }

  /**
   * Past transactions that had nothing for this sink. That is not saved, since saving is a write, but the next look must not read them
   * again; only what a relay that starts would look back over must not grow for ever.
   */
  drift(cursor: CursorRow): void {
    this.cursor = cursor;
    if (xmaxOf(cursor.snapshot) - this.savedXmax > UNSAVED_XIDS_MAX) this.unsaved = true;
  }

  /** Saves what has been left unsaved for long enough. */
  settle(): void {
    if (Date.now() - this.savedAt >= SAVE_EVERY_MS) void this.save().catch(this.term.lose);
  }

  async save(): Promise<void> {
    if (!this.unsaved) return;
    this.unsaved = false;
    this.savedAt = Date.now();
    const { client, sink, epoch } = this.term;
    const { snapshot, tick, page } = this.cursor;
    this.savedXmax = xmaxOf(snapshot);
    const { rowCount } = await client.query({
      name: 'save',
      text: 'UPDATE relay SET snapshot = $1, tick = $2, page = $3 WHERE cursor = $4 AND epoch = $5',
      values: [snapshot, tick, page, sink.cursor, epoch],
    });
    if (rowCount !== 1) throw new Fenced('another relay has taken over');
    point('relay:after-save');
  }
}

/** Publishes one tick to its end, a page at a time. */
async function tick({ client, sink }: Term, place: Place): Promise<Ticked> {
  const asked: Queryable = { query: (text, values) => client.query(prepared(text, values)) };
  const from = { table: 'event', columns: EVENT_COLUMNS, order: 'id', where: (it: string) => `topic = ANY(${it})`, params: [sink.topics] };
  const { cursor } = place;
  const { snapshot: previous } = cursor;
  // A tick that a crash interrupted is finished first, from its page on: it was read in the order of ids.
  const interrupted = cursor.tick !== null;
  const first = interrupted ? undefined : await readNew<EventRow>(asked, from, previous, RELAY_PAGE);
  const current = first?.snapshot ?? cursor.tick ?? '';
  let page = cursor.page;
  let published = 0;
  for (let next = first?.rows; ; next = undefined) {
    const events = next ?? (await readTick<EventRow>(asked, from, { previous, current, afterId: page, limit: RELAY_PAGE }));
    point('relay:after-read');
    if (events.length === 0) break;
    await sink.publish(events.map(toRecord));
    point('relay:after-publish');
    published += events.length;
    if (events.length < RELAY_PAGE) break;
    page = events.at(-1)?.id ?? page;
    place.move({ snapshot: previous, tick: current, page });
    place.settle();
    point('relay:after-page');
  }
  const next = { snapshot: current, tick: null, page: '0' };
  if (published > 0 || interrupted) place.move(next);
  else place.drift(next);
  place.settle();
  return { published, at: first?.at ?? 0 };
}

/** The envelope is put together around the data's own text: nothing is parsed on the way. */
export function toRecord({ id, topic, key, type, event_id, at, traceparent, data }: EventRow): OutRecord {
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
