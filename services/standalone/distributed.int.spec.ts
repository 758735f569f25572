import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, it } from 'node:test';
import { SERVICES, type Service } from '@midstream/contracts';
import { freePort } from '@midstream/local/ports';
import { createSandbox, type Sandbox } from '@midstream/sandbox-supplier';
import { describeWithKafka } from '@midstream/testing/infrastructure';
import { type Client, until } from './client.fixtures';
import { type Entrance, openEntrance } from './entrance';
import { databasesFor, OPERATOR_KEY, SETTINGS } from './house.fixtures';
import { FAST, type Merchant, openMarket, openMerchant, PLENTY, reportStock, salesOf, SLOW } from './market.fixtures';
import { assigned, ended, type OrderSeen, place, timelineOf } from './orders.fixtures';
import { run, type Started } from './start.fixtures';

const DEPOSIT_MINOR = 10_000_000;
const ORDERS = 30;
const START_MS = 120_000;

const GOODS = [
  { sku: 'card', category: 'card', priceMinor: 10_000, slowCostMinor: 8_000, fastCostMinor: 9_000 },
  { sku: 'video', category: 'membership', priceMinor: 2_500, slowCostMinor: 2_000 },
  { sku: 'music', category: 'membership', priceMinor: 2_400, fastCostMinor: 2_000 },
] as const;

describeWithKafka('five processes over Kafka', (broker) => {
  const processes = new Map<Service, Started>();
  let start: (service: Service) => void;
  let stopAll: () => Promise<void> = async () => undefined;
  let entrance: Entrance;
  let sandbox: Sandbox;
  let operator: Client;
  let merchant: Merchant;

  before(async () => {
    const [{ brokers }, { urls, drop }] = await Promise.all([broker(), databasesFor('distributed')]);
    const ports = new Map<Service, number>();
    for (const it of SERVICES) ports.set(it, await freePort());
    const common = {
      ...Object.fromEntries(Object.entries(SETTINGS).map(([name, value]) => [variableOf(name), value])),
      ...{ KAFKA_BROKERS: brokers.join(','), KAFKA_PREFIX: `${randomBytes(4).toString('hex')}.`, KAFKA_PARTITIONS: '2', LOG_LEVEL: 'warn' },
    };
    start = (it) =>
      void processes.set(it, run(`services/${it}/app/main.ts`, { ...common, DATABASE_URL: urls[it], PORT: String(ports.get(it)) }));
    SERVICES.forEach(start);
    sandbox = await createSandbox({ port: 0, seed: 'distributed' });
    const upstreams = Object.fromEntries(SERVICES.map((it) => [it, `http://127.0.0.1:${ports.get(it)}`])) as Record<Service, string>;
    entrance = await openEntrance({ port: 0, upstreams });
    stopAll = async () => {
      await entrance.close();
      await Promise.all([...processes.values()].map((it) => it.signal('SIGKILL')));
      await sandbox.close();
      await drop();
    };
    await ready();
    operator = await openMarket({ url: entrance.url, sandboxUrl: sandbox.url, operatorKey: OPERATOR_KEY }, GOODS);
    merchant = await openMerchant(entrance.url, operator, 'm-1', DEPOSIT_MINOR);
  });
  after(() => stopAll());

  const ready = () =>
    until(
      'all five to be ready',
      async () => {
        const answer = await fetch(`${entrance.url}/readyz`);
        const over = [...processes].filter(([, it]) => it.said().includes('Error:') && !answer.ok);
        return answer.ok || (over.length === SERVICES.length && Promise.reject(new Error(over.map(([, it]) => it.said()).join('\n'))));
      },
      START_MS,
    );

  it('bring every line to its end through a stock-out in which inventory is killed: nothing lost, nothing doubled, balanced books', async () => {
    // The first unit of each is bought at once; the rest waits a minute in the slow supplier's queue
    const firsts = await Promise.all(['card', 'video'].map((sku) => place(merchant, { sku })));
    for (const { orderId, traceId } of firsts) {
      assert.equal((await ended(merchant, orderId)).status, 'completed');
      const traces = (await timelineOf(merchant, orderId)).map(({ trace }) => trace?.includes(traceId));
      assert.ok(traces.length > 5 && traces.every((it) => it === true), 'the trace id of the request goes through all five');
    }
    const substitution = { upTo: 'same-category', consent: 'pre-approved' };
    const wishes = Array.from({ length: ORDERS }, (_, n) =>
      n % 2 === 0 ? { sku: 'card', quantity: 2 } : { sku: 'video', quantity: 3, substitution },
    );
    const orders = await Promise.all(wishes.map((it) => place(merchant, it)));
    await assigned(merchant, ...orders.map((it) => it.orderId));

    await Promise.all(['card', 'video'].map((sku) => reportStock(operator, SLOW.supplierId, sku, 0, 2)));
    await until('the first line to be hit', async () => (await hits(orders[0]?.orderId ?? '')) || (await hits(orders[1]?.orderId ?? '')));
    assert.equal(await processes.get('inventory')?.signal('SIGKILL'), 'SIGKILL');
    start('inventory');
    await ready();

    let delivered = firsts.length;
    for (const { orderId } of orders) {
      const order = await ended(merchant, orderId, 120_000);
      assert.equal(order.status, 'completed', JSON.stringify(await timelineOf(operator, orderId)));
      assert.ok(await hits(orderId), 'each was hit');
      delivered += order.lines.reduce((sum, it) => sum + it.delivered, 0);
    }
    await checkUnits(delivered);
    await checkMoney();
  });

  const hits = async (orderId: string): Promise<boolean> => (await timelineOf(merchant, orderId)).some((it) => it.what === 'lost');

  /** What the suppliers have really sold is delivered, or is the hub's stock. */
  const checkUnits = async (delivered: number): Promise<void> => {
    const sold = (await salesOf(sandbox.url)).reduce((sum, it) => sum + it.units.length, 0);
    const { items } = await operator.get<{ items: { bought: number; delivered: number; kept: number; status: string }[] }>(
      '/procurement-orders',
    );
    const sum = (of: 'bought' | 'delivered' | 'kept') => items.reduce((total, it) => total + it[of], 0);
    assert.deepEqual([sum('bought'), sum('delivered')], [sold, delivered]);
    assert.equal(sold, delivered + sum('kept'));
    for (const { sku } of GOODS.slice(0, 2)) {
      const offer = await operator.get<{ held: number; inFlight: number }>(`/suppliers/${SLOW.supplierId}/offers/${sku}`);
      assert.deepEqual([offer.held, offer.inFlight], [0, 0]);
    }
    const offer = await operator.get<{ available: number }>(`/suppliers/${FAST.supplierId}/offers/music`);
    assert.equal(offer.available, PLENTY - (ORDERS / 2) * 3);
  };

  const checkMoney = async (): Promise<void> => {
    const { items } = await merchant.get<{ items: OrderSeen[] }>('/orders?limit=100');
    const captured = items.reduce((sum, it) => sum + it.capturedMinor, 0);
    const account = await merchant.get<{ availableMinor: number; heldMinor: number }>(`/accounts/${merchant.merchantId}`);
    assert.deepEqual([account.availableMinor + captured, account.heldMinor], [DEPOSIT_MINOR, 0]);
    assert.equal(captured, 10_000 + 2_500 + (ORDERS / 2) * (2 * 10_000 + 3 * 2_400));
    for (const it of SERVICES) {
      const { items: parked } = await operator.get<{ items: unknown[] }>(`/ops/${it}/parked`);
      assert.deepEqual(parked, [], it);
    }
  };
});

/** `vaultKey` is MIDSTREAM_VAULT_KEY in a process's environment. */
const variableOf = (name: string): string => `MIDSTREAM_${name.replace(/[A-Z]/g, (it) => `_${it}`).toUpperCase()}`;
