import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { RECIPIENT_MAX } from '@midstream/contracts';
import { whereaboutsOf } from '@midstream/testing/whereabouts';
import pino from 'pino';
import { aHouse, aLine, anOrder, answerTo, eventually, type House, standing } from './order.app.fixtures';

const ACCOUNT = '13811112222';

describe('the account of a top-up', () => {
  const logged: string[] = [];
  let house: House;
  before(async () => void (house = await aHouse(pino({ level: 'trace' }, { write: (line) => void logged.push(line) }))));
  after(() => house.stop());

  const place = (recipient: string) =>
    house.call('POST', '/orders', { as: house.keys.m1, body: anOrder({ lines: [aLine({ need: { sku: 'credit' }, recipient })] }) });
  const shown = (order: Readonly<Record<string, unknown>>) => (order['lines'] as { recipient?: string }[])[0]?.recipient;

  it('is in the order’s row, goes out with the assignment, and is nowhere else: no other fact, no timeline, stream, answer or log', async () => {
    const leaving = new AbortController();
    const stream = await fetch(`${house.service.url}/v1/orders/stream`, {
      headers: { authorization: `Bearer ${house.keys.m1}` },
      signal: leaving.signal,
    });
    let heard = '';
    const listen = async () => {
      for await (const chunk of stream.body ?? []) heard += new TextDecoder().decode(chunk as Uint8Array);
    };
    void listen().catch(() => undefined);

    const { status, body } = await place(ACCOUNT);
    assert.deepEqual([status, shown(body)], [201, '***2222']);
    const orderId = String(body['orderId']);
    const [asked] = await house.said('LineSelectionRequested', orderId);
    assert.ok(asked?.request.hasRecipient);
    await house.bus.tell(
      answerTo(asked.request, 'alpha', { sku: 'credit' }),
      standing(asked.request, 'alpha', { sku: 'credit', delivered: 2 }),
    );
    const [assigned] = await house.said('LineAssigned', orderId);
    assert.equal(assigned?.recipient, ACCOUNT);

    for (const as of [house.keys.m1, 'op']) {
      const order = (await house.call('GET', `/orders/${orderId}`, { as })).body;
      assert.deepEqual([order['status'], shown(order)], ['completed', '***2222']);
      for (const path of ['/orders', `/orders/${orderId}/timeline`])
        assert.doesNotMatch(JSON.stringify((await house.call('GET', path, { as })).body), new RegExp(ACCOUNT), path);
    }
    assert.deepEqual(await whereaboutsOf(ACCOUNT, house.service.database.pool), ['event LineAssigned', 'event RecipientNoted', 'orders']);
    await eventually(() => Promise.resolve(heard.includes('OrderClosed')));
    leaving.abort();
    assert.match(heard, /event: LineAssigned/);
    // six digits of it: an order’s id may hold any three
    assert.doesNotMatch(heard, /138111|recipient/i);
    assert.ok(logged.length > 0);
    assert.doesNotMatch(logged.join(''), new RegExp(ACCOUNT));
  });

  it(`is shown by its end, a short one not at all; it has up to ${RECIPIENT_MAX} characters, however wide`, async () => {
    for (const [recipient, seen] of [
      ['阿星🎮@星海', '***🎮@星海'],
      ['abcd', '***'],
      ['🎮'.repeat(RECIPIENT_MAX), '***🎮🎮🎮🎮'],
    ] as const) {
      const { status, body } = await place(recipient);
      assert.deepEqual([status, shown(body)], [201, seen]);
    }
  });
});
