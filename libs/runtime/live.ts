import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { FOLLOW_EVERY_MS } from './limits';
import { GONE, idOf, type Place, placeOf } from './place';
import { type Database, isTransient } from './postgres';
import { Problem } from './problems';
import { tryAgain } from './storage';
import { BEGINNING, readTick, takeTick, type Tick } from './ticks';
import { alarmClock } from './wait';
import { outage } from './outage';

export interface LiveEvent {
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface LiveOptions {
  /** What this listener gets of an event; undefined: not for this one. Never more than its merchant may see. */
  readonly view: (event: LiveEvent) => object | undefined;
  /**
   * Where only the latest counts: what an event is about. Of several events about one thing that were not sent yet only the last is, with
   * the view of that moment; a listener that reads slowly thus misses steps, and never the end. Undefined: not for this listener.
   */
  readonly about?: (event: LiveEvent) => string | undefined;
  /** What an event is called in the stream; as its fact, unless said. */
  readonly name?: string;
  /** Whose stream it is, and how many of them there may be at this replica. */
  readonly whose?: { readonly who: string; readonly atMost: number };
  /** Of the answer, beside those of every stream. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface Listener extends LiveOptions {
  readonly tell: (id: string, type: string, data: object) => void;
  /** Once the socket takes it: the latest about each thing. */
  readonly later: (id: string, event: LiveEvent) => void;
  /** The place alone: who has heard nothing for long resumes from here, not from the last that was for it. */
  readonly mark: (id: string) => void;
  readonly end: () => void;
}

const LISTENERS_MAX = 1_000;
const PAGE = 500;
const TICK_EVENTS_MAX = 20_000;
const UNREAD_BYTES_MAX = 4 * 1024 * 1024;
const KEEP_ALIVE_MS = 15_000;
/** Things about which a slow listener has not heard the latest; past it, it is sent away. */
const WAITING_MAX = 100_000;

/** Server-sent events that follow the service's own log; every replica follows by itself. */
export class LiveEvents {
  private readonly listeners = new Set<Listener>();
  private readonly streamsOf = new Map<string, number>();
  private readonly bell = alarmClock();
  private stopping = false;
  private ended: Promise<void> = Promise.resolve();
  /** All listeners have heard of all that was committed before. */
  private told: Tick = { snapshot: BEGINNING, at: 0 };
  private step: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  /** `owner`: the service whose log it is. An id is no place in another's. */
  constructor(
    private readonly owner: string,
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    this.told = await takeTick(this.database);
    this.ended = this.run();
  }

  poke(): void {
    if (this.listeners.size > 0) this.bell.ring();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.bell.ring();
    await this.ended;
    for (const it of this.listeners) it.end();
  }

  /**
   * Answers with a stream that ends when the client leaves. `Last-Event-ID` resumes, at this replica or another; where the log does not reach
   * back so far, the first event is `history-gone`.
   * @throws Problem where the id is none of ours, there are too many listeners, or the database is away.
   */
  async stream(request: FastifyRequest, reply: FastifyReply, options: LiveOptions): Promise<void> {
    if (this.listeners.size >= LISTENERS_MAX)
      throw new Problem(503, 'too-many-streams', 'This replica has as many live streams as it can; come again', undefined, {
        retryAfter: 1,
      });
    this.refuseTooMany(options);
    const from = await this.placeAskedFor(request);
    const headers = headersOf(options);
    // It asks how a GET would begin; nothing follows that could end
    if (request.method === 'HEAD') return void reply.headers(headers).send();
    const { raw } = reply;
    reply.hijack();
    raw.writeHead(200, { ...headers, connection: 'keep-alive' });
    const listener = listenerOf(raw, options);
    const who = options.whose?.who;
    if (who !== undefined) this.streamsOf.set(who, (this.streamsOf.get(who) ?? 0) + 1);
    const alive = setInterval(
      () => (this.listeners.has(listener) ? listener.mark(this.here()) : void raw.write(': wait\n\n')),
      KEEP_ALIVE_MS,
    );
    raw.on('close', () => {
      clearInterval(alive);
      this.listeners.delete(listener);
      if (who !== undefined) this.leave(who);
    });
    raw.on('error', () => undefined);
    raw.write(`retry: 1000\n\n`);
    try {
      if (from === 'gone') listener.tell(this.here(), 'history-gone', GONE);
      await this.join(listener, raw, from === 'gone' ? undefined : from);
    } catch (error) {
      this.logger.warn({ err: error }, 'a live stream could not be resumed; its listener comes again');
      raw.destroy();
    }
  }

  private refuseTooMany({ whose }: LiveOptions): void {
    if (whose === undefined || (this.streamsOf.get(whose.who) ?? 0) < whose.atMost) return;
    const title = `You have ${whose.atMost} live streams here already; close one first`;
    throw new Problem(429, 'too-many-streams-of-yours', title, undefined, { retryAfter: 1 });
  }

  private leave(who: string): void {
    const left = (this.streamsOf.get(who) ?? 1) - 1;
    if (left > 0) this.streamsOf.set(who, left);
    else this.streamsOf.delete(who);
  }

  private async placeAskedFor(request: FastifyRequest): Promise<Place | 'gone' | undefined> {
    const id = request.headers['last-event-id'];
    if (id === undefined || id === '') return undefined;
    return placeOf(this.database, this.owner, String(id)).catch((error: unknown) => {
      throw isTransient(error) ? tryAgain() : error;
    });
  }

  /** The place of who has heard all that was told. */
  private readonly here = (): string =>
    idOf(this.owner, { previous: this.told.snapshot, current: this.told.snapshot, after: '-1', at: this.told.at });

  private async run(): Promise<void> {
    const trouble = outage(this.logger, { fails: 'the log cannot be followed; it goes on trying', again: 'the log is followed again' });
    while (!this.stopping) {
      await this.bell.wait(FOLLOW_EVERY_MS);
      if (this.stopping) return;
      await this.advance().then(trouble.passed, trouble.failed);
    }
  }

  /** Tells all that was committed before this call; those who ask while a step is under way share the next. */
  private advance(): Promise<void> {
    this.next ??= this.step
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        this.step = this.follow();
        return this.step;
      });
    return this.next;
  }

  private async follow(): Promise<void> {
    const tick = await takeTick(this.database);
    // Nobody listens: what happens meanwhile is nobody's, and the next listener starts from now.
    if (this.listeners.size === 0) {
      this.told = tick;
      return;
    }
    // All of it, and then told at once: a listener that comes while we read has had what was before this tick, and gets the tick whole
    const within = { previous: this.told.snapshot, current: tick.snapshot, at: tick.at };
    const events: LiveEvent[] = [];
    for (let more = true; more;) {
      const page = await this.read({ ...within, after: events.at(-1)?.id ?? '-1' });
      events.push(...page);
      more = page.length === PAGE;
      if (events.length > TICK_EVENTS_MAX) return this.sendAway(tick);
    }
    for (const event of events) {
      const id = idOf(this.owner, { ...within, after: event.id });
      for (const listener of this.listeners) tell(listener, event, id);
    }
    this.told = tick;
  }

  /** Too much has happened to hold it: every listener comes back with its Last-Event-ID, and gets it in pages. */
  private sendAway(tick: Tick): void {
    this.told = tick;
    for (const it of this.listeners) it.end();
    this.listeners.clear();
  }

  /** Tells what happened from there to where the others are, and joins them. They go on meanwhile, so it is looked again until there is nothing between. */
  private async join(listener: Listener, raw: ServerResponse, from: Place | undefined): Promise<void> {
    // The place may be another replica's, which was ahead of us: what it has told must be behind us before we begin
    if (from !== undefined) await this.advance();
    for (let place = from; place !== undefined;) {
      const events = await this.read(place);
      for (const event of events) tell(listener, event, idOf(this.owner, { ...place, after: event.id }));
      if (!(await drained(raw))) return;
      if (events.length === PAGE) place = { ...place, after: events.at(-1)?.id ?? place.after };
      else if (place.current === this.told.snapshot) break;
      else place = { previous: place.current, current: this.told.snapshot, after: '-1', at: this.told.at };
    }
    // At once with the look at `told`: a step between would be heard by nobody
    if (raw.destroyed) return;
    if (this.stopping) return listener.end();
    this.listeners.add(listener);
    listener.mark(this.here());
  }

  private async read({ previous, current, after }: Omit<Place, 'at'>): Promise<LiveEvent[]> {
    return readTick<LiveEvent>(
      this.database,
      { table: 'event', columns: 'id, type, key, at, data', order: 'id' },
      { previous, current, afterId: after, limit: PAGE },
    );
  }
}

const headersOf = ({ headers }: LiveOptions): Readonly<Record<string, string>> => ({
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  ...headers,
});

function tell(listener: Listener, event: LiveEvent, id: string): void {
  if (listener.about !== undefined) return listener.later(id, event);
  const data = listener.view(event);
  if (data !== undefined) listener.tell(id, event.type, data);
}

function listenerOf(raw: ServerResponse, options: LiveOptions): Listener {
  const waiting = new Map<string, readonly [id: string, event: LiveEvent]>();
  const told = (id: string, type: string, data: object): void => {
    raw.write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
    // One that does not read is sent away; it comes back with its Last-Event-ID
    if (raw.writableLength > UNREAD_BYTES_MAX) raw.destroy();
  };
  /** In the order of their ids: who leaves in between resumes behind the last that was sent, and misses none of the others. */
  const flush = (): void => {
    for (const [about, [id, event]] of waiting) {
      if (raw.destroyed || raw.writableNeedDrain) return;
      waiting.delete(about);
      const data = options.view(event);
      if (data !== undefined) told(id, options.name ?? event.type, data);
    }
  };
  raw.on('drain', flush);
  return {
    ...options,
    tell: told,
    later(id, event) {
      const about = options.about?.(event);
      if (about === undefined) return;
      if (waiting.size === 0) setImmediate(flush);
      // Anew at the end: the order of ids is the order of sending
      waiting.delete(about);
      waiting.set(about, [id, event]);
      if (waiting.size > WAITING_MAX) raw.destroy();
    },
    // A block without data is no event, and its id counts (HTML, 9.2.6)
    mark(id) {
      if (waiting.size === 0) raw.write(`id: ${id}\n\n`);
    },
    end: () => void raw.end(),
  };
}

/** Resolves when the socket has taken what was written; false where its listener has left. */
const drained = async (raw: ServerResponse): Promise<boolean> => {
  if (raw.writableNeedDrain) await new Promise<void>((resolve) => raw.once('drain', resolve).once('close', resolve));
  return !raw.destroyed;
};
