import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Fact, SelectionRequest } from '@midstream/contracts';
import { STORM_UNITS_LEAST } from '@midstream/selection-engine-domain';
import { anOffer, aProduct, aRequest } from '@midstream/selection-engine-domain/selection.fixtures';
import { type Engine, startEngine } from '../selection.app.fixtures';

const LINES = STORM_UNITS_LEAST + 10;
const LOST = 'dry~video';
const deliverBy = new Date(Date.now() + 86_400_000).toISOString();
const orders = Array.from({ length: LINES }, (_, n) => `o${n}`);
const requestOf = (orderId: string): SelectionRequest =>
  aRequest({ orderId, deliverBy, segment: Number(orderId.slice(1)) % 2 === 0 ? 'retail' : 'enterprise' });

const held = (orderId: string): Fact<'OfferHeld'> => ({
  ...{ type: 'OfferHeld', orderId, merchantId: 'm1', lineId: '1', attempt: 1, decisionId: `${orderId}:1:1:1`, request: requestOf(orderId) },
  ...{ unheld: 0, tried: [], candidates: [], gates: {} },
  holds: [
    {
      tally: { holdId: `h-${orderId}`, version: 1, granted: 1, delivered: 0, lost: 0, released: 0 },
      ...{ offerId: LOST, supplierId: 'dry', sku: 'video', priceMinor: 2500, currency: 'CNY', expiresAt: deliverBy },
    },
  ],
});

function asksAgain(orderId: string): Fact<'LineSelectionRequested'> {
  const request: SelectionRequest = {
    ...requestOf(orderId),
    ...{ attempt: 2, depth: 2, priceCapMinor: 2500, excluded: [{ offerId: LOST, reason: 'out-of-stock' as const }] },
    replaces: { holdId: `h-${orderId}`, offerId: LOST, sku: 'video', reason: 'out-of-stock', referencePriceMinor: 2500 },
  };
  return { type: 'LineSelectionRequested', orderId, merchantId: 'm1', lineId: '1', request };
}

describe('the proof of a storm', () => {
  let engine: Engine;
  before(async () => {
    const offers = [
      anOffer('dry', 'video'),
      anOffer('a', 'video', { available: 8 }),
      anOffer('b', 'video', { costMinor: 2300, available: 15 }),
      anOffer('a', 'music', { available: 1 }),
      anOffer('b', 'music', { costMinor: 2300, regions: ['CN-31'], available: 1 }),
    ];
    engine = await startEngine('storms', aProduct('video'), aProduct('music'), ...offers);
    await engine.tell(...orders.map(held));
    await engine.tell(anOffer('dry', 'video', { version: 2, available: 0, held: LINES, closures: [{ cause: 'out-of-stock' }] }));
    const view = engine.service.view as { heldAtClosing: Map<string, number> };
    for (let tries = 0; tries < 200 && view.heldAtClosing.size === 0; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
    await engine.tell(...orders.slice(0, 10).map(asksAgain));
    await engine.tell(...orders.slice(10).map(asksAgain));
  });
  after(() => engine.stop());

  it('is listed, and is the best that there is: reckoned again from what is kept of it', async () => {
    const list = await engine.ask('/storms');
    const [found, ...others] = list.body['items'] as { planId: string; units: number; left: number; objective: number; gap: number }[];
    assert.deepEqual([list.status, others], [200, []]);
    assert.ok(found !== undefined);
    assert.deepEqual([found.units, found.left, found.gap], [LINES, LINES - 23, 0]);
    const { status, body } = await engine.ask(`/storms/${encodeURIComponent(found.planId)}`);
    assert.deepEqual([status, body['verified'], body['objective']], [200, true, found.objective]);
    const offers = body['offers'] as { offerId: string; room: number; price: number }[];
    assert.deepEqual(offers.map((it) => [it.offerId, it.room, it.price > 0]), [['a~video', 8, true], ['b~video', 15, true]]); // prettier-ignore
  });

  it('is worth what its decisions are, chunk by chunk, and each names it', async () => {
    const list = await engine.ask('/storms');
    const [{ planId, objective } = { planId: '', objective: NaN }] = list.body['items'] as { planId: string; objective: number }[];
    const { body } = await engine.ask(`/storms/${encodeURIComponent(planId)}`);
    assert.deepEqual(body['decided'], { lines: LINES, units: LINES, placed: 23, value: objective });
    const decision = await engine.ask(`/decisions/${encodeURIComponent('o29:1:2:1')}`);
    assert.equal((decision.body['storm'] as { planId: string }).planId, planId);
  });

  it('is kept of new lines, too, that came together and wanted more than there was: who can go elsewhere does', async () => {
    const asks = (orderId: string, region: string): Fact<'LineSelectionRequested'> => {
      const request = aRequest({ orderId, deliverBy, region, need: { sku: 'music' } });
      return { type: 'LineSelectionRequested', orderId, merchantId: 'm1', lineId: '1', request };
    };
    await engine.tell(asks('new-1', 'CN-31'), asks('new-2', 'CN-44'));
    const first = async (orderId: string) => {
      const { body } = await engine.ask(`/decisions/${orderId}:1:1:1`);
      const { storm, candidates } = body as { storm: { planId: string }; candidates: { offerId: string }[] };
      return [storm.planId, candidates[0]?.offerId];
    };
    const planId = 'new-1:1:1:1';
    assert.deepEqual([await first('new-1'), await first('new-2')], [[planId, 'b~music'], [planId, 'a~music']]); // prettier-ignore
    const { body } = await engine.ask(`/storms/${planId}`);
    const { objective, good, verified, gap } = body;
    assert.deepEqual({ good, verified, gap }, { good: 'music', verified: true, gap: 0 });
    assert.deepEqual(body['decided'], { lines: 2, units: 2, placed: 2, value: objective });
    const replayed = await engine.ask(`/decisions/${planId}/replay`, { body: {} });
    assert.deepEqual([replayed.status, replayed.body['identical']], [200, true]);
  });

  it('is for operators, and says what is not there', async () => {
    assert.equal((await engine.ask('/storms', { key: 'k1' })).status, 403);
    const missing = await engine.ask('/storms/none');
    assert.equal(missing.status, 404);
    assert.match(JSON.stringify(missing.body), /storm-not-found/);
  });
});
