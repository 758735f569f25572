import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fact } from '@midstream/contracts';
import { given } from '@midstream/testing/given';
import { emptyHistory } from '../beliefs/history';
import { lateCountsAt } from '../beliefs/rates';
import { qualityOf } from '../beliefs/read';
import { acceptanceOf } from '../beliefs/substitutes';
import { emptyBook, type OfferBook } from '../book';
import { knowAfterSales } from '../buyers/after-sales';
import { gateOf, wantedBy } from '../gates';
import { selection } from '../index';
import { aBook, aBurst, anOffer, aProduct, aRequest, NO_ROWS, NOON } from '../selection.fixtures';
import { knowComplaint } from './know';
import type { Complained } from './note';

const DAY = 86_400_000;
const hold = { holdId: 'o/1/1/a~video', offerId: 'a~video', supplierId: 'a', sku: 'video' };
const instead = { holdId: 'o/1/2/m~music', offerId: 'm~music', supplierId: 'm', sku: 'music', insteadOf: 'video' };

const filed = (complaintId = 'c1', filedAt = NOON - DAY): Fact<'ComplaintFiled'> => {
  const from = [hold, instead].map((it) => ({ ...it, units: 1, deliveredAt: new Date(NOON - 2 * DAY).toISOString() }));
  const of = { orderId: 'o', merchantId: 'm1', lineId: '1', complaintId, units: 2, reason: 'late', from } as const;
  return { type: 'ComplaintFiled', ...of, filedAt: new Date(filedAt).toISOString() };
};
const resolved = (outcome: 'rejected' | 'refunded', complaintId = 'c1'): Fact<'ComplaintResolved'> => ({
  ...{ ...filed(complaintId), type: 'ComplaintResolved', outcome, refundMinor: 0, currency: 'CNY' },
});
const calledFor = (fact: Fact<'ComplaintFiled' | 'ComplaintResolved'>) => {
  const [due] = selection.react(fact);
  assert.ok(due);
  return due.command;
};
const noted = (of: typeof hold, stands: boolean, complaintId = 'c1') =>
  ({ type: 'ComplaintNoted', complaintId, filedAt: NOON - DAY, stands, notedAt: NOON, hold: of }) as const;

describe('a complaint is heard', () => {
  it('is noted of each delivery that it is about, once', () =>
    void given(selection, NO_ROWS, emptyBook())
      .when(calledFor(filed()))
      .thenExactly(noted(hold, true), noted(instead, true))
      .when(calledFor(filed()))
      .thenNothing());

  it('and rejected: stands no more, whatever is told again', () =>
    void given(selection, NO_ROWS, emptyBook())
      .has(calledFor(filed()))
      .when(calledFor(resolved('rejected')))
      .thenExactly(noted(hold, false), noted(instead, false))
      .when(calledFor(resolved('rejected')))
      .thenNothing()
      .when(calledFor(filed()))
      .thenNothing());

  it('and refunded: that is no news', () => assert.deepEqual(selection.react(resolved('refunded')), []));

  it('beside another of the same delivery, which stands for itself', () => {
    const { complaints } = given(selection, NO_ROWS, emptyBook())
      .has(calledFor(filed('c1')))
      .has(calledFor(filed('c2', NOON - DAY / 2)))
      .when(calledFor(resolved('rejected', 'c1'))).rows;
    assert.deepEqual(complaints[hold.holdId], {
      ...{ ...hold, firstAt: NOON - DAY, changedAt: NOON, complaints: { c1: false, c2: true } },
    });
  });
});

/** Offers a and m, each with so many deliveries of so long ago. */
const market = (fulfilled = 100, ageMs = 10 * DAY): OfferBook => {
  const known = { outcomes: { fulfilled, failed: 0, responseMsSum: 0 }, stockAsOf: new Date(NOON - ageMs).toISOString() };
  return aBook(aProduct('video'), aProduct('music'), anOffer('a', 'video', known), anOffer('m', 'music', known));
};
const row = (n: number, change: Partial<Complained> = {}): Complained => ({
  ...{ ...hold, holdId: `o${n}/1/1/a~video`, firstAt: NOON - DAY, complaints: { c1: true }, changedAt: NOON },
  ...change,
});
const knowing = (book: OfferBook, ...rows: Complained[]) => {
  for (const it of rows) knowComplaint(book, it);
  return book;
};
const complaintAt = (book: OfferBook, at = NOON) =>
  qualityOf(book.beliefs, { offerId: 'a~video', supplierId: 'a', category: 'membership' }, at).complaint;
const isNear = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

describe('what complaints teach of an offer', () => {
  it('the more deliveries are complained of, the worse it is; of another supplier it says less', () => {
    const [none, one, three] = [market(), knowing(market(), row(1)), knowing(market(), row(1), row(2), row(3))];
    assert.ok(complaintAt(none) < complaintAt(one) && complaintAt(one) < complaintAt(three));
    const other = (book: OfferBook) =>
      qualityOf(book.beliefs, { offerId: 'm~music', supplierId: 'm', category: 'membership' }, NOON).complaint;
    const [farBefore, farAfter] = [other(none), other(three)];
    assert.ok(farAfter > farBefore && farAfter - farBefore < complaintAt(three) - complaintAt(none));
  });

  it('counts deliveries that have had time to be complained of: as many complaints of fresh ones are worse', () => {
    const [old, fresh] = [market(100, 10 * DAY), market(100, DAY / 4)];
    const change = { firstAt: NOON - DAY / 8 };
    assert.ok(complaintAt(knowing(old, row(1, change))) < complaintAt(knowing(fresh, row(1, change))));
  });

  it('counts a delivery once, in however many complaints and however often it is told', () => {
    const once = complaintAt(knowing(market(), row(1)));
    isNear(complaintAt(knowing(market(), row(1), row(1), row(1, { complaints: { c1: true, c2: true } }))), once);
    isNear(complaintAt(knowing(market(), row(1), row(1, { complaints: { c1: false, c2: true } }))), once);
  });

  it('takes back what was unfounded, however late the hub says so, and counts it anew where another complaint stands', () => {
    const book = knowing(market(), row(1), row(2));
    // The clock of what is learnt goes on; and once more, for how much offers differ is learnt anew once an hour
    const [later, latest] = [row(3, { firstAt: NOON + 5 * DAY }), row(4, { firstAt: NOON + 5.5 * DAY })];
    knowing(book, later);
    const before = complaintAt(knowing(market(), row(2), later, latest), NOON + 6 * DAY);
    const rejected = row(1, { complaints: { c1: false } });
    isNear(complaintAt(knowing(book, rejected, rejected, latest), NOON + 6 * DAY), before);
    assert.ok(complaintAt(knowing(book, row(1, { complaints: { c1: false, c2: true } })), NOON + 6 * DAY) > before);
  });

  it('learns nothing of a complaint that it hears of after it was rejected', () =>
    isNear(complaintAt(knowing(market(), row(1, { complaints: { c1: false } }))), complaintAt(market())));

  it('weighs those before it began as it does the deliveries that came before', () => {
    const book = market(10_000);
    const rows = Array.from({ length: 100 }, (_, n) => row(n));
    for (const it of rows) knowComplaint(book, it, true);
    const history = book.beliefs.offers.get('a~video')?.complaint;
    isNear(history?.labels ?? 0, 2); // one of a hundred, of 200 deliveries
    for (const it of rows) knowComplaint(book, { ...it, complaints: { c1: false } });
    isNear(history?.labels ?? 0, 0);
  });

  it('remembers half of it after a month: what is rare teaches slowly', () => {
    const { offers, settings } = knowing(market(), row(1)).beliefs;
    const labelsAt = (at: number) => lateCountsAt((offers.get('a~video') ?? emptyHistory(NOON)).complaint, settings.complaint, at)[0];
    isNear(labelsAt(NOON + 30 * DAY), labelsAt(NOON) / 2);
    assert.ok(labelsAt(NOON) > 0);
  });

  it('takes a substitute that is complained of as given back, as long as that stands', () => {
    const pair = { sku: 'music', insteadOf: 'video', sameCategory: true, referenceMinor: 2500, priceMinor: 2300, preApproved: true };
    const accepted = (book: OfferBook) => acceptanceOf(book.beliefs, pair, NOON);
    const given = row(1, { ...instead });
    const book = knowing(market(), given);
    assert.ok(accepted(book) < accepted(market()));
    isNear(accepted(knowing(book, { ...given, complaints: { c1: false } })), accepted(market()));
    isNear(accepted(knowing(market(), row(2))), accepted(market()));
  });
});

describe('while demand bursts', () => {
  it('an offer that is complained of gets no new line, and gets some again where that was unfounded', () => {
    const [good, bad] = [anOffer('g', 'video'), anOffer('a', 'video')];
    const book = aBook(aProduct('video'), aBurst('video'), good, bad);
    for (const it of [good, bad]) knowAfterSales(book, it.offerId, { served: 400, faulty: 0, judged: 200, returned: 100 }, NOON);
    const gates = () => {
      const request = aRequest();
      const asked = { request, wanted: wantedBy(request, book), product: aProduct('video'), book, at: NOON };
      return [good, bad].map((offer) => gateOf({ ...asked, offer }));
    };
    const rows = Array.from({ length: 20 }, (_, n) => row(n));
    knowing(book, ...rows.slice(0, 5));
    assert.deepEqual(gates(), [undefined, undefined]);
    knowing(book, ...rows);
    assert.deepEqual(gates(), [undefined, 'surge']);
    knowing(book, ...rows.map((it) => ({ ...it, complaints: { c1: false } })));
    assert.deepEqual(gates(), [undefined, undefined]);
  });
});
