import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Client, until } from './client.fixtures';
import { aHouse, type House } from './house.fixtures';
import { type Merchant, openMarket, openMerchant, reportStock, SLOW } from './market.fixtures';
import { assigned, ended, orderOf, type OrderSeen, place, timelineOf } from './orders.fixtures';
import { aReceiver, type Receiver } from './receiver.fixtures';

const DEPOSIT_MINOR = 10_000_000;
const STAR = { attributes: { game: 'star', gameRegion: 'CN' }, category: 'game-card' } as const;
const card = (sku: string, face: number, priceMinor: number) => ({ ...STAR, sku, faceValueMinor: face * 100, priceMinor });

/** A card of 100 that one supplier has, cards of 50 that both have, and another card of the same game that is worth as much. */
const GOODS = [
  { ...card('star-100', 100, 9_750), slowCostMinor: 9_000 },
  { ...card('star-50', 50, 4_870), slowCostMinor: 4_700, fastCostMinor: 4_600 },
  { ...card('star-gift', 100, 9_000), attributes: { ...STAR.attributes, edition: 'gift' }, fastCostMinor: 8_000 },
] as const;

describe('two cards of 50 for one of 100', () => {
  let house: House;
  let operator: Client;
  let merchant: Merchant;
  let receiver: Receiver;

  before(async () => {
    house = await aHouse('repack');
    operator = await openMarket(house, GOODS);
    merchant = await openMerchant(house.url, operator, 'm-1', DEPOSIT_MINOR);
    receiver = await aReceiver(merchant);
  });
  after(async () => {
    receiver?.close();
    await house?.stop();
  });

  const cards = (quantity: number, upTo: string, consent = 'pre-approved') =>
    place(merchant, { sku: 'star-100', quantity, capMinor: 10_000, substitution: { upTo, consent } });
  const lineOf = (order: OrderSeen, lineId: string) => order.lines.find((it) => it.lineId === lineId) ?? assert.fail(JSON.stringify(order));
  const question = (orderId: string): Promise<string> =>
    until('a question about the pieces', async () => {
      const line = (await orderOf(merchant, orderId)).lines.find((it) => it.lineId === '1.p1');
      return line?.consents[0]?.consentId;
    });
  const answer = (orderId: string, consentId: string, said: string) =>
    merchant.ask('POST', `/orders/${orderId}/lines/1.p1/consent`, { consentId, answer: said });

  it('come when the card runs out while the order waits for it, cost no more, and are told of', async () => {
    await ended(merchant, (await cards(1, 'none')).orderId); // the first unit is bought at once, what comes after it waits
    const { orderId } = await cards(2, 'repack');
    await assigned(merchant, orderId);
    await reportStock(operator, SLOW.supplierId, 'star-100', 0, 2);
    const order = await ended(merchant, orderId);
    const told = await timelineOf(merchant, orderId);
    assert.equal(order.status, 'completed', JSON.stringify(told));
    const [line, pieces] = [lineOf(order, '1'), lineOf(order, '1.p1')];
    assert.deepEqual([line.status, line.delivered, line.givenUp, pieces.status, pieces.delivered], ['repacked', 0, 0, 'delivered', 4]);
    assert.deepEqual(pieces.goods, [{ sku: 'star-50', quantity: 4, delivered: 4 }]);
    assert.deepEqual([order.capturedMinor, order.heldMinor], [4 * 4_870, 0]);
    assert.deepEqual(pieces.piecesOf, { lineId: '1', sku: 'star-100', pieces: 2 });
    const entry = told.find((it) => it.what === 'repacked');
    assert.deepEqual(entry?.detail, {
      ...{ quantity: 2, sku: 'star-100', pieces: 2, into: { lineId: '1.p1', sku: 'star-50', quantity: 4 }, heldMinor: 4 * 4_875 },
    });
    const message = await until('the webhook', async () => receiver.messages.find((it) => it.type === 'line.repacked'));
    assert.deepEqual([message.data['lineId'], message.data['pieces'], message.data['sku']], ['1', 2, 'star-100']);
  });

  it('leave the ledger even: what went from line to line is in it on both sides', async () => {
    const { items } = await merchant.get<{ items: { movementId: string; why: string; account: string; amountMinor: number }[] }>(
      '/accounts/m-1/entries',
    );
    const sums = new Map<string, number>();
    for (const it of items) sums.set(it.movementId, (sums.get(it.movementId) ?? 0) + it.amountMinor);
    assert.deepEqual([...new Set(sums.values())], [0]);
    const moved = items.filter((it) => it.why === 'units-repacked' && it.account === 'order-held').map((it) => it.amountMinor);
    assert.deepEqual(moved.sort((a, b) => a - b), [-20_000, 19_500]); // prettier-ignore
  });

  it('come before another card of the game that is worth as much, and the decision can be made again', async () => {
    const { orderId } = await cards(1, 'same-category');
    const order = await ended(merchant, orderId);
    assert.deepEqual([order.status, lineOf(order, '1.p1').goods[0]?.sku], ['completed', 'star-50']);
    const replayed = await operator.post<{ identical: boolean }>(`/decisions/${orderId}:1:1:1/replay`, {});
    assert.equal(replayed.body.identical, true, JSON.stringify(replayed.body));
    const decision = await operator.get<{ repack: object; packs: readonly object[] }>(`/decisions/${orderId}:1:1:1`);
    assert.deepEqual([decision.repack, decision.packs.length], [{ sku: 'star-50', pieces: 2 }, 1]);
  });

  it('are no answer to a line that takes the card itself only', async () => {
    const order = await ended(merchant, (await cards(1, 'other-supplier')).orderId);
    assert.deepEqual([order.status, order.lines.length, order.releasedMinor], ['unfillable', 1, 10_000]);
  });

  it('come when their buyer says yes, and his money goes back when he says no', async () => {
    const [yes, no] = [await cards(1, 'repack', 'ask'), await cards(1, 'repack', 'ask')];
    assert.equal((await answer(yes.orderId, await question(yes.orderId), 'yes')).status, 200);
    assert.equal((await answer(no.orderId, await question(no.orderId), 'no')).status, 200);
    const [agreed, refused] = [await ended(merchant, yes.orderId), await ended(merchant, no.orderId)];
    assert.deepEqual([agreed.status, agreed.capturedMinor], ['completed', 2 * 4_870]);
    assert.deepEqual([refused.status, refused.capturedMinor, refused.heldMinor], ['unfillable', 0, 0]);
  });

  it('are not sold where they are banned: the line goes on to the other card', async () => {
    await operator.post('/rules', { ruleId: 'r-50', effect: 'banned', match: { sku: 'star-50' }, regions: ['CN'], reason: 'off sale' });
    const order = await ended(merchant, (await cards(1, 'same-category')).orderId);
    assert.deepEqual([order.status, order.lines.length, order.lines[0]?.goods[0]?.sku], ['completed', 1, 'star-gift']);
  });
});
