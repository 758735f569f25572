import { createServer, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What a network does to connections.
 * `latency`: everything comes later, in order. `reset`: connections break, and new ones break at once. `half-open`: nothing comes through any
 * more and nobody is told, as when a router forgets; such a connection stays dead when the network is well again, new ones are not.
 */
export type Cut = { readonly kind: 'latency'; readonly ms: number } | { readonly kind: 'reset' } | { readonly kind: 'half-open' };

/** A way to one server that can be cut and slowed. */
export interface Proxy {
  readonly port: number;
  /** Connections that somebody still believes in. */
  readonly connections: number;
  /** All connections, or every second one; new ones, too, until it is healed. */
  cut(cut: Cut, whom: 'all' | 'half'): void;
  /** Nothing happens to what flows from now on. */
  heal(): void;
  close(): Promise<void>;
}

/** So long after a connection has died half-open, the server's own keep-alive would have noticed (libs/runtime asks for it). */
const SERVER_NOTICES_MS = 45_000;
const WAITING_BYTES_MAX = 1_000_000;

interface Pair {
  readonly id: number;
  readonly client: Socket;
  server?: Socket;
  isDead: boolean;
}

/** Listens on `port` of 127.0.0.1 (0: a free one), and hands everything on to `target`. @throws Error where the port is taken */
export async function openProxy({ port, target }: { port: number; target: number }): Promise<Proxy> {
  const pairs = new Set<Pair>();
  let state: { readonly cut: Cut; readonly whom: 'all' | 'half' } | undefined;
  let last = 0;

  const cutOf = ({ id }: Pair): Cut | undefined => (state !== undefined && (state.whom === 'all' || id % 2 === 0) ? state.cut : undefined);
  const delayOf = (pair: Pair) => (): number => {
    const cut = cutOf(pair);
    return cut?.kind === 'latency' ? cut.ms : 0;
  };
  const strike = (pair: Pair): void => {
    const cut = cutOf(pair);
    if (cut?.kind === 'reset' && !pair.isDead) for (const it of [pair.client, pair.server]) it?.resetAndDestroy();
    if (cut?.kind !== 'half-open' || pair.isDead) return;
    pair.isDead = true;
    setTimeout(() => pair.server?.resetAndDestroy(), SERVER_NOTICES_MS).unref();
  };

  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const pair: Pair = { id: (last += 1), client, isDead: false };
    pairs.add(pair);
    client.on('error', () => undefined);
    client.on('close', () => pairs.delete(pair));
    strike(pair);
    if (client.destroyed) return;
    if (pair.isDead) return void client.on('data', () => undefined).on('end', () => client.destroy());
    const server = connect({ port: target, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    pair.server = server;
    join(pair, client, server, delayOf(pair));
    join(pair, server, client, delayOf(pair));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    get connections() {
      return pairs.size;
    },
    cut(cut, whom) {
      state = { cut, whom };
      for (const it of [...pairs]) strike(it);
    },
    heal() {
      state = undefined;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const { client, server } of pairs) for (const it of [client, server]) it?.destroy();
      await closed;
    },
  };
}

/** Hands on what comes from one side, in order, each part so much later as the network is slow when it comes; nothing of a dead pair. */
function join(pair: Pair, from: Socket, to: Socket, delayMs: () => number): void {
  const queue: { readonly at: number; readonly part?: Buffer }[] = [];
  let bytes = 0;
  let busy = false;
  const flow = async (): Promise<void> => {
    busy = true;
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const waitMs = next.at - Date.now();
      if (waitMs > 0) await sleep(waitMs);
      queue.shift();
      if (pair.isDead || to.destroyed) continue;
      if (next.part === undefined) to.end();
      else if (!to.write(next.part)) await drained(to);
      bytes -= next.part?.length ?? 0;
      if (bytes < WAITING_BYTES_MAX) from.resume();
    }
    busy = false;
  };
  const put = (part?: Buffer): void => {
    if (pair.isDead) return;
    queue.push({ at: Date.now() + delayMs(), ...(part && { part }) });
    bytes += part?.length ?? 0;
    if (bytes >= WAITING_BYTES_MAX) from.pause();
    if (!busy) void flow();
  };
  from.on('data', put);
  from.on('end', () => put());
  // who ends a dead connection is alone with it
  from.on('end', () => pair.isDead && from.end());
  from.on('error', () => !pair.isDead && to.resetAndDestroy());
}

const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
