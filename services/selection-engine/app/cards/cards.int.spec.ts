import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { anOffer, aProduct, aRequest, aVerdict } from '@midstream/selection-engine-domain/selection.fixtures';
import { type Engine, startEngine } from '../selection.app.fixtures';
import type { CardView, OperatorCardView } from './views';

const deliverBy = new Date(Date.now() + 86_400_000).toISOString();
const need = (it: object = {}) => ({ need: { sku: 'video' }, region: 'CN-31', quantity: 2, ...it });

describe('cards', () => {
  let engine: Engine;
  before(async () => {
    engine = await startEngine(
      'selection_cards',
      aProduct('video', { tierPrices: { gold: 2400 } }),
      { type: 'MerchantState', merchantId: 'm2', version: 1, tier: 'gold' },
      aProduct('music', { priceMinor: 2300 }),
      aProduct('course', { category: 'course-card' }),
      aVerdict('video', 'CN', 'compliant'),
      anOffer('a', 'video'),
      anOffer('b', 'video', { costMinor: 2100 }),
      anOffer('c', 'music'),
      anOffer('c', 'course'),
    );
    const request = aRequest({ orderId: 'o1', deliverBy });
    await engine.tell({ type: 'LineSelectionRequested', orderId: 'o1', merchantId: 'm1', lineId: '1', request });
  });
  after(() => engine.stop());
  const cardsOf = async (body: object, key: string) => {
    const answer = await engine.ask('/recommendations', { key, body });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body as { cards: CardView[]; unmet?: { gates: object; text: { zh: string } }; package?: object };
  };

  it('show a merchant stock, its freshness, the verdict, risk and reasons, and nothing of the hub’s', async () => {
    const { cards } = await cardsOf(need(), 'k1');
    assert.deepEqual(cards.map((it) => [it.sku, it.isSubstitute]), [['video', false], ['music', true]]); // prettier-ignore
    const [video] = cards;
    assert.equal(video?.verdict, 'compliant');
    assert.deepEqual(video.verdictLabel, { zh: '合规', en: 'Compliant' });
    assert.equal(video.stock.available, 200);
    assert.equal(video.fallbacks, 1);
    assert.equal(video.roles[0]?.zh, '综合最优');
    assert.ok(video.reasons.length > 0);
    const text = JSON.stringify(cards);
    for (const it of ['costMinor', 'supplierId', 'expectedMargin', 'valueMinor', 'counterfactual', 'a~video', '"minor"', 'upstream'])
      assert.ok(!text.includes(it), it);
  });

  it('show an operator the margin with its interval, and contributions that sum to the difference', async () => {
    const { cards } = await cardsOf(need(), 'op');
    const [first, second] = cards as OperatorCardView[];
    const { mean, low, high } = first?.expectedMargin as { mean: number; low: number; high: number };
    assert.ok(low <= mean && mean <= high && mean > 0);
    const { minor } = first?.contributions as { minor: Record<string, number> };
    const sum = Object.values(minor).reduce((total, it) => total + it, 0);
    assert.ok(Math.abs(sum - ((first?.valueMinor ?? 0) - (second?.valueMinor ?? 0))) < 0.02);
    assert.ok(first?.counterfactual?.zh.includes('成本'));
  });

  it('show each merchant what it pays, as an order that it places would; the hub’s people see what everybody pays', async () => {
    const priceFor = async (key: string) => (await cardsOf(need(), key)).cards.find((it) => it.sku === 'video')?.priceMinor;
    assert.deepEqual([await priceFor('k1'), await priceFor('k2'), await priceFor('op')], [2500, 2400, 2500]);
    const { cards } = await cardsOf(need({ maxUnitPriceMinor: 2450 }), 'k2');
    assert.deepEqual(cards.map((it) => it.sku), ['video', 'music']); // prettier-ignore
    const judged = { region: 'CN', goods: [{ sku: 'video' }] };
    assert.equal((await engine.ask('/evaluations', { key: 'k2', body: judged })).status, 200);
    await engine.tell(
      { type: 'MerchantState', merchantId: 'm2', version: 3 },
      { type: 'MerchantState', merchantId: 'm2', version: 2, tier: 'gold' },
    );
    for (let tries = 0; tries < 200 && (await priceFor('k2')) !== 2500; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await priceFor('k2'), 2500);
  });

  it('say which gate stopped how many, where nothing is left', async () => {
    const { cards, unmet } = await cardsOf(need({ maxUnitPriceMinor: 5 }), 'k1');
    assert.deepEqual([cards, unmet?.gates], [[], { price: 3 }]);
    assert.match(unmet?.text.zh ?? '', /价格超出上限.* 3/);
    assert.deepEqual((await cardsOf(need({ need: { sku: 'nothing' } }), 'k1')).unmet?.gates, { 'unknown-product': 1 });
  });

  it('come as a set for a scenario', async () => {
    const set = await cardsOf({ scenario: 'online-education', region: 'CN', quantity: 1 }, 'k1');
    assert.deepEqual(set.cards.map((it) => it.sku), ['course', 'video']); // prettier-ignore
    assert.ok(set.package);
  });

  it('refuse a need that says nothing, and a deadline that is over', async () => {
    const refused = async (it: object) => {
      const { status, body } = await engine.ask('/recommendations', { key: 'k1', body: it });
      return [status, body['code']];
    };
    assert.deepEqual(await refused({ region: 'CN', quantity: 1 }), [422, 'need-incomplete']);
    assert.deepEqual(await refused(need({ deliverBy: '2020-01-01T00:00:00Z' })), [422, 'deliver-by-out-of-range']);
    assert.equal((await refused(need({ quantity: 0 })))[0], 400);
    assert.equal((await refused(need({ quantity: 1e300 })))[0], 400);
  });

  it('of a running order are for its lines, and for its own merchant', async () => {
    const { body } = await engine.ask('/orders/o1/recommendations', { key: 'k1' });
    const [line] = body['lines'] as { lineId: string; recommendation: { cards: CardView[] } }[];
    assert.equal(line?.lineId, '1');
    assert.equal(line.recommendation.cards[0]?.sku, 'video');
    assert.equal((await engine.ask('/orders/o1/recommendations', { key: 'k2' })).status, 404);
  });

  it('are scored one by one, with the numbers behind', async () => {
    const { body } = await engine.ask('/evaluations', {
      key: 'k1',
      body: { region: 'CN-31', goods: [{ sku: 'video' }, { sku: 'nothing' }] },
    });
    const [video, nothing] = body['items'] as {
      scores: Record<string, number>;
      basis: { available: number };
      offers: number;
      known: boolean;
    }[];
    assert.equal(nothing?.known, false);
    assert.equal(video?.offers, 2);
    assert.equal(video.basis.available, 200);
    for (const it of ['quality', 'supply', 'compliance', 'demand'])
      assert.ok((video.scores[it] ?? -1) >= 0 && (video.scores[it] ?? 101) <= 100);
    const many = Array.from({ length: 201 }, () => ({ sku: 'video' }));
    assert.equal((await engine.ask('/evaluations', { key: 'k1', body: { region: 'CN', goods: many } })).status, 400);
  });
});
