import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Fact } from '@midstream/contracts';
import { aHouse, aLine, anOrder, type Answer, answerTo, eventually, type House, standing } from './order.app.fixtures';

interface Offered {
  readonly additionId: string;
  readonly status: string;
  readonly addedLineId?: string;
  readonly accepted?: number;
}

describe('additions to a running order', () => {
  let house: House;
  before(async () => void (house = await aHouse()));
  after(() => house.stop());

  const additions = { maxUnitPriceMinor: 2600, maxQuantity: 10 };
  const place = async (change: object = { additions }): Promise<string> => {
    const { status, body } = await house.call('POST', '/orders', { as: house.keys.m1, body: anOrder(change) });
    assert.equal(status, 201, JSON.stringify(body));
    return String(body['orderId']);
  };
  const propose = async (orderId: string, change: Partial<Fact<'AdditionProposed'>> = {}) => {
    const additionId = `${orderId}:1:video`;
    await house.bus.tell({
      ...{ type: 'AdditionProposed', orderId, merchantId: 'm1', additionId, lineId: '1', beside: 'video', sku: 'video', quantity: 3 },
      ...{ priceMinor: 2500, currency: 'CNY', because: 'burst', expiresAt: new Date(Date.now() + 600_000).toISOString() },
      ...change,
    });
    return additionId;
  };
  const answer = (
    orderId: string,
    additionId: string,
    how: 'accept' | 'decline',
    options: { as?: string; body?: object; key?: string } = {},
  ) => house.call('POST', `/orders/${orderId}/additions/${additionId}/${how}`, { as: house.keys.m1, ...options });
  const offered = async (orderId: string, as = house.keys.m1) =>
    (await house.call('GET', `/orders/${orderId}/additions`, { as })).body['items'] as Offered[];
  const codeOf = ({ status, body }: Answer) => `${status} ${String(body['code'])}`;
  const account = async () => {
    const { availableMinor, heldMinor } = (await house.call('GET', '/accounts/m1', { as: house.keys.m1 })).body;
    return [Number(availableMinor), Number(heldMinor)] as const;
  };
  const requests = (orderId: string) => house.said('LineSelectionRequested', orderId);

  it('asks for none where the buyer allows none, and says what it allows in the first request only', async () => {
    const plain = await place({});
    await propose(plain);
    assert.deepEqual(await offered(plain), []);
    const orderId = await place();
    assert.deepEqual((await house.said('OrderPlaced', orderId))[0]?.additions, additions);
    const [first] = await requests(orderId);
    assert.deepEqual(first?.request.additions, additions);
    await house.bus.tell(answerTo(first?.request ?? assert.fail(), 'alpha'), standing(first.request, 'alpha', { lost: 2 }, 'out-of-stock'));
    assert.equal((await requests(orderId))[1]?.request.additions, undefined);
  });

  it('is offered, accepted once, bought and paid like any other line; every proposal comes twice', async () => {
    const [available, held] = await account();
    const orderId = await place();
    const additionId = await propose(orderId);
    await propose(orderId);
    assert.deepEqual((await offered(orderId)).map((it) => [it.additionId, it.status]), [[additionId, 'offered']]); // prettier-ignore

    const first = await answer(orderId, additionId, 'accept', { key: 'yes-1' });
    assert.equal(first.status, 200, JSON.stringify(first.body));
    for (const key of ['yes-1', 'yes-2', '']) assert.equal((await answer(orderId, additionId, 'accept', { key })).status, 200);
    const [taken] = await offered(orderId);
    assert.deepEqual([taken?.status, taken?.accepted, taken?.addedLineId], ['accepted', 3, 'added-1']);
    assert.deepEqual(await account(), [available - 5200 - 7500, held + 5200 + 7500]);

    for (const { request } of await requests(orderId))
      await house.bus.tell(answerTo(request, 'alpha'), standing(request, 'alpha', { delivered: request.quantity }));
    const { body } = await house.call('GET', `/orders/${orderId}`, { as: house.keys.m1 });
    assert.deepEqual([body['status'], body['heldMinor'], body['placedMinor'], body['capturedMinor']], ['completed', 0, 12_700, 12_500]);
    assert.deepEqual(await account(), [available - 12_500, held]);
    assert.equal((await house.said('LineAdded', orderId)).length, 1);
    assert.equal((await house.said('OrderClosed', orderId))[0]?.additions, true);
    assert.equal(codeOf(await answer(orderId, additionId, 'decline')), '409 addition-answered');

    const { items } = (await house.call('GET', `/orders/${orderId}/timeline`, { as: house.keys.m1 })).body as {
      items: { what: string; reason: string | null; actor: string }[];
    };
    const story = items.filter((it) => /add/.test(it.what));
    assert.deepEqual(
      story.map((it) => [it.what, it.reason]),
      [
        ['addition-offered', 'burst'],
        ['addition-answered', 'accepted'],
        ['line-added', null],
      ],
    );
    assert.match(story[0]?.actor ?? '', /AdditionProposed/);
    assert.match(story[1]?.actor ?? '', /^merchant:m1:/);
  });

  it('books what is added in the ledger, in movements that sum to zero', async () => {
    const orderId = await place();
    await answer(orderId, await propose(orderId), 'accept', { body: { quantity: 2 } });
    const { rows } = await house.service.database.pool.query<{ why: string; n: string; held: string; sum: string }>(
      `SELECT why, count(*) AS n, sum(amount_minor) FILTER (WHERE account = 'order-held') AS held, sum(amount_minor) AS sum
         FROM ledger_entry WHERE order_id = $1 GROUP BY why ORDER BY why`,
      [orderId],
    );
    assert.deepEqual(rows, [
      { why: 'line-added', n: '2', held: '5000', sum: '0' },
      { why: 'order-placed', n: '2', held: '5200', sum: '0' },
    ]);
  });

  it('lapses by itself, and a yes comes too late', async () => {
    const orderId = await place();
    const additionId = await propose(orderId, { expiresAt: new Date(Date.now() + 400).toISOString() });
    await eventually(async () => (await offered(orderId))[0]?.status === 'expired');
    assert.equal(codeOf(await answer(orderId, additionId, 'accept')), '409 addition-too-late');
  });

  it('refuses what is wrong, each by its code, and does nothing', async () => {
    const orderId = await place();
    const additionId = await propose(orderId);
    const before = await account();
    assert.equal(codeOf(await answer(orderId, 'nothing', 'accept')), '404 addition-not-found');
    assert.equal(codeOf(await answer(orderId, '__proto__', 'decline')), '404 addition-not-found');
    assert.equal(codeOf(await answer('nothing', additionId, 'accept')), '404 order-not-found');
    for (const how of ['accept', 'decline'] as const)
      assert.equal(codeOf(await answer(orderId, additionId, how, { as: house.keys.m2 })), '404 order-not-found');
    assert.equal((await house.call('GET', `/orders/${orderId}/additions`, { as: house.keys.m2 })).status, 404);
    assert.equal((await answer(orderId, additionId, 'accept', { as: 'op' })).status, 403);
    assert.equal(codeOf(await answer(orderId, additionId, 'accept', { body: { quantity: 4 } })), '422 addition-over-limit');
    for (const quantity of [0, 1.5, '1', 10_001])
      assert.equal((await answer(orderId, additionId, 'accept', { body: { quantity } })).status, 400, String(quantity));
    assert.equal((await answer(orderId, additionId, 'accept', { body: { units: 1 } })).status, 400);
    assert.equal((await answer(orderId, additionId, 'decline')).status, 200);
    assert.equal((await answer(orderId, additionId, 'decline')).status, 200);
    assert.equal(codeOf(await answer(orderId, additionId, 'accept')), '409 addition-answered');
    assert.deepEqual(await account(), before);
    const cancelled = await place();
    const late = await propose(cancelled);
    await house.call('POST', `/orders/${cancelled}/cancel`, { as: house.keys.m1 });
    assert.equal((await offered(cancelled))[0]?.status, 'withdrawn');
    assert.equal(codeOf(await answer(cancelled, late, 'accept')), '409 order-closed');
  });

  it('is accepted once by many at once', async () => {
    const orderId = await place();
    const additionId = await propose(orderId);
    const all = await Promise.all(Array.from({ length: 12 }, () => answer(orderId, additionId, 'accept')));
    assert.deepEqual([...new Set(all.map((it) => it.status))], [200]);
    assert.equal((await house.said('LineAdded', orderId)).length, 1);
  });

  it('refuses an order whose limits are none', async () => {
    for (const it of [
      {},
      { maxQuantity: 1 },
      { ...additions, maxQuantity: 0 },
      { ...additions, maxUnitPriceMinor: -1 },
      5,
      { ...additions, x: 1 },
    ]) {
      const { status } = await house.call('POST', '/orders', { as: house.keys.m1, body: anOrder({ additions: it }) });
      assert.equal(status, 400, `${JSON.stringify(it)}`);
    }
    assert.equal(
      (await house.call('POST', '/orders', { as: house.keys.m1, body: anOrder({ additions: null, lines: [aLine()] }) })).status,
      201,
    );
  });
});
