import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { aHouse, anOrder, type House } from './order.app.fixtures';

describe('a buyer', () => {
  let house: House;
  before(async () => void (house = await aHouse()));
  after(() => house.stop());

  const buy = async (reference: string) => {
    const { body } = await house.call('POST', '/orders', { as: house.keys.m1, body: anOrder({ buyer: { reference, region: 'CN-31' } }) });
    return { orderId: String(body['orderId']), buyerKey: String(body['buyerKey']) };
  };
  const erase = (body: object, as: string) => house.call('POST', '/buyers/erasures', { as, body });

  it('is known to others by a pseudonym, always the same, and each his own', async () => {
    const [first, again, other] = [await buy('secret-buyer'), await buy('secret-buyer'), await buy('another')];
    assert.match(first.buyerKey, /^[0-9a-f]{32}$/);
    assert.equal(again.buyerKey, first.buyerKey);
    assert.notEqual(other.buyerKey, first.buyerKey);
    const [asked] = await house.said('LineSelectionRequested', first.orderId);
    assert.equal(asked?.request.buyerKey, first.buyerKey);
    assert.ok(!JSON.stringify(asked).includes('secret-buyer'));
    const elsewhere = await erase({ reference: 'secret-buyer', merchantId: 'm2' }, 'op');
    assert.notEqual(elsewhere.body['buyerKey'], first.buyerKey);
  });

  it('is forgotten by whoever may say so', async () => {
    const { buyerKey } = await buy('secret-buyer');
    const answer = await erase({ reference: 'secret-buyer' }, house.keys.m1);
    assert.deepEqual([answer.status, answer.body], [202, { merchantId: 'm1', buyerKey }]);
    const { rows } = await house.service.database.pool.query(`SELECT data FROM event WHERE type = 'BuyerErased' AND key = $1`, [buyerKey]);
    assert.deepEqual(rows, [{ data: { merchantId: 'm1', buyerKey } }]);
    const refused = async (body: object, as: string) => {
      const { status, body: problem } = await erase(body, as);
      return [status, problem['code']];
    };
    assert.deepEqual(await refused({ reference: 'b', merchantId: 'm2' }, house.keys.m1), [403, 'foreign-merchant']);
    assert.deepEqual(await refused({ reference: 'b' }, 'op'), [422, 'merchant-missing']);
    assert.deepEqual(await refused({ reference: 'b', merchantId: 'nobody' }, 'op'), [404, 'unknown-merchant']);
    assert.equal((await refused({ reference: '' }, house.keys.m1))[0], 400);
  });
});
