import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { FOLLOW_EVERY_MS } from './limits';
import type { Database } from './postgres';
import { readTick, takeTick } from './ticks';
import { alarmClock } from './wait';

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
}

interface Listener extends LiveOptions {
  readonly send: (id: string, type: string, data: object) => void;
  readonly end: () => void;
}

/** Where a listener is: within the tick between two snapshots, past the event `after`. As the `id:` of an event it resumes without loss (protocol 30). */
interface Place {
  readonly previous: string;
  readonly current: string;
  readonly after: string;
}

const LISTENERS_MAX = 1_000;
const PAGE = 500;
const TICK_EVENTS_MAX = 20_000;
const UNREAD_BYTES_MAX = 4 * 1024 * 1024;
const KEEP_ALIVE_MS = 15_000;

const encode = (place: Place): string => Buffer.from(`${place.previous}|${place.current}|${place.after}`).toString('base64url');
function decode(id: string): Place | undefined {
  const [previous, current, after] = Buffer.from(id, 'base64url').toString().split('|');
  const valid = [previous, current].every((it) => /^\d+:\d+:[\d,]*$/.test(it ?? '')) && /^-?\d+$/.test(after ?? '');
  return valid ? { previous: previous ?? '', current: current ?? '', after: after ?? '' } : undefined;
}

/** Server-sent events that follow the service's own log; every replica follows by itself. */
export class LiveEvents {
  private readonly listeners = new Set<Listener>();
  private readonly bell = alarmClock();
  private stopping = false;
  private ended: Promise<void> = Promise.resolve();
  private previous = '';

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    this.previous = (await takeTick(this.database)).snapshot;
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

  /** Answers with a stream that ends when the client leaves. `Last-Event-ID` resumes. */
  async stream(request: FastifyRequest, reply: FastifyReply, options: LiveOptions): Promise<void> {
    if (this.listeners.size >= LISTENERS_MAX) {
      await reply.status(503).send();
      return;
    }
    const { raw } = reply;
    reply.hijack();
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      connection: 'keep-alive',
    });
    let left = false;
    const alive = setInterval(() => void raw.write(': still here\n\n'), KEEP_ALIVE_MS);
    const listener: Listener = {
      ...options,
      send(id, type, data) {
        raw.write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
        // One that does not read is sent away; it comes back with its Last-Event-ID
        if (raw.writableLength > UNREAD_BYTES_MAX) raw.destroy();
      },
      end: () => void raw.end(),
    };
    raw.on('close', () => {
      left = true;
      clearInterval(alive);
      this.listeners.delete(listener);
    });
    raw.on('error', () => undefined);
    raw.write(`retry: 1000\n\n`);
    const from = decode(String(request.headers['last-event-id'] ?? ''));
    try {
      if (from !== undefined) await this.catchUp(listener, from, () => drained(raw));
      if (!left && !this.stopping) this.listeners.add(listener);
      else raw.end();
    } catch (error) {
      this.logger.warn({ err: error }, 'a live stream could not be resumed; its listener comes again');
      raw.destroy();
    }
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      await this.bell.wait(FOLLOW_EVERY_MS);
      if (this.stopping) return;
      await this.step().catch((error: unknown) => this.logger.warn({ err: error }, 'the log could not be followed; it is tried again'));
    }
  }

  private async step(): Promise<void> {
    const { snapshot } = await takeTick(this.database);
    if (this.listeners.size === 0) {
      // Nobody listens: what happens meanwhile is nobody's, and the next listener starts from now.
      this.previous = snapshot;
      return;
    }
    // All of it, and then told at once: a listener that comes while we read has had what was before this tick, and gets the tick whole
    const tick = { previous: this.previous, current: snapshot };
    const events: LiveEvent[] = [];
    for (let more = true; more;) {
      const page = await this.read({ ...tick, after: events.at(-1)?.id ?? '-1' });
      events.push(...page);
      more = page.length === PAGE;
      if (events.length > TICK_EVENTS_MAX) return this.sendAway(snapshot);
    }
    if (events.length === 0) return;
    for (const event of events) {
      const id = encode({ ...tick, after: event.id });
      for (const listener of this.listeners) this.tell(listener, event, id);
    }
    this.previous = snapshot;
  }

  /** Too much has happened to hold it: every listener comes back with its Last-Event-ID, and gets it in pages. */
  private sendAway(snapshot: string): void {
    this.previous = snapshot;
    for (const it of this.listeners) it.end();
    this.listeners.clear();
  }

  /** Tells what happened from there to where the others are. They go on meanwhile, so it is looked again until there is nothing between. */
  private async catchUp(listener: Listener, from: Place, drained: () => Promise<boolean>): Promise<void> {
    for (let place = from; ;) {
      const events = await this.read(place);
      for (const event of events) this.tell(listener, event, encode({ ...place, after: event.id }));
      if (!(await drained()) || this.stopping) return;
      if (events.length === PAGE) place = { ...place, after: events.at(-1)?.id ?? place.after };
      else if (place.current === this.previous) return;
      else place = { previous: place.current, current: this.previous, after: '-1' };
    }
  }

  private tell(listener: Listener, event: LiveEvent, id: string): void {
    const data = listener.view(event);
    if (data !== undefined) listener.send(id, event.type, data);
  }

  private async read({ previous, current, after }: Place): Promise<LiveEvent[]> {
    return readTick<LiveEvent>(
      this.database,
      { table: 'event', columns: 'id, type, key, at, data', order: 'id' },
      { previous, current, afterId: after, limit: PAGE },
    );
  }
}

/** Resolves when the socket has taken what was written; false where its listener has left. */
const drained = async (raw: ServerResponse): Promise<boolean> => {
  if (raw.writableNeedDrain) await new Promise<void>((resolve) => raw.once('drain', resolve).once('close', resolve));
  return !raw.destroyed;
};
