import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Topic } from '@midstream/contracts';
import { postgresForTests, type TestDatabase } from '@midstream/testing/infrastructure';
import type { OutRecord, Sink } from './bus';
import { type Database, openDatabase } from './index';
import { RELAY_IDLE_MS, RELAY_KEPT_MAX, RELAY_PAGE } from './limits';
import { makePartitions } from './partitions';
import { type Relay, startRelay } from './relay';
import { LogEnd } from './relay.log';
import { eventually, quiet, sleep } from './suite/world';

const ORDERS: Topic = 'order.by-order';
const KEYS: Topic = 'order.by-api-key';

/** A sink that takes what it is given while it is open, and remembers it. */
class Ear implements Sink {
  readonly heard: string[] = [];
  readonly sizes: number[] = [];
  readonly marks: number[] = [];
  fails = 0;
  private opened: () => void = () => undefined;
  private open: Promise<void> = Promise.resolve();

  constructor(
    readonly cursor: string,
    readonly topics: readonly Topic[],
  ) {}

  shut(): void {
    this.open = new Promise((resolve) => (this.opened = resolve));
  }

  unlock(): void {
    this.opened();
  }

  async publish(records: readonly OutRecord[]): Promise<void> {
    await this.open;
    if (this.fails-- > 0) throw new Error('away');
    this.sizes.push(records.length);
    this.heard.push(...records.map((it) => it.key));
  }

  async mark(at: number): Promise<void> {
    await this.open;
    this.marks.push(at);
  }
}

describe('the relay', () => {
  let own: TestDatabase;
  let database: Database;
  let relay: Relay | undefined;
  let ears: [Ear, Ear];
  let written: number;
  before(async () => {
    own = await (await postgresForTests()).database('relay');
    database = await openDatabase({ url: own.url, entities: [], migrations: [] });
    await makePartitions(database);
  });
  after(async () => {
    await database.close();
    await own.drop();
  });
  beforeEach(async () => {
    await database.pool.query('TRUNCATE event, relay');
    ears = [new Ear('first', [ORDERS]), new Ear('second', [ORDERS, KEYS])];
    written = 0;
  });
  afterEach(async () => {
    for (const it of ears) it.unlock();
    await relay?.stop();
    relay = undefined;
  });

  const start = (): void => {
    relay = startRelay({ owner: 'order', databaseUrl: own.url, sinks: ears, logger: quiet });
  };
  /** In one transaction; the keys say in which order. */
  const write = async (count: number, topic: Topic = ORDERS, isTold = true): Promise<void> => {
    await database.pool.query(
      `INSERT INTO event (at, event_id, topic, key, type, actor, data)
       SELECT now(), gen_random_uuid(), $1, ($2::int + n)::text, 'OrderClosed', 'test', '{}' FROM generate_series(0, $3::int - 1) n`,
      [topic, written, count],
    );
    written += count;
    if (isTold) relay?.poke(new Set([topic]));
  };
  const all = (): string[] => Array.from({ length: written }, (_, n) => String(n));
  const untilHeard = (ear: Ear, wanted = all()): Promise<void> =>
    eventually(() => {
      assert.equal(ear.heard.length, wanted.length);
      assert.deepEqual(ear.heard, wanted);
      return Promise.resolve();
    }, 20_000);

  it('tells every sink of its topics, in order, however the log grows', async () => {
    await write(RELAY_PAGE * 2 + 7);
    start();
    for (const count of [1, RELAY_PAGE - 1, RELAY_PAGE, RELAY_PAGE + 1, 3, RELAY_KEPT_MAX - 1, RELAY_KEPT_MAX, RELAY_KEPT_MAX + 1, 2])
      await write(count);
    const [first, second] = ears;
    await untilHeard(first);
    await write(5, KEYS);
    await untilHeard(second);
    assert.equal(first.heard.length, written - 5);
    assert.ok(Math.max(...first.sizes, ...second.sizes) <= RELAY_PAGE);
  });

  it('reads a large batch once for all sinks, and leaves only what is more than it keeps to each of them', async () => {
    const end = await LogEnd.of(database, [ORDERS]);
    for (const count of [RELAY_PAGE + 1, RELAY_KEPT_MAX - 1, RELAY_KEPT_MAX, 1]) {
      const from = end.head().end;
      await write(count);
      await end.look();
      assert.equal(end.between(from, end.head().end)?.length, count < RELAY_KEPT_MAX ? count : undefined);
    }
  });

  it('keeps nobody waiting for a sink that hangs, which hears all of it later, once and in order', async () => {
    start();
    await write(1);
    const [slow, quick] = ears;
    await untilHeard(slow);
    slow.shut();
    for (let n = 0; n < 40; n++) await write(RELAY_KEPT_MAX / 20);
    await untilHeard(quick);
    assert.equal(slow.heard.length, 1);
    slow.unlock();
    await untilHeard(slow);
  });

  it('goes on after a sink that failed, from where that was', async () => {
    start();
    const [first, second] = ears;
    for (const count of [3, RELAY_PAGE * 3, 2]) {
      first.fails = 2;
      await write(count);
      await untilHeard(first);
    }
    await untilHeard(second);
  });

  it('finds what another replica writes, too', async () => {
    start();
    const [first] = ears;
    await write(1);
    await untilHeard(first);
    for (let n = 0; n < 5; n++) await write(2, ORDERS, false);
    await untilHeard(first);
  });

  it('begins again where it stopped, and says how far all is told', async () => {
    start();
    const [first] = ears;
    await write(10);
    await untilHeard(first);
    await eventually(() => Promise.resolve(assert.ok(first.marks.length > 1)));
    assert.deepEqual(
      first.marks,
      [...first.marks].sort((a, b) => a - b),
    );
    await relay?.stop();
    await write(10);
    await sleep(RELAY_IDLE_MS * 2);
    assert.equal(first.heard.length, 10);
    start();
    await untilHeard(first);
  });
});
