import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRejection } from '@midstream/kernel';
import { A, aHold, aMarket, after, H, NOON, outcome, putOffer, type Written } from './inventory.fixtures';
import { convert, convertBack, inventory, type Rows, rowOf } from './index';

const offerOf = (rows: Rows) => rowOf(rows.offers, A);

describe('what a supplier abroad has sold, or refused', () => {
  const rate = (value: number, seenAt = NOON): Written => ({ type: 'PutRate', base: 'USD', quote: 'CNY', rate: value, seenAt });
  const tiersOf = (costMinor: number) =>
    ({ currency: 'USD', costTiers: [{ from: 1, costMinor }], freshness: 'instant' }) as Parameters<typeof putOffer>[1];
  const dollars = putOffer('a', tiersOf(300));
  const abroad = (): Rows => after(after(aMarket(), rate(7)), dollars);
  const requoted = (rows: Rows, offerId: string): Rows => {
    const decision = inventory.decide({ at: NOON, ...rate(7.1, NOON + 1) }, rows, {});
    assert.ok(!isRejection(decision));
    const commands = decision.flatMap((it) => inventory.react(it)).map((it) => it.command);
    assert.ok(commands.length > 0, offerId);
    return commands.reduce((now, command) => after(now, command), after(rows, rate(7.1, NOON + 1)));
  };

  it('is the hub’s own once it was asked back: paid, without a rate, and without a promise to report', () => {
    const asked = after(aHold('submitting', abroad()), { type: 'ReleaseHold', holdId: H, reason: 'cancelled' });
    const decision = inventory.decide({ at: NOON, ...outcome({ unitCostMinor: 2_100 }) }, asked, {});
    assert.ok(!isRejection(decision));
    const [terms] = decision.flatMap((it) => (it.type === 'CodesKept' ? [it.terms] : []));
    assert.deepEqual(
      [terms?.supplierId, terms?.costTiers[0]?.costMinor, terms?.quoted, terms?.freshness],
      ['hub', 2_100, undefined, undefined],
    );
  });

  it('at more than a number can say costs the largest there is, and what it does at the next rate', () => {
    const rows = after(abroad(), rate(999_999_999, NOON + 1), { ...putOffer('a', tiersOf(Number.MAX_SAFE_INTEGER)) });
    assert.equal(offerOf(rows).costTiers[0]?.costMinor, Number.MAX_SAFE_INTEGER);
    assert.equal(offerOf(rows).quoted?.costTiers[0]?.costMinor, Number.MAX_SAFE_INTEGER);
    assert.equal(convert(1_000_000_000_000, 1e12), Number.MAX_SAFE_INTEGER);
    assert.equal(convertBack(Number.MAX_SAFE_INTEGER, 1e-9), Number.MAX_SAFE_INTEGER);
    const requote = { type: 'RequoteOffer', offerId: A, base: 'USD', quote: 'CNY', rate: 7, seenAt: NOON + 2 } as const;
    assert.equal(offerOf(after(rows, putOffer('a', tiersOf(300)), requote)).costTiers[0]?.costMinor, 2_100);
  });

  it('costs what its refusal has taught, also at the next rate', () => {
    const refused = outcome({ units: [], rest: 'price-risen', unitCostMinor: 2_450 });
    const rows = after(aHold('submitting', abroad()), refused);
    assert.deepEqual([offerOf(rows).costTiers[0]?.costMinor, offerOf(rows).quoted?.costTiers[0]?.costMinor], [2_450, 350]);
    assert.equal(offerOf(requoted(rows, A)).costTiers[0]?.costMinor, 2_485);
  });
});
