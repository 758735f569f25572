import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPrivate, PrivateAddress } from '../address';
import { Unanswered, type Wanted } from '../port';
import { readPurchase, readRefusal, readStock } from './wire';

const wanted: Wanted = {
  ...{ purchaseId: 'p', holdId: 'o/1/1/a~vip', offerId: 'a~vip', supplierId: 'a', sku: 'vip', quantity: 2 },
  ...{ maxCostMinor: 10, unitCostMinor: 9, currency: 'CNY', deliverByAt: 0 },
};
const whole = {
  idempotencyKey: 'p',
  sku: 'vip',
  status: 'fulfilled',
  costMinor: 9,
  units: [{ kind: 'code', code: 'x' }, { kind: 'top-up' }],
};

describe('an answer of a supplier', () => {
  it('is taken as the protocol has it', () =>
    assert.deepEqual(readPurchase({ ...whole, currency: 'CNY' }, wanted), {
      status: 'fulfilled',
      costMinor: 9,
      units: [{ kind: 'code', code: 'x' }, { kind: 'top-up' }],
    }));

  it('leaves the outcome open where it is about something else, or broken', () => {
    for (const change of [
      { idempotencyKey: 'q' },
      { sku: 'other' },
      { status: 'done' },
      { units: undefined },
      { units: [whole.units[0]] },
      { units: [...whole.units, { kind: 'code', code: 'y' }] },
      { costMinor: -1 },
      { costMinor: 1.5 },
      { currency: 'USD' },
    ])
      assert.throws(() => readPurchase({ ...whole, ...change }, wanted), Unanswered, JSON.stringify(change));
    for (const body of [null, 'text', [], 7]) assert.throws(() => readPurchase(body, wanted), Unanswered);
  });

  it('with a unit that is no code loses that unit only', () =>
    assert.deepEqual(readPurchase({ ...whole, units: [{ kind: 'code', code: 'x' }, { kind: 'code' }] }, wanted).units[1], {
      kind: 'code',
      code: '',
    }));
});

describe('a stock answer', () => {
  const good = (costTiers: unknown, change: object = {}) => ({ sku: 'vip', available: 3, currency: 'CNY', costTiers, ...change });
  const [one, ten] = [{ from: 1, costMinor: 9 }, { from: 10, costMinor: 8, note: 'x' }]; // prettier-ignore
  const read = (...items: readonly unknown[]) => readStock({ items }).items;

  it('names what one unit costs, and larger quantities where all of it is sound', () => {
    const of = { supplierSku: 'vip', available: 3, costMinor: 9, currency: 'CNY' };
    assert.deepEqual(read(good([one, ten])), [{ ...of, costTiers: [one, { from: 10, costMinor: 8 }] }]);
    assert.deepEqual(read(good([one, { from: 10 }])), [of]);
  });

  it('loses a good that is told otherwise, and no other', () =>
    assert.equal(
      read(good([]), good(undefined), good([{ from: 1, costMinor: -1 }]), good([one], { available: 1.5 }), good([one])).length,
      1,
    ));
});

describe('a refusal', () => {
  it('of the purchase is the same, sent or asked for', () => {
    for (const asked of ['buy', 'ask'] as const) {
      assert.equal(readRefusal(409, { code: 'out-of-stock' }, asked).rest, 'out-of-stock');
      assert.deepEqual(readRefusal(409, { code: 'price-risen', costMinor: 12 }, asked), {
        units: [],
        rest: 'price-risen',
        unitCostMinor: 12,
      });
      assert.equal(readRefusal(409, { code: 'insufficient-balance' }, asked).rest, 'no-balance');
    }
  });

  it('of a request says nothing of a purchase that was sent before', () => {
    assert.equal(readRefusal(429, { code: 'rate-limited' }, 'buy').rest, 'capacity');
    assert.throws(() => readRefusal(429, { code: 'rate-limited' }, 'ask'), Unanswered);
    assert.throws(() => readRefusal(401, { code: 'unauthorised' }, 'ask'), Unanswered);
  });

  it('as not found ends a question, and no purchase', () => {
    assert.equal(readRefusal(404, { code: 'not-found' }, 'ask').rest, 'refused');
    assert.throws(() => readRefusal(404, { code: 'not-found' }, 'buy'), Unanswered);
  });

  it('that no protocol has leaves the outcome open', () => {
    for (const [status, body] of [
      [500, { code: 'refused' }],
      [409, { code: 'in-progress' }],
      [404, {}],
      [418, 'x'],
    ] as const)
      assert.throws(() => readRefusal(status, body, 'buy'), Unanswered);
  });
});

describe('an address inside our own network', () => {
  it('is known in all its disguises', () => {
    for (const it of [
      '127.0.0.1',
      '10.1.2.3',
      '169.254.169.254',
      '100.64.0.1',
      '192.168.1.1',
      '0.0.0.0',
      '::1',
      '::ffff:127.0.0.1',
      'fd00::1',
      'fe80::1',
    ]) {
      assert.ok(isPrivate(it), it);
    }
    for (const it of ['8.8.8.8', '2001:4860:4860::8888']) assert.ok(!isPrivate(it), it);
    // a URL writes a decimal, octal or shortened address out
    for (const it of ['http://127.1/', 'http://2130706433/', 'http://0x7f.0.0.1/', 'http://[::ffff:7f00:1]/']) {
      assert.throws(() => PrivateAddress.refuse(it), PrivateAddress, it);
    }
    PrivateAddress.refuse('https://supplier.example/');
  });
});
