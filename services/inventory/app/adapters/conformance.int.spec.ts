import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { House } from '../house';
import { aWorld, type World } from '../inventory.app.fixtures';
import { KINDS } from '.';
import { StandIn } from './acg-faka/stand-in.fixtures';
import { conforms, type Stage } from './conformance.fixtures';
import type { Wanted } from './port';

let world: World;
let shop: StandIn;
before(async () => {
  [world, shop] = await Promise.all([aWorld('inventory_adapters'), StandIn.open()]);
});
after(async () => {
  await Promise.all([world.end(), shop.close()]);
});

it('every folder is a kind, and every kind a folder', () => {
  const folders = readdirSync(__dirname, { withFileTypes: true }).filter((it) => it.isDirectory());
  assert.deepEqual(folders.map((it) => it.name).sort(), [...KINDS].sort());
});

const wantedOf =
  (supplierId: string, change: Partial<Wanted> = {}) =>
  (purchaseId: string, quantity: number): Wanted => ({
    ...{ purchaseId, quantity, supplierId, holdId: purchaseId.slice(0, purchaseId.lastIndexOf('/')), offerId: `${supplierId}~g`, sku: 'g' },
    ...{ maxCostMinor: 2600, unitCostMinor: 2000, currency: 'CNY', deliverByAt: Date.now() + 3_600_000 },
    ...change,
  });

function stageOf(kind: string, supplierId: string, baseUrl?: string): Pick<Stage, 'adapter' | 'seller' | 'wanted'> {
  const adapter = House.of(world.service.database).adapters.get(kind);
  assert.ok(adapter, kind);
  return { adapter, seller: adapter.at({ supplierId, ...(baseUrl !== undefined && { baseUrl }) }), wanted: wantedOf(supplierId) };
}

async function played(kind: string, supplierId: string): Promise<Stage> {
  const { sandbox, control } = world;
  const whole = { stock: 100, costTiers: [{ from: 1, costMinor: 2000 }], outcome: 'ok' };
  const mend = async () => {
    await control(`/suppliers/${supplierId}`, { balanceMinor: 1_000_000 });
    await control(`/suppliers/${supplierId}/skus/g`, whole);
  };
  await mend();
  if (kind === 'http') await House.of(world.service.database).tokens.keep(supplierId, `sandbox-${supplierId}`);
  return {
    ...stageOf(kind, supplierId, `${sandbox.url}/suppliers/${supplierId}`),
    mend,
    async sold() {
      const answer = await fetch(`${sandbox.url}/control/sales?supplierId=${supplierId}`);
      const { items } = (await answer.json()) as { items: { units: unknown[] }[] };
      return items.reduce((sum, it) => sum + it.units.length, 0);
    },
    runDry: () => control(`/suppliers/${supplierId}/skus/g`, { stock: 0 }),
    loseAnswer: () => control(`/suppliers/${supplierId}/skus/g`, { outcome: 'timeout-after-effect', times: 1 }),
    spendAll: () => control(`/suppliers/${supplierId}`, { balanceMinor: 0 }),
  };
}

conforms('http', () => played('http', 'north'));
conforms('sandbox', () => played('sandbox', 'south'));

conforms('acg-faka', async () => {
  await House.of(world.service.database).tokens.keep('faka', `${shop.appId}:${shop.appKey}`);
  const good = shop.put('g');
  let cards = 0;
  const mend = async () => {
    good.cards = Array.from({ length: 100 }, () => `FAKA-${(cards += 1)}`);
    shop.mood = 'honest';
    shop.balanceCents = 10_000_000;
  };
  await mend();
  return {
    ...stageOf('acg-faka', 'faka', shop.url),
    mend,
    sold: async () => shop.sold(),
    runDry: async () => void (good.cards = []),
    loseAnswer: async () => void (shop.mood = 'silent-after-charging'),
    spendAll: async () => void (shop.balanceCents = 0),
  };
});

conforms(
  'vault',
  async () => {
    const { stocking, keys } = House.of(world.service.database);
    const lines = Array.from({ length: 8 }, (_, n) => ({ line: n + 1, code: `V-${n + 1}` }));
    await stocking.take({ offerId: 'v~g', sku: 'g', key: await keys.ownFor('batch', lines.length) }, lines);
    const assigned = `SELECT count(*) AS n FROM code WHERE offer_id = 'v~g' AND state = 'assigned'`;
    return {
      ...stageOf('vault', 'v'),
      mend: async () => undefined,
      sold: async () => Number((await world.sql<{ n: string }>(assigned))[0]?.n),
      runDry: async () =>
        void (await world.sql(`UPDATE code SET state = 'invalid', unit_id = id::text WHERE offer_id = 'v~g' AND state = 'free'`)),
    };
  },
  ['lost-answers', 'money', 'catalogue'],
);

conforms(
  'manual',
  async () => {
    const { works } = House.of(world.service.database);
    let done = 0;
    const ordered = `SELECT coalesce(sum(quantity), 0) AS n FROM work_item`;
    return {
      ...stageOf('manual', 'hand'),
      mend: async () => undefined,
      sold: async () => Number((await world.sql<{ n: string }>(ordered))[0]?.n),
      async fulfil(purchaseId) {
        const [item] = await world.sql<{ quantity: number }>(`SELECT quantity FROM work_item WHERE id = $1`, [purchaseId]);
        const units = Array.from({ length: item?.quantity ?? 0 }, (_, n) => ({ unit: n + 1, code: `HAND-${(done += 1)}` }));
        await works.done(purchaseId, units, 'hand');
      },
    };
  },
  ['running-dry', 'lost-answers', 'money', 'catalogue'],
);

describe('the acg-faka shop', () => {
  const seller = () => stageOf('acg-faka', 'faka', shop.url);
  const signal = () => AbortSignal.timeout(10_000);

  it('that answers a page, or words of which we do not know better, after charging is left open, and charged once', async () => {
    const { seller: faka, wanted } = seller();
    for (const mood of ['html-after-charging', 'refusal-after-charging'] as const) {
      const before = shop.sold();
      shop.mood = mood;
      const it = wanted(`o-${mood}/1/1/faka~g/1`, 1);
      await assert.rejects(faka.buy(it, signal()), { message: /not JSON|leave it open/ });
      shop.mood = 'honest';
      await assert.rejects(faka.ask(it, signal()), { message: /own number/ });
      assert.equal(shop.sold() - before, 1);
    }
  });

  it('sells nothing twice under one request number, and its saying so is no refusal', async () => {
    const { seller: faka, wanted } = seller();
    const it = wanted('o-again/1/1/faka~g/1', 1);
    await faka.buy(it, signal());
    const before = shop.sold();
    await assert.rejects(faka.buy(it, signal()), { message: /leave it open/ });
    assert.equal(shop.sold(), before);
  });

  it('that apologises in the place of a code owes it, and its apology is never delivered', async () => {
    const { seller: faka, wanted } = seller();
    shop.mood = 'apologises';
    const it = wanted('o-sorry/1/1/faka~g/1', 1);
    assert.deepEqual(await faka.buy(it, signal()), { units: [], rest: 'pending', unitCostMinor: 2000 });
    shop.mood = 'honest';
    assert.equal((await faka.ask(it, signal())).rest, 'pending');
    const order = shop.orders.at(-1);
    assert.ok(order);
    shop.deliver(order.tradeNo, 'SENT-BY-HAND');
    assert.deepEqual((await faka.ask(it, signal())).units, [{ unit: 1, kind: 'code' }]);
  });

  it('whose keeper delivers by hand is asked until the text is another', async () => {
    const { seller: faka } = seller();
    shop.put('hand', { deliveryWay: 1, message: '请稍等，稍后发货' });
    const it = wantedOf('faka', { supplierSku: 'hand' })('o-hand/1/1/faka~g/1', 2);
    assert.equal((await faka.buy(it, signal())).rest, 'pending');
    assert.equal((await faka.ask(it, signal())).rest, 'pending');
    shop.deliver(shop.orders.at(-1)?.tradeNo ?? '', 'H-1\r\nH-2\r\n');
    assert.equal((await faka.ask(it, signal())).units.length, 2);
  });

  it('is told the account of a top-up in the field that it names', async () => {
    const { seller: faka } = seller();
    shop.put('call', { cards: ['充值成功'], widget: [{ name: 'phone', cn: '手机号', type: 'text', regex: '^1\\d{10}$' }] });
    const it = wantedOf('faka', { supplierSku: 'call', recipient: '13800000000' })('o-call/1/1/faka~g/1', 1);
    assert.deepEqual((await faka.buy(it, signal())).units, [{ unit: 1, kind: 'top-up' }]);
    assert.equal(shop.orders.at(-1)?.fields['phone'], '13800000000');
  });

  it('that knows another key sells nothing', async () => {
    await House.of(world.service.database).tokens.keep('stranger', `${shop.appId}:wrong`);
    const { seller: stranger, wanted } = stageOf('acg-faka', 'stranger', shop.url);
    const before = shop.trades;
    assert.deepEqual((await stranger.buy(wanted('o-key/1/1/faka~g/1', 1), signal())).units, []);
    assert.equal(shop.trades, before);
  });
});
