import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AnyFact, faultOf } from '@midstream/contracts';
import { LINE_UNITS_MAX } from '@midstream/selection-engine-domain';
import { anOffer, aProduct, aRequest } from '@midstream/selection-engine-domain/selection.fixtures';
import { type Engine, startEngine } from '../selection.app.fixtures';
import { demandBetween } from './loop';

describe('the market', () => {
  let engine: Engine;
  before(async () => {
    engine = await startEngine(
      'selection_market',
      aProduct('video'),
      aProduct('card-30', { category: 'game-card', attributes: { game: 'farm-story' } }),
      aProduct('card-50', { category: 'game-card', attributes: { game: 'farm-story' } }),
      anOffer('a', 'video'),
    );
  });
  after(() => engine.stop());

  const ask: Engine['ask'] = (...it) => engine.ask(...it);
  const report = (body: object) => ask('/market-signals', { body });
  const seen = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1_000).toISOString();
  const price = (priceMinor: number, more: object = {}) =>
    report({ kind: 'competitor-price', sku: 'video', competitor: 'street', priceMinor, currency: 'CNY', observedAt: seen(60), ...more });
  const codeOf = async (answer: ReturnType<typeof report>) => {
    const { status, body } = await answer;
    return `${status} ${String(body['code'])}`;
  };

  it('takes a signal, and tells it by its good in a fact that keeps its schema', async () => {
    const { status, body } = await price(2450);
    assert.equal(status, 201);
    assert.deepEqual(body['skus'], ['video']);
    const { rows } = await engine.service.database.pool.query<{ type: string; data: object }>(
      `SELECT type, data FROM event WHERE key = 'video' AND type IN ('MarketSignalReported', 'MarketState') ORDER BY id`,
    );
    assert.deepEqual(rows.map((it) => it.type), ['MarketSignalReported', 'MarketState']); // prettier-ignore
    for (const it of rows) assert.equal(faultOf(it.type, it.data), undefined);
    const heat = await ask('/market/heat?sku=video');
    const [item] = heat.body['items'] as { prices: { priceMinor: number }[] }[];
    assert.equal(item?.prices[0]?.priceMinor, 2450);
  });

  it('tells how a way of delivery is doing, and what it lets through, which stays until something else is said', async () => {
    const channel = (secondsAgo: number, more: object) =>
      report({ kind: 'delivery-channel', sku: 'video', channel: 'redeem', state: 'up', observedAt: seen(secondsAgo), ...more });
    const policy = { regions: ['CN-31'], maxQuantity: 5, leadTimeMs: 60_000 };
    assert.equal((await channel(50, { policy })).status, 201);
    assert.equal((await channel(40, { state: 'slow' })).status, 201);
    const told = async (type: string) => {
      const { rows } = await engine.service.database.pool.query<{ data: Record<string, object[] & { policy?: object; state: string }> }>(
        `SELECT data FROM event WHERE key = 'video' AND type = $1 ORDER BY id DESC LIMIT 2`,
        [type],
      );
      for (const it of rows) assert.equal(faultOf(type, it.data), undefined);
      return rows.map((it) => it.data);
    };
    assert.deepEqual((await told('MarketSignalReported')).map((it) => [it['channel']?.state, it['channel']?.policy]), [['slow', undefined], ['up', policy]]); // prettier-ignore
    const [{ channels } = {}] = await told('MarketState');
    assert.deepEqual(channels?.map((it) => ('policy' in it ? it.policy : undefined)), [policy]); // prettier-ignore
    for (const it of [{ regions: ['Mars'] }, { regions: [] }, { maxQuantity: 0 }, { leadTimeMs: -1 }, { more: 1 }])
      assert.equal((await channel(1, { policy: it })).status, 400, JSON.stringify(it));
  });

  it('refuses what cannot be believed, and says why', async () => {
    assert.equal(await codeOf(price(2_450_000)), '422 price-implausible');
    assert.equal(await codeOf(price(2)), '422 price-implausible');
    assert.equal(await codeOf(price(2_400, { currency: 'USD' })), '422 wrong-currency');
    assert.equal(await codeOf(price(2_400, { observedAt: seen(-600) })), '422 signal-from-the-future');
    assert.equal(await codeOf(price(2_400, { observedAt: seen(40 * 86_400) })), '422 signal-too-old');
    assert.equal(await codeOf(price(2_400, { observedAt: seen(7_200) })), '409 signal-superseded');
    assert.equal(await codeOf(price(2_400, { sku: 'nothing' })), '422 unknown-sku');
    assert.equal(await codeOf(price(2_400, { sku: undefined })), '422 signal-incomplete');
    assert.equal(await codeOf(report({ kind: 'version-update', game: 'chess', title: '2', observedAt: seen(5) })), '422 unknown-game');
    assert.equal(await codeOf(report({ kind: 'heat', sku: 'video', observedAt: seen(5) })), '422 signal-empty');
    assert.equal(await codeOf(price(Number.NaN)), '422 signal-incomplete');
    assert.equal((await ask('/market-signals', { key: 'k1', body: {} })).status, 403);
  });

  it('tells an update of a game to all of its goods', async () => {
    const { body } = await report({ kind: 'version-update', game: 'farm-story', title: 'Lantern 3.2', observedAt: seen(5) });
    assert.deepEqual(body['skus'], ['card-30', 'card-50']);
  });

  it('shows what is hot in its category, and to merchants no competitor', async () => {
    await report({ kind: 'heat', sku: 'card-50', views: 500, searches: 100, carts: 40, observedAt: seen(5) });
    const { body } = await ask('/market/heat?category=game-card', { key: 'k1' });
    const items = body['items'] as { sku: string; heat: number; trend: number }[];
    assert.deepEqual(items.map((it) => [it.sku, it.heat]), [['card-50', 75], ['card-30', 25]]); // prettier-ignore
    assert.ok((items[0]?.trend ?? 0) > 4);
    assert.ok(!JSON.stringify(body).includes('prices'));
    assert.equal((await ask('/market/heat?sku=nothing')).status, 404);
  });

  it('finds in its decisions how many lines asked for a good, and how many units: of one lot no more than of a few', async () => {
    const asks = (orderId: string, it: object): AnyFact => {
      const request = aRequest({ orderId, deliverBy: seen(-86_400), ...it });
      return { type: 'LineSelectionRequested', orderId, merchantId: request.merchantId, lineId: request.lineId, request };
    };
    await engine.tell(asks('o1', { quantity: 3 }), asks('o2', { quantity: 500 }), asks('o3', { attempt: 2 }));
    const minutes = async () => demandBetween(engine.service.database, Date.now() - 300_000, Date.now() + 60_000);
    const counts = (await minutes()).filter((it) => it.sku === 'video');
    const sum = (of: 'orders' | 'units'): number => counts.reduce((total, it) => total + Number(it[of]), 0);
    assert.deepEqual([sum('orders'), sum('units')], [2, 3 + LINE_UNITS_MAX]);
  });

  it('counts demand from its own decisions, once a minute and good', async () => {
    const minuteAt = Math.floor(Date.now() / 60_000) * 60_000;
    const command = { type: 'CountDemand', minuteAt, counts: [{ sku: 'video', orders: 3, units: 7 }] } as never;
    const events = async () => ((await engine.service.commands.outcome(command)) as { events: readonly { type: string }[] }).events;
    assert.deepEqual((await events()).map((it) => it.type), ['MarketMoved', 'MarketState']); // prettier-ignore
    assert.deepEqual(await events(), []);
  });
});
