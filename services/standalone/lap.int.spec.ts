import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Client, until } from './client.fixtures';
import { aHouse, type House } from './house.fixtures';
import { anOrder, FAST, type Merchant, openMarket, openMerchant, reportStock, script, SLOW } from './market.fixtures';
import { assigned, ended, orderOf, place, questionOf, timelineOf } from './orders.fixtures';
import { aReceiver, type Receiver } from './receiver.fixtures';
import { codesIn, saysOfTheHub } from './secrets.fixtures';

const DEPOSIT_MINOR = 10_000_000;

/** Each story has a category of its own, so that none meets another. */
const GOODS = [
  { sku: 'card', category: 'card', priceMinor: 10_000, slowCostMinor: 8_000, fastCostMinor: 9_000 },
  { sku: 'video', category: 'membership', priceMinor: 2_500, slowCostMinor: 2_000 },
  { sku: 'music', category: 'membership', priceMinor: 2_400, fastCostMinor: 2_000 },
  { sku: 'course-a', category: 'course', priceMinor: 5_000, slowCostMinor: 4_000 },
  { sku: 'course-b', category: 'course', priceMinor: 4_900, fastCostMinor: 3_900 },
  { sku: 'course-c', category: 'course', priceMinor: 4_800, fastCostMinor: 4_500 },
  { sku: 'licence', category: 'licence', priceMinor: 6_000, slowCostMinor: 5_000, fastCostMinor: 5_500 },
  { sku: 'cloud', category: 'cloud', priceMinor: 9_000, slowCostMinor: 8_000 },
  { sku: 'odd', category: 'odd', priceMinor: 1_000, fastCostMinor: 800 },
  { sku: 'festival', category: 'festival', priceMinor: 1_000, fastCostMinor: 800 },
] as const;
/** The first unit of each is bought at once; whatever comes after it waits a minute in its supplier's queue. */
const QUEUED = ['card', 'video', 'course-a', 'licence', 'cloud'];

const APPROVED = { upTo: 'same-category', consent: 'pre-approved' };
const ASK = { upTo: 'same-category', consent: 'ask' };

describe('five services, from order to delivery', () => {
  let house: House;
  let operator: Client;
  let merchant: Merchant;
  let receiver: Receiver;
  const silence = new AbortController();
  let first: Awaited<ReturnType<typeof place>>;

  before(async () => {
    house = await aHouse('lap');
    operator = await openMarket(house, GOODS);
    merchant = await openMerchant(house.url, operator, 'm-1', DEPOSIT_MINOR);
    receiver = await aReceiver(merchant);
    await merchant.listen('/orders/stream', silence.signal);
    await merchant.listen('/stock/stream', silence.signal);
    first = await place(merchant, ...QUEUED.map((sku) => ({ sku })));
    const order = await ended(merchant, first.orderId);
    assert.equal(order.status, 'completed', JSON.stringify(await timelineOf(operator, first.orderId)));
  });
  after(async () => {
    silence.abort();
    receiver?.close();
    await house?.stop();
  });

  /** Lines that wait in the slow supplier's queue. */
  const queue = async (...wishes: Parameters<typeof place>[1][]): Promise<string[]> => {
    const orders = await Promise.all(wishes.map((it) => place(merchant, it)));
    const ids = orders.map((it) => it.orderId);
    await assigned(merchant, ...ids);
    return ids;
  };
  const runDry = (sku: string, supplier = SLOW) => reportStock(operator, supplier.supplierId, sku, 0, 2);
  const story = async (orderId: string) =>
    (await timelineOf(merchant, orderId)).map(({ what, reason }) => (reason === null ? what : `${what}: ${reason}`));

  it('charges what was delivered, and tells the merchant by signed webhooks under the trace id of its request', async () => {
    const order = await orderOf(merchant, first.orderId);
    assert.deepEqual([order.capturedMinor, order.heldMinor], [10_000 + 2_500 + 5_000 + 6_000 + 9_000, 0]);
    const about = () => receiver.messages.filter((it) => it.data['orderId'] === first.orderId);
    const types = ['order.placed', 'line.assigned', 'line.units-delivered', 'line.closed', 'order.closed'];
    await until('the webhooks', async () => types.every((type) => about().some((it) => it.type === type)));
    assert.match(first.traceId, /^[0-9a-f]{32}$/);
    for (const type of types)
      assert.ok(
        about().some((it) => it.type === type && it.traceId === first.traceId),
        `${type} has the trace id`,
      );
    assert.deepEqual(receiver.refused, []);
  });

  it('shows a delivered code to its merchant once, and to no other merchant', async () => {
    const { items } = await merchant.get<{ items: { deliveryId: string }[] }>(`/deliveries?orderId=${first.orderId}`);
    assert.equal(items.length, QUEUED.length);
    const path = `/deliveries/${encodeURIComponent(items[0]?.deliveryId ?? '')}/reveal`;
    const revealed = await merchant.ask('POST', path, { reason: 'the buyer opens it' });
    // The one answer that may hold a code
    const shown = merchant.heard.findIndex((it) => it.includes('"code":') && it.includes('"revealedAt":'));
    merchant.heard.splice(shown, 1);
    assert.equal(revealed.status, 200);
    assert.ok((await codesIn(house)).sold.has(String(revealed.body['code'])));
    assert.deepEqual((await merchant.ask('POST', path, { reason: 'again' })).body['code'], 'already-revealed');
    const other = await openMerchant(house.url, operator, 'm-2', 1);
    assert.equal((await other.ask('POST', path, { reason: 'not mine' })).status, 404);
    assert.equal((await other.ask('GET', `/orders/${first.orderId}`)).status, 404);
  });

  it('selects again what a supplier has run out of, and delivers it from another', async () => {
    const orders = await queue({ sku: 'card', quantity: 2 }, { sku: 'card' }, { sku: 'card', quantity: 3 });
    await runDry('card');
    for (const it of orders) {
      const order = await ended(merchant, it);
      assert.equal(order.status, 'completed');
      const told = await story(it);
      for (const what of ['lost: out-of-stock', 'substituted: out-of-stock', 'delivered'])
        assert.ok(told.includes(what), `${what} in ${told.join(', ')}`);
    }
  });

  it('replaces a video membership by a music membership, at the lower price, and tells so', async () => {
    const [orderId = ''] = await queue({ sku: 'video', quantity: 2, capMinor: 2_600, substitution: APPROVED });
    await runDry('video');
    const order = await ended(merchant, orderId);
    assert.deepEqual(order.lines[0]?.goods, [{ sku: 'music', quantity: 2, delivered: 2 }]);
    assert.deepEqual([order.status, order.capturedMinor, order.releasedMinor], ['completed', 2 * 2_400, 2 * 200]);
    const told = (await timelineOf(merchant, orderId)).map(({ what, reason, detail }) => ({ what, reason, detail }));
    const at = (what: string) => told.findIndex((it) => it.what === what);
    assert.deepEqual([told[at('lost')]?.reason, told[at('lost')]?.detail['sku']], ['out-of-stock', 'video']);
    assert.deepEqual([told[at('substituted')]?.reason, told[at('substituted')]?.detail['replaces']], ['out-of-stock', 'video']);
    assert.ok(at('lost') < at('substituted') && at('substituted') < at('delivered') && at('delivered') < at('closed'));
  });

  it('asks before it sends another product: yes, no, and silence', async () => {
    await reportStock(operator, SLOW.supplierId, 'video', 100, 3);
    const video = { sku: 'video', capMinor: 2_600 };
    const [yes = '', no = '', late = ''] = await queue(
      { ...video, substitution: ASK },
      { ...video, substitution: ASK },
      { ...video, substitution: { ...ASK, consentMs: 1_500 } },
    );
    await reportStock(operator, SLOW.supplierId, 'video', 0, 4);
    const answer = async (orderId: string, consentId: string, said: string) =>
      (await merchant.ask('POST', `/orders/${orderId}/lines/1/consent`, { consentId, answer: said })) as {
        status: number;
        body: { code?: string };
      };
    const lateQuestion = await questionOf(merchant, late, 'music');
    const yesQuestion = await questionOf(merchant, yes, 'music');
    assert.equal((await answer(yes, yesQuestion, 'yes')).status, 200);
    assert.equal((await answer(no, await questionOf(merchant, no, 'music'), 'no')).status, 200);

    assert.deepEqual((await ended(merchant, yes)).lines[0]?.goods, [{ sku: 'music', quantity: 1, delivered: 1 }]);
    const [declined, silent] = [await ended(merchant, no), await ended(merchant, late)];
    assert.deepEqual([declined.status, declined.capturedMinor, declined.releasedMinor], ['unfillable', 0, 2_600]);
    assert.deepEqual([silent.status, silent.releasedMinor], ['unfillable', 2_600]);
    assert.ok((await story(late)).includes('consent-answered: expired'));
    assert.deepEqual(await answer(late, lateQuestion, 'yes').then((it) => [it.status, it.body.code]), [409, 'consent-too-late']);
    assert.deepEqual(await answer(yes, yesQuestion, 'no').then((it) => [it.status, it.body.code]), [409, 'consent-answered']);
  });

  it('takes a question back when its product runs out, too, and asks about the next', async () => {
    const [orderId = ''] = await queue({ sku: 'course-a', capMinor: 5_200, substitution: ASK });
    await runDry('course-a');
    const consentId = await questionOf(merchant, orderId, 'course-b');
    await runDry('course-b', FAST);
    const next = await questionOf(merchant, orderId, 'course-c');
    const path = `/orders/${orderId}/lines/1/consent`;
    const superseded = await merchant.ask('POST', path, { consentId, answer: 'yes' });
    assert.deepEqual([superseded.status, superseded.body['code']], [409, 'consent-superseded']);
    await merchant.post(path, { consentId: next, answer: 'yes' });
    const order = await ended(merchant, orderId);
    assert.deepEqual([order.status, order.capturedMinor], ['completed', 4_800]);
  });

  it('gives up what was banned on the way, names the gate, and gives the money back', async () => {
    const [orderId = ''] = await queue({ sku: 'licence', quantity: 2, capMinor: 6_000 });
    await operator.post('/rules', { ruleId: 'r-ban', effect: 'banned', match: { sku: 'licence' }, regions: ['CN'], reason: 'off sale' });
    const order = await ended(merchant, orderId);
    assert.deepEqual([order.status, order.capturedMinor, order.releasedMinor], ['unfillable', 0, 12_000]);
    const told = await story(orderId);
    for (const what of ['lost: banned', 'given-up: no-candidate']) assert.ok(told.includes(what), `${what} in ${told.join(', ')}`);
    const later = await ended(merchant, (await place(merchant, { sku: 'licence' })).orderId);
    assert.equal(later.status, 'unfillable');
    // A ban closes the offers, too: whichever the selection hears first
    const gates = gatesOf(await timelineOf(merchant, later.orderId));
    assert.ok(gates.length > 0 && gates.every((it) => it === 'verdict'), gates.join(', '));
  });

  it('gives back what is cancelled before it was bought', async () => {
    const [orderId = ''] = await queue({ sku: 'cloud', quantity: 2, capMinor: 9_500 });
    await merchant.post(`/orders/${orderId}/cancel`, {});
    const order = await ended(merchant, orderId);
    assert.deepEqual([order.status, order.capturedMinor, order.releasedMinor], ['cancelled', 0, 19_000]);
  });

  it('takes an order at a price below any offer, and ends it with the gate named', async () => {
    const order = await ended(merchant, (await place(merchant, { sku: 'card', capMinor: 100 })).orderId);
    assert.equal(order.status, 'unfillable');
    assert.deepEqual(gatesOf(await timelineOf(merchant, order.orderId)), ['price']);
  });

  it('delivers all the same when a supplier answers badly', async () => {
    for (const outcome of ['broken-answer', 'duplicate-answer', 'partial', 'invalid-code']) {
      await script(house.sandboxUrl, FAST.supplierId, 'odd', { outcome, times: 1 });
      const order = await ended(merchant, (await place(merchant, { sku: 'odd', quantity: 2 })).orderId);
      assert.equal(order.lines[0]?.delivered, { partial: 1, 'invalid-code': 1 }[outcome] ?? 2, outcome);
    }
  });

  it('proposes more units while demand bursts, and delivers what the merchant accepts', async () => {
    const waitUntil = new Date(Date.now() + 600_000).toISOString();
    const order = anOrder({ sku: 'festival', quantity: 2 }, { sku: 'festival', capMinor: 1, substitution: { waitUntil } });
    const additions = { maxUnitPriceMinor: 1_000, maxQuantity: 3 };
    const { orderId } = (await merchant.post<{ orderId: string }>('/orders', { ...order, additions })).body;
    await burstOf(house, 'festival');
    const offered = () =>
      merchant.get<{ items: { additionId: string; status: string; quantity: number }[] }>(`/orders/${orderId}/additions`);
    const { additionId, quantity } = await until('an addition', async () => (await offered()).items[0]);
    assert.equal(quantity, 3);
    for (let times = 0; times < 2; times++) await merchant.post(`/orders/${orderId}/additions/${additionId}/accept`, { quantity: 2 });
    const added = await until('what was added', async () => {
      const line = (await orderOf(merchant, orderId)).lines.find((it) => it.lineId === 'added-1');
      return line?.status === 'delivered' && line;
    });
    assert.deepEqual(added.goods, [{ sku: 'festival', quantity: 2, delivered: 2 }]);
    await merchant.post(`/orders/${orderId}/cancel`, {});
    const { status, capturedMinor } = await ended(merchant, orderId);
    assert.deepEqual([status, capturedMinor], ['partially-completed', 4_000]);
    const types = ['order.addition-offered', 'order.addition-answered', 'line.added'];
    const isTold = (type: string) => receiver.messages.some((it) => it.type === type && it.data['orderId'] === orderId);
    await until('the webhooks', async () => types.every(isTold));
  });

  it('keeps books that balance', async () => {
    const account = await merchant.get<{ availableMinor: number; heldMinor: number }>(`/accounts/${merchant.merchantId}`);
    const { items } = await merchant.get<{ items: Awaited<ReturnType<typeof orderOf>>[] }>('/orders?limit=100');
    const captured = items.reduce((sum, it) => sum + it.capturedMinor, 0);
    assert.deepEqual(account.heldMinor, 0);
    assert.equal(account.availableMinor + captured, DEPOSIT_MINOR);
    const ledger = await merchant.get<{ items: { amountMinor: number }[]; next?: string }>(`/accounts/${merchant.merchantId}/entries`);
    assert.equal(ledger.next, undefined);
    assert.equal(
      ledger.items.reduce((sum, it) => sum + it.amountMinor, 0),
      0,
    );
  });

  it('makes cases of what ended, and knows its buyer on cards until he is to be forgotten', async () => {
    type Case = { origin: string; skus: string[]; delivered: number };
    await until('a case', async () => {
      const { items } = await operator.get<{ items: Case[] }>('/cases?limit=100');
      return items.some((it) => it.origin === 'orders' && it.skus.includes('cloud') && it.delivered === 1);
    });
    const { buyerKey } = await merchant.get<{ buyerKey: string }>(`/orders/${first.orderId}`);
    const body = { need: { sku: 'card' }, region: 'CN-31', quantity: 1, buyerKey };
    const known = async () => {
      // The operator asks: what is read for merchants here is searched for the hub's own words
      const { cards } = (await operator.ask('POST', '/recommendations', body)).body as { cards?: { buyer?: { orders: number } }[] };
      return cards?.[0]?.buyer;
    };
    await until('the buyer', async () => ((await known())?.orders ?? 0) > 0);
    const { reference } = (await merchant.get<{ buyer: { reference: string } }>(`/orders/${first.orderId}`)).buyer;
    assert.equal((await merchant.ask('POST', '/buyers/erasures', { reference })).status, 202);
    await until('the buyer to be forgotten', async () => (await known()) === undefined);
  });

  it('tells a merchant nothing of costs, scores and suppliers, wherever it reads', async () => {
    for (const { orderId } of (await merchant.get<{ items: { orderId: string }[] }>('/orders?limit=100')).items) {
      const timeline = await timelineOf(merchant, orderId);
      await merchant.get(`/deliveries?orderId=${orderId}`);
      const decisions = timeline.flatMap(({ detail }) => (typeof detail['decisionId'] === 'string' ? [detail['decisionId']] : []));
      for (const it of new Set(decisions)) await merchant.get(`/decisions/${encodeURIComponent(it)}`);
    }
    for (const { sku } of GOODS) for (const path of ['/products/', '/stock?sku=', '/verdicts?sku=']) await merchant.get(`${path}${sku}`);
    const { items } = await merchant.get<{ items: { webhookId: string }[] }>('/webhooks');
    for (const { webhookId } of items) await merchant.get(`/webhooks/${webhookId}/deliveries?limit=100`);
    for (const path of [`/suppliers/${SLOW.supplierId}`, '/procurement-orders', '/rules', '/audit'])
      assert.equal((await merchant.ask('GET', path)).status, 403);

    assert.ok(
      merchant.heard.some((it) => it.includes('event: ') || it.includes('data: ')),
      'the streams said something',
    );
    const told = [...merchant.heard, ...receiver.messages.map((it) => it.text)];
    assert.deepEqual([...new Set(told.flatMap((it) => saysOfTheHub(it)))], []);
  });

  it('keeps every code out of every table, event, log line and error', async () => {
    const { sold, found } = await codesIn(house);
    assert.ok(sold.size > 15, `${sold.size} codes were sold`);
    assert.ok(house.logged.length > 100);
    assert.deepEqual(found, []);
    const told = [...merchant.heard, ...operator.heard, ...receiver.messages.map((it) => it.text)].join('\n');
    assert.deepEqual(
      [...sold].filter((it) => told.includes(it)),
      [],
    );
  });
});

/** Ordinary demand a while ago, and very much of it in this minute, as the service counts it from its decisions. */
async function burstOf({ services }: House, sku: string): Promise<void> {
  const selection = services.find((it) => it.name === 'selection-engine');
  const minute = Math.floor(Date.now() / 60_000);
  for (const [ago, orders] of [
    [400, 100],
    [0, 2_000],
  ] as const)
    await selection?.commands.outcome({
      type: 'CountDemand',
      minuteAt: (minute - ago) * 60_000,
      counts: [{ sku, orders, units: orders }],
    } as never);
}

/** The gates that stopped every offer when units were given up. */
const gatesOf = (timeline: Awaited<ReturnType<typeof timelineOf>>): string[] =>
  timeline.filter((it) => it.what === 'given-up').flatMap((it) => Object.keys(it.detail['gates'] ?? {}));
