import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { aHouse, aLine, anOrder, type Answer, answerTo, type House, standing } from './order.app.fixtures';

interface View {
  readonly complaintId: string;
  readonly status: string;
  readonly refundMinor?: number;
  readonly note?: string;
}

describe('complaints', () => {
  let house: House;
  before(async () => void (house = await aHouse()));
  after(() => house.stop());

  /** An order of two units of video, which came. */
  const delivered = async (reference = 'b-1'): Promise<string> => {
    const body = anOrder({ buyer: { reference, region: 'CN-31' }, lines: [aLine()] });
    const { body: order } = await house.call('POST', '/orders', { as: house.keys.m1, body });
    const orderId = String(order['orderId']);
    const [asked] = await house.said('LineSelectionRequested', orderId);
    const { request } = asked ?? assert.fail();
    await house.bus.tell(answerTo(request, 'alpha'), standing(request, 'alpha', { delivered: 2 }));
    return orderId;
  };
  const file = (orderId: string, change: object = {}, options: { as?: string; key?: string; line?: string } = {}) => {
    const { line = '1', ...how } = options;
    const body = { units: 1, reason: 'invalid-code', ...change };
    return house.call('POST', `/orders/${orderId}/lines/${line}/complaints`, { as: house.keys.m1, body, ...how });
  };
  const idOf = ({ status, body }: Answer): string => {
    assert.equal(status, 201, JSON.stringify(body));
    return String(body['complaintId']);
  };
  const resolve = (orderId: string, complaintId: string, body: object, as = 'op') =>
    house.call('POST', `/orders/${orderId}/lines/1/complaints/${complaintId}/resolution`, { as, body });
  const codeOf = ({ status, body }: Answer) => {
    const { code, field } = body as { readonly code?: string; readonly field?: string };
    return [status, code, field].filter((it) => it !== undefined).join(' ');
  };
  const account = async () => {
    const { availableMinor, heldMinor } = (await house.call('GET', '/accounts/m1', { as: house.keys.m1 })).body;
    return [Number(availableMinor), Number(heldMinor)];
  };
  const listed = async (orderId: string, as = house.keys.m1) =>
    (await house.call('GET', `/orders/${orderId}/complaints`, { as })).body['items'] as View[];
  const line = async (orderId: string) => {
    const { lines } = (await house.call('GET', `/orders/${orderId}`, { as: house.keys.m1 })).body as { lines: Record<string, unknown>[] };
    const { status, delivered: came, capturedMinor, complained, refundedMinor } = lines[0] ?? assert.fail();
    return [status, came, capturedMinor, complained, refundedMinor];
  };

  it('is filed once under its key, told whole and without the buyer’s words, and waits for the hub', async () => {
    const orderId = await delivered();
    const sent = { note: 'Ann: it does not work' };
    const complaintId = idOf(await file(orderId, sent, { key: 'c-1' }));
    assert.equal(idOf(await file(orderId, sent, { key: 'c-1' })), complaintId);
    assert.equal(codeOf(await file(orderId, { ...sent, units: 2 }, { key: 'c-1' })), '422 idempotency-key-reused');
    assert.equal(codeOf(await file(orderId, {}, { key: '' })), '400 idempotency-key-missing');
    const [fact, ...more] = await house.said('ComplaintFiled', orderId);
    assert.deepEqual(more, []);
    assert.equal(fact?.from[0]?.offerId, 'alpha~video');
    assert.ok(Math.abs(Date.parse(fact.from[0].deliveredAt) - Date.now()) < 60_000);
    assert.match(fact.buyerKey ?? '', /^[0-9a-f]{32}$/);
    assert.deepEqual(await line(orderId), ['delivered', 2, 5000, 1, 0]);
    const { items } = (await house.call('GET', '/complaints')).body as { items: (View & { merchantId: string; orderId: string })[] };
    assert.deepEqual(
      items.map(({ complaintId: id, status, merchantId, note }) => [id, status, merchantId, note]),
      [[complaintId, 'open', 'm1', 'Ann: it does not work']],
    );
    assert.equal((await house.call('GET', '/complaints', { as: house.keys.m1 })).status, 403);
    assert.equal((await house.call('GET', `/orders/${orderId}/complaints`, { as: house.keys.m2 })).status, 404);
  });

  it('brings money back once, whoever says it how often', async () => {
    const orderId = await delivered();
    const before = await account();
    const complaintId = idOf(await file(orderId, { units: 2 }));
    const many = await Promise.all(Array.from({ length: 12 }, () => resolve(orderId, complaintId, { outcome: 'refunded' })));
    assert.deepEqual([...new Set(many.map(codeOf))], ['200']);
    assert.deepEqual(many[0]?.body['refundMinor'], 5000);
    assert.deepEqual(await account(), [(before[0] ?? 0) + 5000, before[1]]);
    assert.equal(codeOf(await resolve(orderId, complaintId, { outcome: 'rejected' })), '409 complaint-resolved');
    assert.deepEqual(await line(orderId), ['delivered', 2, 5000, 2, 5000]);
    const [resolved, ...more] = await house.said('ComplaintResolved', orderId);
    assert.deepEqual([resolved?.outcome, resolved?.refundMinor, resolved?.from[0]?.units, more.length], ['refunded', 5000, 2, 0]);
    const { rows } = await house.service.database.pool.query<object>(
      `SELECT account, amount_minor::int AS amount, reference FROM ledger_entry WHERE order_id = $1 AND why = 'complaint-refunded' ORDER BY n`,
      [orderId],
    );
    assert.deepEqual(rows, [
      { account: 'hub-revenue', amount: -5000, reference: complaintId },
      { account: 'merchant-available', amount: 5000, reference: complaintId },
    ]);
  });

  it('is in the timeline with who and why, the suppliers for operators only', async () => {
    const orderId = await delivered();
    const complaintId = idOf(await file(orderId, { reason: 'late' }));
    await resolve(orderId, complaintId, { outcome: 'refunded', refundMinor: 700 });
    const story = async (as: string) => {
      const { items } = (await house.call('GET', `/orders/${orderId}/timeline`, { as })).body as {
        items: { what: string; reason: string; actor: string; detail: object }[];
      };
      return items.filter((it) => it.what.startsWith('complaint'));
    };
    const [filed, resolved] = await story(house.keys.m1);
    assert.deepEqual([filed?.what, filed?.reason, filed?.detail], ['complaint-filed', 'late', { complaintId, units: 1, goods: [{ sku: 'video', units: 1 }] }]); // prettier-ignore
    assert.deepEqual([resolved?.what, resolved?.reason, resolved?.detail], ['complaint-resolved', 'refunded', { complaintId, units: 1, refundMinor: 700, currency: 'CNY' }]); // prettier-ignore
    assert.match(filed?.actor ?? '', /^merchant:m1:/);
    assert.match(resolved?.actor ?? '', /^operator:/);
    assert.match(JSON.stringify(await story('op')), /alpha/);
  });

  it('keeps the buyer’s words in one place, from which they go with him', async () => {
    const orderId = await delivered('ann');
    const complaintId = idOf(await file(orderId, { note: 'I am Ann Example' }));
    assert.equal((await listed(orderId))[0]?.note, 'I am Ann Example');
    const { pool } = house.service.database;
    const { rows: tables } = await pool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    const found = async () => {
      const hits = tables.map(async ({ name }) => {
        const { rowCount } = await pool.query(`SELECT 1 FROM "${name}" t WHERE t::text LIKE '%Ann Example%'`);
        return rowCount === 0 ? [] : [name];
      });
      return (await Promise.all(hits)).flat();
    };
    assert.deepEqual(await found(), ['complaint_note']);
    assert.equal((await house.call('POST', '/buyers/erasures', { as: house.keys.m1, body: { reference: 'ann' } })).status, 202);
    assert.deepEqual(await found(), []);
    const [left] = await listed(orderId);
    assert.deepEqual([left?.complaintId, left?.status, left?.note], [complaintId, 'open', undefined]);
  });

  it('refuses what is wrong, each by its code, and does nothing', async () => {
    const orderId = await delivered();
    const before = await account();
    assert.equal(codeOf(await file(orderId, { units: 3 })), '422 complaint-over-limit units');
    assert.equal(codeOf(await file(orderId, { sku: 'music' })), '422 complaint-over-limit units');
    assert.equal(codeOf(await file(orderId, {}, { as: house.keys.m2 })), '404 order-not-found');
    assert.equal(codeOf(await file(orderId, {}, { line: '__proto__' })), '404 line-not-found');
    assert.equal((await file(orderId, {}, { as: 'op' })).status, 403);
    for (const it of [
      { units: 0 },
      { units: 1.5 },
      { units: '1' },
      { reason: 'bored' },
      { note: '' },
      { note: 'a\nb' },
      { sku: '/' },
      { x: 1 },
    ])
      assert.equal((await file(orderId, it)).status, 400, JSON.stringify(it));
    const complaintId = idOf(await file(orderId));
    assert.equal((await resolve(orderId, complaintId, { outcome: 'refunded' }, house.keys.m1)).status, 403);
    assert.equal(codeOf(await resolve(orderId, complaintId, { outcome: 'refunded', refundMinor: 2501 })), '422 refund-out-of-range refundMinor'); // prettier-ignore
    assert.equal(codeOf(await resolve(orderId, complaintId, { outcome: 'rejected', refundMinor: 1 })), '422 refund-out-of-range refundMinor'); // prettier-ignore
    assert.equal(codeOf(await resolve(orderId, 'nothing', { outcome: 'rejected' })), '404 complaint-not-found');
    assert.equal(codeOf(await resolve('nothing', complaintId, { outcome: 'rejected' })), '404 order-not-found');
    for (const it of [{}, { outcome: 'open' }, { outcome: 'refunded', refundMinor: -1 }, { outcome: 'refunded', refundMinor: '1' }])
      assert.equal((await resolve(orderId, complaintId, it)).status, 400, JSON.stringify(it));
    assert.deepEqual(await account(), before);
    assert.deepEqual(await line(orderId), ['delivered', 2, 5000, 1, 0]);
  });

  it('is about each unit once, also of many at once', async () => {
    const orderId = await delivered();
    const all = await Promise.all(Array.from({ length: 8 }, () => file(orderId)));
    assert.deepEqual(all.map((it) => it.status).sort(), [201, 201, 422, 422, 422, 422, 422, 422]);
    assert.equal((await listed(orderId)).length, 2);
  });
});
