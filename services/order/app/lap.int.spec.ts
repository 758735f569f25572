import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { aCandidate, aHouse, aLine, anOrder, answerTo, aProduct, eventually, type House, standing } from './order.app.fixtures';
import { tellMerchantsLoop } from './tell-merchants';

interface Order {
  readonly orderId: string;
  readonly status: string;
  readonly heldMinor: number;
  readonly capturedMinor: number;
  readonly lines: readonly {
    readonly status: string;
    readonly consents: readonly { readonly consentId: string }[];
    readonly goods: unknown;
  }[];
}

describe('an order runs', () => {
  let house: House;
  before(async () => void (house = await aHouse()));
  after(() => house.stop());

  const place = async (change: object = {}): Promise<string> => {
    const { status, body } = await house.call('POST', '/orders', { as: house.keys.m1, body: anOrder(change) });
    assert.equal(status, 201, JSON.stringify(body));
    return String(body['orderId']);
  };
  const read = async (orderId: string) => (await house.call('GET', `/orders/${orderId}`, { as: house.keys.m1 })).body as object as Order;
  const request = async (orderId: string, attempt: number) => {
    const asked = (await house.said('LineSelectionRequested', orderId)).find((it) => it.request.attempt === attempt);
    assert.ok(asked !== undefined, `attempt ${attempt} was asked for`);
    return asked.request;
  };
  const account = async () => {
    const { availableMinor, heldMinor } = (await house.call('GET', '/accounts/m1', { as: house.keys.m1 })).body;
    return [Number(availableMinor), Number(heldMinor)] as const;
  };
  const swap = { substitution: { upTo: 'same-category', consent: 'pre-approved' } };

  it('is asked for at its merchant’s tier, which an operator sets; its prices are told to nobody else', async () => {
    const put = (body: object) => house.call('PUT', '/merchants/m2', { body: { name: 'm2', currency: 'CNY', ...body } });
    const prices = async (sku: string, as: string) => (await house.call('GET', `/accounts/m2/prices?sku=${sku}`, { as })).body;
    const video = { sku: 'video', priceMinor: 2500, currency: 'CNY' };
    assert.deepEqual(await prices('video,nowhere', house.keys.m2), { items: [video], unknown: ['nowhere'] });
    await house.bus.tell({ ...aProduct('video'), version: 2, tierPrices: { gold: 2300 } });
    assert.deepEqual((await put({ tier: 'gold' })).body, { merchantId: 'm2', name: 'm2', currency: 'CNY', status: 'active', tier: 'gold' });
    await eventually(async () => JSON.stringify(await prices('video', house.keys.m2)).includes('2300'));
    assert.deepEqual(await prices('video', 'op'), { tier: 'gold', items: [{ ...video, priceMinor: 2300 }] });
    assert.equal((await house.call('GET', '/accounts/m2/prices?sku=video', { as: house.keys.m1 })).status, 404);
    assert.equal((await house.call('GET', '/accounts/m2/prices?sku=a%20b', { as: house.keys.m2 })).status, 400);
    assert.equal((await put({ tier: 'Gold' })).status, 400);
    await house.call('POST', '/accounts/m2/deposits', { body: { amountMinor: 10_000, currency: 'CNY' } });
    const placed = await house.call('POST', '/orders', { as: house.keys.m2, body: anOrder() });
    assert.equal((await request(String(placed.body['orderId']), 1)).merchantTier, 'gold');
    assert.equal((await request(await place(), 1)).merchantTier, undefined);
    assert.equal((await put({})).body['tier'], undefined);
  });

  it('is of a merchant whose tier others are told, also where it was made before anybody was told of any', async () => {
    const { database, commands } = house.service;
    const toldOf = async (merchantId: string) => {
      const { rows } = await database.pool.query<{ tier: string | null; version: string }>(
        `SELECT data ->> 'tier' AS tier, data ->> 'version' AS version FROM event WHERE type = 'MerchantState' AND data ->> 'merchantId' = $1 ORDER BY id`,
        [merchantId],
      );
      assert.ok(
        rows.every((it, n) => n === 0 || Number(it.version) > Number(rows[n - 1]?.version)),
        'versions rise',
      );
      return rows.map((it) => it.tier);
    };
    assert.deepEqual(await toldOf('m2'), [null, 'gold', null]);
    await database.pool.query(`UPDATE merchants SET state = state - 'told' || '{"tier":"silver"}' WHERE id = 'm2'`);
    const context = { database, handle: (command: { readonly type: string }) => commands.run(command) };
    for (let times = 0; times < 2; times++) assert.equal(await tellMerchantsLoop().run(context), false);
    assert.deepEqual(await toldOf('m2'), [null, 'gold', null, 'silver']);
    assert.deepEqual(await toldOf('m1'), [null]);
  });

  it('is selected, held, lost, replaced, bought and delivered; every fact comes twice, and counts once', async () => {
    const [available, held] = await account();
    const orderId = await place({ lines: [aLine(swap)] });
    assert.deepEqual(await account(), [available - 5200, held + 5200]);
    const first = await request(orderId, 1);
    await house.bus.tell(answerTo(first, 'alpha'));
    assert.equal((await read(orderId)).lines[0]?.status, 'held');
    await house.bus.tell(standing(first, 'alpha', { lost: 2 }, 'out-of-stock'));
    const second = await request(orderId, 2);
    assert.deepEqual([second.depth, second.excluded], [2, [{ offerId: 'alpha~video', reason: 'out-of-stock' }]]);
    const candidates = [aCandidate('beta', 'video', 'r7'), aCandidate('gamma', 'music')];
    await house.bus.tell(answerTo(second, 'gamma', { sku: 'music', candidates }));
    await house.bus.tell(standing(second, 'gamma', { sku: 'music' }));
    await house.bus.tell(standing(second, 'gamma', { sku: 'music', version: 3, delivered: 2 }));

    const order = await read(orderId);
    assert.deepEqual([order.status, order.heldMinor, order.capturedMinor], ['completed', 0, 4800]);
    assert.deepEqual(order.lines[0]?.goods, [{ sku: 'music', quantity: 2, delivered: 2 }]);
    assert.deepEqual(await account(), [available - 4800, held]);
    assert.equal((await house.said('OrderClosed', orderId)).length, 1);

    const story = async (as: string) =>
      (await house.call('GET', `/orders/${orderId}/timeline`, { as })).body['items'] as {
        what: string;
        reason: string | null;
        detail: object;
        actor: string;
        trace: string;
      }[];
    const told = await story('op');
    assert.deepEqual(
      told.map((it) => [it.what, it.reason]),
      [
        ['placed', null],
        ['selecting', null],
        ['held', null],
        ['assigned', null],
        ['lost', 'out-of-stock'],
        ['selecting', 'out-of-stock'],
        ['held', null],
        ['substituted', 'out-of-stock'],
        ['purchase-submitted', null],
        ['delivered', null],
        ['line-closed', 'delivered'],
        ['closed', 'completed'],
      ],
    );
    assert.match(JSON.stringify(told[6]?.detail), /"struck":\[\{"hub":.*beta.*"ruleId":"r7"/);
    assert.match(JSON.stringify(told[7]?.detail), /gamma~music/);
    assert.match(told[0]?.actor ?? '', /^merchant:m1:/);
    assert.match(told[4]?.actor ?? '', /HoldLost/);
    assert.match(told[4]?.trace ?? '', /^[0-9a-f]{32}$/);
    const public_ = JSON.stringify(await story(house.keys.m1));
    assert.doesNotMatch(public_, /alpha|beta|gamma|hub|7770077|expected|~/);
    assert.match(public_, /"ruleId":"r7"/);
  });

  it('keeps books that sum to zero, movement by movement, and cannot be changed', async () => {
    const { items } = (await house.call('GET', '/accounts/m1/entries', { as: house.keys.m1 })).body as {
      items: { movementId: string; amountMinor: number }[];
    };
    const sums = new Map<string, number>();
    for (const it of items) sums.set(it.movementId, (sums.get(it.movementId) ?? 0) + it.amountMinor);
    assert.ok(sums.size >= 3);
    assert.deepEqual([...new Set(sums.values())], [0]);
    const { pool } = house.service.database;
    await assert.rejects(pool.query('UPDATE ledger_entry SET amount_minor = 1'), /append-only/);
    await assert.rejects(
      pool.query(`INSERT INTO ledger_entry (movement_id, merchant_id, at, why, account, amount_minor, currency)
                  VALUES (gen_random_uuid(), 'm1', now(), 'deposited', 'merchant-available', 5, 'CNY')`),
      /sums to zero/,
    );
    await assert.rejects(pool.query(`UPDATE accounts SET available_minor = -1 WHERE id = 'm1'`), /check/);
  });

  it('asks the buyer, and takes an answer by the id of the question', async () => {
    const orderId = await place({ lines: [aLine({ substitution: { upTo: 'same-category', consent: 'ask' } })] });
    const first = await request(orderId, 1);
    await house.bus.tell(answerTo(first, 'alpha'), standing(first, 'alpha', { lost: 2 }, 'refused'));
    const second = await request(orderId, 2);
    await house.bus.tell(answerTo(second, 'gamma', { sku: 'music' }));
    const asking = await read(orderId);
    assert.equal(asking.lines[0]?.status, 'awaiting-consent');
    const consentId = asking.lines[0].consents[0]?.consentId ?? '';
    assert.doesNotMatch(consentId, /gamma/);
    const answer = (id: string, said: string, as = house.keys.m1) =>
      house.call('POST', `/orders/${orderId}/lines/1/consent`, { as, body: { consentId: id, answer: said } });
    assert.deepEqual(await codeOf(answer('no-such', 'yes')), [404, 'consent-not-found']);
    assert.deepEqual(await codeOf(answer(consentId, 'yes', house.keys.m2)), [404, 'order-not-found']);
    assert.deepEqual(await codeOf(answer(consentId, 'maybe')), [400, 'invalid-body']);
    assert.equal((await answer(consentId, 'yes')).status, 200);
    assert.deepEqual(await codeOf(answer(consentId, 'no')), [409, 'consent-answered']);
    assert.equal((await house.said('LineAssigned', orderId)).length, 2);

    await house.bus.tell(standing(second, 'gamma', { sku: 'music', lost: 2 }, 'capacity'));
    await house.bus.tell(answerTo(await request(orderId, 3), 'delta', { sku: 'music' }));
    assert.equal((await house.said('LineAssigned', orderId)).length, 3); // a yes is remembered
  });

  it('tells a superseded answer and a late one from each other', async () => {
    const line = { substitution: { upTo: 'same-category', consent: 'ask', consentMs: 1000 } };
    const orderId = await place({ lines: [aLine(line), aLine({ ...line, lineId: '2' })] });
    const asked = (await house.said('LineSelectionRequested', orderId)).map((it) => it.request);
    await house.bus.tell(...asked.map((it) => answerTo(it, 'gamma', { sku: 'music' })));
    const [one, other] = (await read(orderId)).lines.map((it) => it.consents[0]?.consentId ?? '');
    assert.ok(asked[0] !== undefined);
    await house.bus.tell(standing(asked[0], 'gamma', { sku: 'music', lost: 2 }, 'banned'));
    const answer = (lineId: string, consentId = '') =>
      house.call('POST', `/orders/${orderId}/lines/${lineId}/consent`, { as: house.keys.m1, body: { consentId, answer: 'yes' } });
    assert.deepEqual(await codeOf(answer('1', one)), [409, 'consent-superseded']);
    await eventually(async () => (await house.said('ReleaseRequested', orderId)).length === 1);
    assert.deepEqual(await codeOf(answer('2', other)), [409, 'consent-too-late']);
  });

  it('is cancelled: a question to inventory, and money by its answer; again, it is harmless', async () => {
    const before = await account();
    const orderId = await place();
    const first = await request(orderId, 1);
    await house.bus.tell(answerTo(first, 'alpha'));
    const cancel = () => house.call('POST', `/orders/${orderId}/cancel`, { as: house.keys.m1 });
    const cancelled = await cancel();
    assert.deepEqual([cancelled.status, cancelled.body['status']], [200, 'running']);
    assert.equal((await read(orderId)).lines[0]?.status, 'releasing');
    assert.equal((await cancel()).status, 200);
    assert.deepEqual((await account())[1], before[1] + 5200);
    await house.bus.tell(standing(first, 'alpha', { released: 2 }));
    assert.deepEqual([(await read(orderId)).status, await account()], ['cancelled', before]);
    assert.equal((await cancel()).status, 200);
  });

  it('ends unfillable with the gate named where the price is below any offer', async () => {
    const orderId = await place({ lines: [aLine({ maxUnitPriceMinor: 1 })] });
    await house.bus.tell(answerTo(await request(orderId, 1), undefined, { gates: { price: 4 } }));
    assert.equal((await read(orderId)).status, 'unfillable');
    assert.deepEqual((await house.said('UnitsGivenUp', orderId)).map((it) => [it.reason, it.gates]), [['no-candidate', { price: 4 }]]); // prettier-ignore
  });

  it('ends at its deadline by itself', async () => {
    const orderId = await place({ lines: [aLine({ deliverBy: new Date(Date.now() + 700).toISOString() })] });
    await eventually(async () => (await read(orderId)).status === 'unfillable');
    assert.deepEqual((await house.said('UnitsGivenUp', orderId)).map((it) => it.reason), ['deadline']); // prettier-ignore
  });

  it('is told live, to its own merchant, without what is the hub’s', async () => {
    const listen = async (path: string, as: string) => {
      const leaving = new AbortController();
      const answer = await fetch(`${house.service.url}/v1${path}`, { headers: { authorization: `Bearer ${as}` }, signal: leaving.signal });
      const heard = { status: answer.status, text: '', leave: () => leaving.abort() };
      const read = async () => {
        for await (const chunk of answer.body ?? []) heard.text += new TextDecoder().decode(chunk as Uint8Array);
      };
      void read().catch(() => undefined);
      return heard;
    };
    const orderId = await place();
    const [own, all, foreign] = [
      await listen(`/orders/${orderId}/stream`, house.keys.m1),
      await listen('/orders/stream', house.keys.m1),
      await listen('/orders/stream', house.keys.m2),
    ];
    assert.equal((await house.call('GET', `/orders/${orderId}/stream`, { as: house.keys.m2 })).status, 404);
    const other = await place();
    await house.bus.tell(answerTo(await request(orderId, 1), 'alpha'));
    await eventually(async () => own.text.includes('LineAssigned') && all.text.includes(other));
    for (const it of [own, all, foreign]) it.leave();
    assert.doesNotMatch(own.text, new RegExp(other));
    assert.doesNotMatch(own.text, /alpha|expected|~/);
    assert.doesNotMatch(foreign.text, /event:/);
    assert.match(own.text, /^id: \S+\nevent: LineAssigned\ndata: \{"orderId"/m);
  });
});

const codeOf = async (answer: Promise<{ status: number; body: Readonly<Record<string, unknown>> }>) => {
  const { status, body } = await answer;
  return [status, body['code']];
};
