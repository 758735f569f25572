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
}

/** Where a listener is: within the tick between two snapshots, past the event `after`. As the `id:` of an event it resumes without loss (protocol 30). */
interface Place {
  readonly previous: string;
  readonly current: string;
  readonly after: string;
}

const LISTENERS_MAX = 1_000;
const CATCH_UP_MAX = 10_000;
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
    this.previous = (await takeTick(this.database.pool)).snapshot;
    this.ended = this.run();
  }

  poke(): void {
    if (this.listeners.size > 0) this.bell.ring();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.bell.ring();
    await this.ended;
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
    const listener: Listener = {
      ...options,
      send: (id, type, data) => void raw.write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`),
    };
    raw.write(`retry: 1000\n\n`);
    const from = decode(String(request.headers['last-event-id'] ?? ''));
    if (from !== undefined) await this.catchUp(listener, from);
    this.listeners.add(listener);
    const alive = setInterval(() => void raw.write(': still here\n\n'), KEEP_ALIVE_MS);
    raw.on('close', () => {
      clearInterval(alive);
      this.listeners.delete(listener);
    });
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      await this.bell.wait(FOLLOW_EVERY_MS);
      if (this.stopping || this.listeners.size === 0) {
        // Nobody listens: what happens meanwhile is nobody's, but the next listener starts from now.
        if (!this.stopping) this.previous = (await takeTick(this.database.pool).catch(() => undefined))?.snapshot ?? this.previous;
        continue;
      }
      await this.step().catch((error: unknown) => this.logger.warn({ err: error }, 'the log could not be followed; it is tried again'));
    }
  }

  private async step(): Promise<void> {
    const { snapshot } = await takeTick(this.database.pool);
    const events = await this.read({ previous: this.previous, current: snapshot, after: '-1' });
    for (const event of events) {
      const id = encode({ previous: this.previous, current: snapshot, after: event.id });
      for (const listener of this.listeners) this.tell(listener, event, id);
    }
    if (events.length > 0) this.previous = snapshot;
  }

  private async catchUp(listener: Listener, from: Place): Promise<void> {
    const current = this.previous;
    for (const place of [from, { previous: from.current, current, after: '-1' }]) {
      for (const event of await this.read(place)) this.tell(listener, event, encode({ ...place, after: event.id }));
    }
  }

  private tell(listener: Listener, event: LiveEvent, id: string): void {
    const data = listener.view(event);
    if (data !== undefined) listener.send(id, event.type, data);
  }

  private async read({ previous, current, after }: Place): Promise<LiveEvent[]> {
    return readTick<LiveEvent>(
      this.database.pool,
      { table: 'event', columns: 'id, type, key, at, data', order: 'id', where: 'topic IS NOT NULL' },
      { previous, current, afterId: after, limit: CATCH_UP_MAX },
    );
  }
}
