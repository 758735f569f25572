import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { afterLine, type BuyersLine, comingAgain, LIKING_MAX, likingOf, RETURN_MS, stayingWeight } from './profile';

const DAY = 86_400_000;
const aLine = (orderId: string, day: number, sku = 'video', offerId = `a~${sku}`): BuyersLine => ({
  ...{ buyerKey: 'k', merchantId: 'm1', orderId, tier: 'gold', at: day * DAY, served: [{ offerId, sku, units: 2 }] },
});
const after = (...lines: readonly BuyersLine[]) => {
  let profile: ReturnType<typeof afterLine>['profile'] | undefined;
  const cameBackAfter: string[] = [];
  const judged: string[] = [];
  for (const it of lines) {
    const noted = afterLine(profile, it);
    profile = noted.profile;
    if (noted.cameBack) cameBackAfter.push(...noted.judged);
    judged.push(...noted.judged);
  }
  assert.ok(profile !== undefined);
  return { profile, cameBackAfter, judged };
};

describe("a buyer's profile", () => {
  it('counts orders, not lines, and knows when the buyer came back, and to whom', () => {
    const { profile, cameBackAfter } = after(aLine('o1', 0), aLine('o1', 0, 'music', 'b~music'), aLine('o2', 3));
    assert.deepEqual([profile.orders, profile.returns, profile.units, profile.tier], [2, 1, 6, 'gold']);
    assert.deepEqual(cameBackAfter, ['a~video', 'b~music']);
  });

  it('takes an order after the time of a return for a new beginning', () => {
    const { profile, cameBackAfter, judged } = after(aLine('o1', 0), aLine('o2', RETURN_MS / DAY + 1));
    assert.deepEqual([profile.orders, profile.returns, cameBackAfter, judged], [2, 0, [], ['a~video']]);
  });

  it('likes what was bought most, and values a buyer who comes again', () => {
    const { profile } = after(aLine('o1', 0), aLine('o2', 1), aLine('o3', 2), aLine('o4', 3, 'music'));
    assert.ok(likingOf(profile, 'video') > likingOf(profile, 'music'));
    assert.equal(likingOf(profile, 'else'), 0);
    assert.ok(comingAgain(profile) > comingAgain(after(aLine('o1', 0)).profile));
    assert.ok(stayingWeight(profile) > 1);
  });

  it('stays within its bounds, whatever is bought', () => {
    const line = fc.record({ day: fc.nat(400), order: fc.nat(30), sku: fc.nat(60) });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 80 }), (lines) => {
        const { profile } = after(...lines.map(({ day, order, sku }) => aLine(`o${order}`, day, `s${sku}`)));
        assert.ok(profile.returns < profile.orders && Object.keys(profile.goods).length <= 20);
        for (const it of Object.keys(profile.goods)) assert.ok(likingOf(profile, it) > 0 && likingOf(profile, it) <= LIKING_MAX);
      }),
    );
  });
});
