import type { Service, Topic } from '@midstream/contracts';
import { ExponentialBackoff } from 'cockatiel';
import { Client } from 'pg';
import type { Logger } from 'pino';
import type { OutRecord, Sink } from './bus';
import { point } from './fault';
import { FlightSocket } from './flight';
import { RELAY_BUSY_MS, RELAY_IDLE_MS, RELAY_PAGE, WATERMARK_EVERY_MS } from './limits';
import { type Outage, outage } from './outage';
import { type Database, KEEP_ALIVE, prepared, type Queryable, SESSION_OPTIONS, STATEMENT_MS_MAX } from './postgres';
import { type Head, LogEnd, pagesOf } from './relay.log';
import { Place, takeOffice, type Term } from './relay.place';
import { alarmClock, type AlarmClock, within } from './wait';

export interface Relay {
  /** Events of these topics were committed here: their readers hear of them at once. */
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
/** So many looks in a row for what another replica writes, after it wrote something. */
const BUSY_LOOKS = 10;

/** Any number that no other advisory lock of the database uses. */
const RELAY_LOCK = 7_320_001;

/**
 * Publishes the log to every sink, each at its own pace: its end is read once, and told to all. One relay a database: the lock's session
 * is the one that reads and saves, so a lost lock is a lost connection; the epoch fences whoever does not know yet. A sink's place is
 * saved after the publish: a crash between repeats, and the readers' inboxes take the repeat out.
 */
export function startRelay({ owner, databaseUrl, sinks, logger }: RelayOptions): Relay {
  const topics = [...new Set(sinks.flatMap((it) => it.topics))];
  const bells = sinks.map(() => alarmClock());
  const eye = alarmClock();
  const idle = alarmClock();
  let stopping = false;

  const lead = async (): Promise<void> => {
    const client = clientOf(databaseUrl, `midstream relay ${owner}`);
    let lost: Error | undefined;
    const lose = (error: Error) => {
      lost ??= error;
      for (const bell of [eye, ...bells]) bell.ring();
    };
    client.on('error', lose);
    try {
      await client.connect();
      const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [RELAY_LOCK]);
      point('relay:after-lock');
      if (rows[0]?.mine !== true) return void (await idle.wait(RELAY_IDLE_MS * 4));
      const epoch = await takeOffice(client, sinks);
      const check = () => {
        if (lost !== undefined) throw lost;
      };
      const session: Queryable = { query: (text, values) => client.query(prepared(text, values)) };
      const end = await LogEnd.of(session, topics);
      const taken = sinks.map(() => 0);
      // One that has lost its place takes the others along, and all have ended before the next term begins
      const follows = sinks.map((sink, index) =>
        follow({ client, session, epoch, sink, lose, check }, end, bells[index] ?? alarmClock(), (head) => {
          taken[index] = head;
          end.forget(Math.min(...taken));
        }).catch(lose),
      );
      if (sinks.length > 0) follows.push(watch(end, check).catch(lose));
      await Promise.all(follows);
      check();
      // A service that tells nobody has taken the cursors of another bus away, and that was all
      while (sinks.length === 0 && !stopping) await idle.wait(SINKLESS_MS);
    } finally {
      // Over a dead network the goodbye is never answered
      await within(2_000, client.end(), 'a goodbye').catch(() => undefined);
    }
  };

  const going = (bell: AlarmClock, check: () => void, about: object): Going => ({
    bell,
    goesOn() {
      check();
      return !stopping;
    },
    trouble: outage(logger, { fails: 'the relay cannot publish; it goes on trying', again: 'the relay publishes again' }, about),
  });

  /** Looks at the end of the log when somebody wrote, and wakes whom it concerns. */
  const watch = (end: LogEnd, check: () => void): Promise<void> => {
    let rang = true;
    let busy = 0;
    return goOn(going(eye, check, { sink: 'log' }), async () => {
      const came = await end.look();
      sinks.forEach((sink, index) => sink.topics.some((it) => came.has(it)) && bells[index]?.ring());
      // Who writes here rings. What came unasked another replica has written, and more may follow
      busy = came.size > 0 && !rang ? BUSY_LOOKS : busy - 1;
      rang = await eye.wait(busy > 0 ? RELAY_BUSY_MS : RELAY_IDLE_MS);
    });
  };

  const follow = async (term: SinkTerm, end: LogEnd, bell: AlarmClock, tookAll: (end: number) => void): Promise<void> => {
    const { sink, check } = term;
    const place = await Place.of(term);
    let taken = -1;
    let lastMark = 0;
    await goOn(going(bell, check, { sink: sink.cursor }), async () => {
      const head = end.head();
      await publishUpTo(head, term, place, end.between(taken, head.end));
      taken = head.end;
      tookAll(taken);
      if (head.at - lastMark >= WATERMARK_EVERY_MS) {
        await sink.mark(head.at);
        point('relay:after-mark');
        lastMark = head.at;
      }
      await bell.wait(RELAY_IDLE_MS);
    });
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
    poke: (written) => topics.some((it) => written.has(it)) && eye.ring(),
    async stop() {
      stopping = true;
      for (const bell of [idle, eye, ...bells]) bell.ring();
      await ended;
    },
  };
}

interface Going {
  readonly bell: AlarmClock;
  /** Not once the relay stops. @throws Error where the term has ended. */
  readonly goesOn: () => boolean;
  readonly trouble: Outage;
}

/** One step after the other; after one that failed a little later each time. */
async function goOn({ bell, goesOn, trouble }: Going, step: () => Promise<void>): Promise<void> {
  const backoff = new ExponentialBackoff({ initialDelay: 50, maxDelay: 2_000 });
  let waiting = backoff.next();
  while (goesOn()) {
    try {
      await step();
      trouble.passed();
      waiting = backoff.next();
    } catch (error) {
      if (!goesOn()) return;
      trouble.failed(error);
      await bell.wait(waiting.duration);
      waiting = waiting.next(undefined);
    }
  }
}

interface SinkTerm extends Term {
  readonly session: Queryable;
}

/** `kept`: all that came since the sink's place; where it is not known it is read again, a page at a time. */
async function publishUpTo(
  { snapshot }: Head,
  { session, sink }: SinkTerm,
  place: Place,
  kept: readonly OutRecord[] | undefined,
): Promise<void> {
  let published = 0;
  const publish = async (records: readonly OutRecord[]): Promise<void> => {
    await sink.publish(records);
    point('relay:after-publish');
    published += records.length;
  };
  const read = async (previous: string, current: string, afterId: string): Promise<void> => {
    for await (const records of pagesOf(session, sink.topics, { previous, current, afterId })) {
      await publish(records);
      place.turn(records.at(-1)?.sequence ?? '0', current);
      point('relay:after-page');
    }
  };
  const { cursor } = place;
  // What was interrupted is finished first, from its page on: it was read in the order of ids
  if (cursor.tick !== null) {
    await read(cursor.snapshot, cursor.tick, cursor.page);
    place.reach(cursor.tick, published);
  }
  if (kept === undefined) await read(place.cursor.snapshot, snapshot, '-1');
  else {
    const records = kept.filter((it) => sink.topics.includes(it.topic));
    for (let at = 0; at < records.length; at += RELAY_PAGE) await publish(records.slice(at, at + RELAY_PAGE));
  }
  place.reach(snapshot, published);
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
