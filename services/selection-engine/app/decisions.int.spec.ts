import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AnyFact, type Fact, faultOf } from '@midstream/contracts';
import { hashOfKey, openApiOf, type RunningService, startService } from '@midstream/runtime';
import { anOffer, aProduct, aRequest, aVerdict } from '@midstream/selection-engine-domain/selection.fixtures';
import { postgresForTests, type TestDatabase } from '@midstream/testing/infrastructure';
import pino from 'pino';
import { busToSpeakAt } from '@midstream/runtime/suite/speaking';
import { selectionService } from './service';

const deliverBy = new Date(Date.now() + 86_400_000).toISOString();
const asks = (orderId: string, it: Parameters<typeof aRequest>[0] = {}): Fact<'LineSelectionRequested'> => {
  const request = aRequest({ orderId, deliverBy, ...it });
  return { type: 'LineSelectionRequested', orderId, merchantId: request.merchantId, lineId: request.lineId, request };
};
const keyOf = (keyId: string, merchantId: string): Fact<'ApiKeyState'> => {
  return { type: 'ApiKeyState', keyId, version: 1, hash: hashOfKey(keyId), scope: 'merchant', merchantId, revoked: false };
};

describe('the selection engine', () => {
  let database: TestDatabase;
  let bus: ReturnType<typeof busToSpeakAt>;
  let service: RunningService;
  const start = async () => {
    bus = busToSpeakAt('selection-engine');
    const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
    service = await startService(selectionService, { databaseUrl: database.url, bus, port: 0, bootstrapKey: 'op', logger });
  };
  before(async () => {
    database = await (await postgresForTests()).database('selection');
    await start();
    await bus.tell(
      keyOf('k1', 'm1'),
      keyOf('k2', 'm2'),
      aProduct('video'),
      aProduct('music', { priceMinor: 2400 }),
      aVerdict('music', '*', 'banned'),
    );
    await bus.tell(
      anOffer('a', 'video', { available: 3 }),
      anOffer('b', 'video', { costMinor: 2100, available: 3 }),
      anOffer('c', 'music'),
    );
    await known();
  });
  after(async () => {
    await service.stop();
    await database.drop();
  });

  /** The book follows the own database: what was heard is in it a moment later. */
  const known = async () => {
    const offers = () => (service.view as { offers: Map<string, unknown> }).offers.size;
    for (let tries = 0; tries < 200 && offers() < 3; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(offers(), 3);
  };
  const ranked = async (orderId: string) => {
    const { rows } = await service.database.pool.query<{ data: Omit<Fact<'OffersRanked'>, 'type'> }>(
      `SELECT data FROM event WHERE type = 'OffersRanked' AND key = $1 ORDER BY id`,
      [orderId],
    );
    return rows.map((it) => it.data);
  };
  const get = async (path: string, key: string) => {
    const answer = await fetch(`${service.url}/v1${path}`, { headers: { authorization: `Bearer ${key}` } });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('answers a line with its ranked offers, once, in a fact that keeps its schema', async () => {
    const fact = asks('o1', { substitution: { ...aRequest().substitution, upTo: 'same-category' } });
    await bus.tell(fact);
    await bus.tell(fact);
    const [answer, ...more] = await ranked('o1');
    assert.deepEqual(more, []);
    assert.equal(faultOf('OffersRanked', answer), undefined);
    assert.deepEqual(answer?.candidates.map((it) => it.offerId), ['a~video', 'b~video']); // prettier-ignore
    assert.deepEqual(answer?.gates, { verdict: 1 });
    assert.deepEqual(answer?.request, fact.request);
  });

  it('lets the lines of one batch share what is scarce', async () => {
    await bus.tell(asks('o2', { quantity: 2 }), asks('o3', { quantity: 2 }), asks('o4', { quantity: 2 }));
    const planned = await Promise.all(['o2', 'o3', 'o4'].map(async (it) => (await ranked(it))[0]?.candidates ?? []));
    for (const offerId of ['a~video', 'b~video']) {
      const units = planned.flat().filter((it) => it.offerId === offerId).reduce((sum, it) => sum + it.planned, 0); // prettier-ignore
      assert.ok(units <= 3, `${offerId} has 3, ${units} are planned`);
    }
  });

  it('keeps the record of a decision, and shows each reader what is theirs', async () => {
    const whole = await get('/decisions/o1:1:1:1', 'op');
    assert.equal(whole.status, 200);
    assert.equal((whole.body['considered'] as unknown[]).length, 3);
    const own = await get('/decisions/o1%3A1%3A1%3A1', 'k1');
    assert.deepEqual(own.body['goods'], [{ sku: 'video', priceMinor: 2500, currency: 'CNY' }]);
    assert.doesNotMatch(JSON.stringify(own.body), /cost|expected|worth|supplier|offerId|~/);
    assert.deepEqual(await get('/decisions/o1:1:1:1', 'k2'), await get('/decisions/none', 'k2'));
    assert.equal((await get('/decisions/o1:1:1:1', 'k2')).status, 404);
    assert.equal((await get('/decisions/o1:1:1:1', 'wrong')).status, 401);
  });

  const again = async (id: string, key: string) => {
    const answer = await fetch(`${service.url}/v1/decisions/${id}/replay`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('makes a decision again from its record, to the same result', async () => {
    for (const id of ['o1:1:1:1', 'o3:1:1:1']) {
      const { status, body } = await again(id, 'op');
      assert.deepEqual([status, body['identical'], body['differs']], [200, true, []]);
    }
    assert.equal((await again('none', 'op')).status, 404);
    assert.equal((await again('o1:1:1:1', 'k1')).status, 403);
  });

  it('makes decisions of the models before again, and says so of one whose rules are gone', async () => {
    for (const model of ['chain-money-5', 'chain-money-4', 'chain-money-3', 'chain-money-2', 'chain-money-1'])
      await service.database.pool.query(
        `INSERT INTO decision (id, order_id, merchant_id, decided_at, model, record)
         SELECT $1, order_id, merchant_id, decided_at, $1, record FROM decision WHERE id = 'o1:1:1:1'`,
        [model],
      );
    for (const model of ['chain-money-5', 'chain-money-4', 'chain-money-3', 'chain-money-2']) {
      const before = await again(model, 'op');
      assert.deepEqual([before.status, before.body['model'], before.body['identical']], [200, model, true]);
    }
    const gone = await again('chain-money-1', 'op');
    assert.deepEqual([gone.status, gone.body['code']], [409, 'decision-of-another-model']);
  });

  it('has a plan for a line before it is needed, and shows each reader what is theirs', async () => {
    const whole = await get('/orders/o1/lines/1/plan', 'op');
    assert.deepEqual([whole.status, whole.body['independent'], whole.body['flag']], [200, true, null]);
    assert.deepEqual((whole.body['steps'] as { offerId: string }[]).map((it) => it.offerId), ['b~video']); // prettier-ignore
    const own = await get('/orders/o1/lines/1/plan', 'k1');
    assert.deepEqual(own.body['goods'], [{ sku: 'video', priceMinor: 2500, currency: 'CNY' }]);
    assert.doesNotMatch(JSON.stringify(own.body), /cost|supplier|offerId|steps|~/);
    assert.equal((await get('/orders/o1/lines/1/plan', 'k2')).status, 404);
    assert.equal((await get('/orders/none/lines/1/plan', 'op')).status, 404);
  });

  it('keeps a scorecard of a supplier, with the prior of one without a history', async () => {
    const { status, body } = await get('/scorecards/a', 'op');
    assert.deepEqual([status, body['withoutHistory'], body['offers']], [200, true, 1]);
    assert.equal((await get('/scorecards/nobody', 'op')).status, 404);
    assert.equal((await get('/scorecards/a', 'k1')).status, 403);
  });

  it('sends an empty list, with the gate named, where nothing passes', async () => {
    await bus.tell(asks('o5', { priceCapMinor: 1 }), asks('o6', { need: { sku: 'nowhere' } }));
    const [[priced], [unknown]] = [await ranked('o5'), await ranked('o6')];
    assert.deepEqual([priced?.candidates, priced?.gates], [[], { policy: 1, price: 2 }]);
    assert.deepEqual([unknown?.candidates, unknown?.gates], [[], { 'unknown-product': 1 }]);
  });

  it('knows the market again after a restart', async () => {
    await service.stop();
    await start();
    await bus.tell(asks('o7'));
    assert.equal((await ranked('o7'))[0]?.candidates.length, 2);
  });

  it('ranks by what inventory has just found, before the offer says so itself', async () => {
    const { type: _type, ...line } = asks('o8');
    const tried = [{ offerId: 'a~video', outcome: 'no-stock' as const, available: 0, version: 1 }];
    const found: AnyFact = { type: 'NothingHeld', ...line, attempt: 1, decisionId: 'd', unheld: 1, tried, candidates: [], gates: {} };
    await bus.tell(found);
    await bus.tell(asks('o9'));
    assert.deepEqual((await ranked('o9'))[0]?.candidates.map((it) => it.offerId), ['b~video']); // prettier-ignore
  });

  it('documents its routes', () => assert.ok(openApiOf(service.app, 'selection-engine').paths['/v1/decisions/{decisionId}']));
});
