import { assertPortFree } from '@midstream/local/ports';

/** Below those that a kernel gives to outgoing connections: while its owner is down, nobody else may take it. */
const RANGE = { from: 20_000, size: 12_000 } as const;
const TRIES_MAX = 200;
const given = new Set<number>();

/** A port of 127.0.0.1 that stays free while the process that listens there is started again. @throws Error where none can be found */
export async function keptPort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = RANGE.from + Math.floor(Math.random() * RANGE.size);
    if (given.has(port)) continue;
    const isFree = await assertPortFree(port, 'torture').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no port from ${RANGE.from} to ${RANGE.from + RANGE.size} is free`);
}
