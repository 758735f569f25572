import './lean';
import { endWithParent } from '@midstream/testing/tidy';
import { Pool } from 'pg';
import { embeddedBus, type EventBus, kafkaBus, RELAY_KEPT_MAX, type RunningService, startService } from '../index';
import { readerProbe, readerService, writerService } from './toy';
import { type BusKind, eventually, operatorOf, quiet, sleep, START } from './world';

/** What a child of the crash suite is told, as JSON in its first argument. */
export interface ChildOrders {
  readonly kind: BusKind;
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly urls: { readonly writer: string; readonly reader: string };
  /** `load`: work until a fault point ends it. `recover`: bring to an end what others have left. `read`: read slowly. */
  readonly task: 'load' | 'recover' | 'read';
  /** The keys of this child begin with it. */
  readonly name: string;
  /** The children before, whose requests are sent again: nobody knows what became of them. */
  readonly before: readonly string[];
  readonly slowMs?: number;
}

/** Exit code of a child that ought to have been killed, and was not. */
export const STILL_ALIVE = 3;
export const ONCE = 10;
const LOAD_MS = 8_000;
/** On a busy machine one round may take this long; then the point is tried once more, at its first time. */
const ROUND_MS_MAX = 20_000;
/** Due, and refused by a constraint whenever it is tried. */
const FAILS = `INSERT INTO todo (kind, key, due_at, payload) VALUES ('command', 'counters/forbidden', now(), '{"type":"Bump","id":"forbidden"}')`;

async function main(orders: ChildOrders): Promise<void> {
  endWithParent();
  const { kind, brokers, prefix, urls } = orders;
  const bus = kind === 'embedded' ? embeddedBus() : kafkaBus({ brokers, prefix, partitions: 3, logger: quiet, sessionTimeoutMs: 2_000 });
  const reader = await startService(readerService(), { ...START, databaseUrl: urls.reader, bus: slowed(bus, orders.slowMs ?? 0) });
  if (orders.task === 'read') return say('ready');
  const outside = new Pool({ connectionString: urls.writer, max: 4 });
  const ask = (what: string) => async (id: string, count: number) => {
    await outside.query('INSERT INTO outside (what, id, count) VALUES ($1, $2, $3)', [what, id, count]);
    if (what === 'call' && orders.task === 'load' && Math.random() < 0.15) throw new Error('the outside world is away for a moment');
  };
  const writer = await startService(writerService(ask('call'), ask('try'), 1_500), { ...START, databaseUrl: urls.writer, bus });
  say('ready');
  for (const name of orders.before) await sendOnce(writer, name);
  if (orders.task === 'recover') return recover(reader, urls);
  await outside.query(FAILS);
  setTimeout(() => process.exit(STILL_ALIVE), LOAD_MS + ROUND_MS_MAX);
  const until = Date.now() + LOAD_MS;
  for (let round = 0; Date.now() < until; round++) await load(writer, reader, orders.name, round).catch(() => sleep(50));
  process.exit(STILL_ALIVE);
}

/** Everything that the shell does, so that every fault point is reached. */
async function load(writer: RunningService, reader: RunningService, name: string, round: number): Promise<void> {
  const bump = (id: string, more: object = {}) => writer.commands.run({ type: 'Bump', id: `${name}-${id}`, ...more } as never);
  const many = (id: string, times: number) => Promise.all(Array.from({ length: times }, () => bump(id)));
  readerProbe.mended = false;
  const poison = async () => {
    await many('ill', 2);
    await bump('ill', { note: 'poison' });
    await many('ill', 3);
  };
  await Promise.all([
    poison(),
    sendOnce(writer, name),
    ...Array.from({ length: 6 }, (_, n) => bump(`k${n}`, { call: true, tryOnce: true, later: true, expiresAt: Date.now() })),
    writer.commands.run({ type: 'PutKey', id: `${name}-key` } as never),
    // More in one tick than the relay keeps of its log's end, where that is what matters
    ...(round % 4 === 0 && process.env['MIDSTREAM_CRASH_AT']?.startsWith('relay:') === true
      ? [bump('burst', { times: RELAY_KEPT_MAX + 100 })]
      : []),
  ]);
  const parked = operatorOf(reader);
  await eventually(async () => {
    if ((await parked()).body.items?.length === 0) throw new Error('nothing is parked yet');
  }, 2_000).catch(() => undefined);
  readerProbe.mended = true;
  await parked(`/${name}-ill/resume`, 'POST');
  await sleep(100);
}

/** Requests whose answer may have been lost: sent again with their keys, they are done once. */
async function sendOnce({ commands }: RunningService, name: string): Promise<void> {
  for (let n = 0; n < ONCE; n++) {
    await commands.run({ type: 'Bump', id: `${name}-once` } as never, { key: { tenant: 't', key: `${name}-${n}`, hash: 'h' } });
  }
}

/** Until nothing is parked, due or on its way. */
async function recover(reader: RunningService, urls: ChildOrders['urls']): Promise<void> {
  readerProbe.mended = true;
  const parked = operatorOf(reader);
  const pools = [urls.writer, urls.reader].map((connectionString) => new Pool({ connectionString, max: 1 }));
  await pools[0]?.query(`DELETE FROM todo WHERE key = 'counters/forbidden'`);
  // A call that met with many crashes, and then failed, would wait for a minute
  await pools[0]?.query(`UPDATE todo SET due_at = clock_timestamp() WHERE kind = 'call' AND due_at > clock_timestamp()`);
  await eventually(async () => {
    const { items = [] } = (await parked()).body;
    for (const { key = '' } of items) await parked(`/${encodeURIComponent(key)}/resume`, 'POST');
    const left = await Promise.all(pools.map((it) => it.query<Record<string, unknown>>('SELECT * FROM todo')));
    const open: object[] = [...items, ...left.flatMap((it) => it.rows)];
    if (open.length > 0) throw new Error(`not all is done: ${JSON.stringify(open.slice(0, 3))}`);
  }, 60_000);
  say('recovered');
}

const slowed = (bus: EventBus, ms: number): EventBus => ({
  ...bus,
  subscribe: ({ onChunk, ...subscription }) =>
    bus.subscribe({
      ...subscription,
      async onChunk(chunk) {
        if (ms > 0 && chunk.records.length > 0) {
          say('chunk');
          await sleep(ms);
        }
        await onChunk(chunk);
      },
    }),
});

const say = (what: string): void => void process.stdout.write(`${what}\n`);

if (require.main === module) {
  main(JSON.parse(process.argv[2] ?? '') as ChildOrders).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
