import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Fact, faultOf } from '@midstream/contracts';
import { COMPLAINT_MS, COMPLAINTS_MAX, type Rows } from './index';
import { after, aLine, aMerchant, answers, hears, held, LINE, lineIn, money, NOON, places, start } from './order.fixtures';

const BUYER = 'b'.repeat(32);
const DAY = 86_400_000;
/** Ten units, of two goods: four of what was asked for, then six of a cheaper one in its place; the last came a minute later. */
const holding = after(
  aMerchant(),
  { ...places(aLine({ substitution: { upTo: 'same-category', consent: 'pre-approved' } })), buyerKey: BUYER },
  answers(1, [held('A', 4), held('B', 6, { sku: 'music', priceMinor: 2400 })]),
);
const delivered = after(
  holding,
  hears('A', undefined, { granted: 4, delivered: 4 }),
  hears('B', undefined, { sku: 'music', granted: 6, delivered: 6, at: NOON + 60_000 }),
);

type Filing = Partial<{ complaintId: string; units: number; sku: string; note: string; merchantId: string; lineId: string; at: number }>;
const files = (units: number, change: Filing = {}) =>
  ({ type: 'FileComplaint', ...LINE, complaintId: 'c1', units, reason: 'not-as-described', at: NOON + DAY, ...change }) as const;
const resolves = (outcome: 'rejected' | 'refunded', change: object = {}) =>
  ({ type: 'ResolveComplaint', ...LINE, complaintId: 'c1', outcome, at: NOON + 2 * DAY, ...change }) as const;

const of = (hold: 'A~video' | 'B~music', units: number) => {
  const [supplierId = '', sku = ''] = hold.split('~');
  const cameAt = hold === 'A~video' ? NOON : NOON + 60_000;
  return {
    ...{ holdId: `o/1/1/${hold}`, offerId: hold, supplierId, sku, units, ...(sku === 'music' && { insteadOf: 'video' }) },
    deliveredAt: new Date(cameAt).toISOString(),
  };
};
const told = (units: number, ...from: ReturnType<typeof of>[]): Omit<Fact<'ComplaintFiled'>, 'type'> => ({
  ...{ ...LINE, complaintId: 'c1', units, reason: 'not-as-described', filedAt: new Date(NOON + DAY).toISOString(), buyerKey: BUYER },
  from,
});
const counts = (rows: Rows) => {
  const { capturedMinor, refundedMinor = 0 } = lineIn(rows) ?? assert.fail();
  return [capturedMinor, refundedMinor, money(rows)[0]];
};

describe('a complaint', () => {
  it('is about the units that came last, where the merchant does not say which; it names their offers, and keeps its schema', () => {
    const { type: _, ...filed } = { type: 'ComplaintFiled', ...told(8, of('B~music', 6), of('A~video', 2)) } as const;
    start(delivered)
      .when(files(8))
      .thenExactly({ type: 'ComplaintFiled', ...filed });
    assert.equal(faultOf('ComplaintFiled', filed), undefined);
  });

  it('may name the good, and is taken once', () =>
    void start(delivered)
      .when(files(3, { sku: 'video' }))
      .thenExactly({ type: 'ComplaintFiled', ...told(3, of('A~video', 3)) })
      .when(files(3, { sku: 'video' }))
      .thenNothing());

  it('keeps the buyer’s words out of what others hear', () => {
    const [filed, taken] = [told(1, of('B~music', 1)), { type: 'NoteTaken', ...LINE, complaintId: 'c1', buyerKey: BUYER } as const];
    start(delivered)
      .when(files(1, { note: 'Ann is cross' }))
      .thenExactly({ type: 'ComplaintFiled', ...filed }, { ...taken, note: 'Ann is cross' });
  });

  it('is about what was delivered and not complained of yet, whatever the hub has said', () =>
    void start(after(delivered, files(7), resolves('rejected')))
      .when(files(4, { complaintId: 'c2' }))
      .thenRejected('complaint-over-limit')
      .when(files(3, { complaintId: 'c2' }))
      .thenExactly({ type: 'ComplaintFiled', ...told(3, of('A~video', 3)), complaintId: 'c2' })
      .when(files(1, { complaintId: 'c3' }))
      .thenRejected('complaint-over-limit'));

  it('is about nothing that has not come, while the rest is under way', () =>
    void start(after(holding, hears('A', undefined, { granted: 4, delivered: 1 })))
      .when(files(2))
      .thenRejected('complaint-over-limit')
      .when(files(1))
      .thenTypes('ComplaintFiled'));

  it('comes within 30 days of the delivery, to the millisecond', () => {
    start(delivered)
      .when(files(10, { at: NOON + COMPLAINT_MS }))
      .thenTypes('ComplaintFiled');
    start(delivered)
      .when(files(7, { at: NOON + COMPLAINT_MS + 1 }))
      .thenRejected('complaint-over-limit')
      .when(files(4, { sku: 'video', at: NOON + COMPLAINT_MS + 1 }))
      .thenRejected('complaint-too-late')
      .when(files(1, { at: NOON + COMPLAINT_MS + 60_001 }))
      .thenRejected('complaint-too-late');
  });

  const refused: readonly [string, Filing & { readonly units?: number }, string][] = [
    ['of another merchant', { merchantId: 'm2' }, 'order-not-found'],
    ['of no line', { lineId: '__proto__' }, 'line-not-found'],
    ['of no units', { units: 0 }, 'complaint-over-limit'],
    ['of half a unit', { units: 0.5 }, 'complaint-over-limit'],
    ['of no number', { units: Number.NaN }, 'complaint-over-limit'],
    ['of a good that did not come', { sku: 'credit' }, 'complaint-over-limit'],
  ];
  for (const [what, change, code] of refused)
    it(`is refused ${what}`, () =>
      void start(delivered)
        .when(files(1, change))
        .thenRejected(code as 'order-not-found'));

  it(`is refused after ${COMPLAINTS_MAX} others`, () => {
    const big = after(
      aMerchant(),
      places(aLine({ quantity: 200, maxUnitPriceMinor: 2500 })),
      answers(1, [held('A', 200)]),
      hears('A', undefined, { granted: 200, delivered: 200 }),
    );
    const full = Array.from({ length: COMPLAINTS_MAX }, (_, n) => files(1, { complaintId: `n${n}` }));
    start(after(big, ...full))
      .when(files(1))
      .thenRejected('too-many-complaints');
  });
});

describe('a complaint is open', () => {
  const open = after(delivered, files(8));
  const charged = 6 * 2400 + 2 * 2500;
  const paid = [24_400, 0, 1_000_000 - 24_400];
  const answer = (outcome: 'rejected' | 'refunded', refundMinor: number): Fact<'ComplaintResolved'> => ({
    ...{ type: 'ComplaintResolved', ...told(8, of('B~music', 6), of('A~video', 2)), outcome, refundMinor, currency: 'CNY' },
  });

  it('a no changes no money, and stays a no', () =>
    void start(open)
      .when(resolves('rejected'))
      .thenExactly(answer('rejected', 0))
      .thenState(counts, paid)
      .when(resolves('rejected'))
      .thenNothing()
      .when(resolves('refunded'))
      .thenRejected('complaint-resolved'));

  it('money comes back as it was captured, once; what was delivered stays delivered', () => {
    const refunded = [24_400, charged, 1_000_000 - 24_400 + charged];
    const entries = [
      { account: 'hub-revenue', amountMinor: -charged },
      { account: 'merchant-available', amountMinor: charged },
    ] as const;
    start(open)
      .when(resolves('refunded'))
      .thenExactly(answer('refunded', charged), {
        ...{ type: 'MoneyMoved', ...LINE, why: 'complaint-refunded', reference: 'c1', currency: 'CNY', entries },
      })
      .thenState(counts, refunded)
      .when(resolves('refunded'))
      .thenNothing()
      .when(resolves('refunded', { refundMinor: charged }))
      .thenNothing()
      .when(resolves('refunded', { refundMinor: charged - 1 }))
      .thenRejected('complaint-resolved')
      .when(resolves('rejected'))
      .thenRejected('complaint-resolved')
      .thenState(counts, refunded)
      .thenState((rows) => [lineIn(rows)?.end, rows.orders['o']?.end], ['delivered', 'completed']);
  });

  it('less may come back, and no more than was captured for its units', () => {
    const asked = start(open);
    for (const refundMinor of [0, -1, 0.5, charged + 1])
      asked.when(resolves('refunded', { refundMinor })).thenRejected('refund-out-of-range');
    asked
      .when(resolves('rejected', { refundMinor: 1 }))
      .thenRejected('refund-out-of-range')
      .when(resolves('refunded', { refundMinor: 1 }))
      .thenState(counts, [24_400, 1, 1_000_000 - 24_399]);
  });

  it('a refund of what cost nothing moves nothing', () => {
    const free = after(aMerchant(), places(aLine({ quantity: 1 })), answers(1, [held('A', 1, { priceMinor: 0 })]));
    start(after(free, hears('A', undefined, { granted: 1, delivered: 1 }), files(1)))
      .when(resolves('refunded'))
      .thenTypes('ComplaintResolved');
  });

  it('only the hub’s word for this complaint is one', () =>
    void start(open)
      .when(resolves('refunded', { complaintId: '__proto__' }))
      .thenRejected('complaint-not-found')
      .when(resolves('refunded', { lineId: '2' }))
      .thenRejected('complaint-not-found')
      .when(resolves('refunded', { merchantId: 'm2' }))
      .thenRejected('order-not-found'));

  it('goes on while the rest of its line runs, is cancelled and given back', () =>
    void start(after(holding, hears('A', undefined, { granted: 4, delivered: 4 }), files(2)))
      .has({ type: 'CancelOrder', orderId: 'o', merchantId: 'm' })
      .has(resolves('refunded'))
      .when(hears('B', undefined, { sku: 'music', granted: 6, released: 6 }))
      .thenState(counts, [10_000, 5_000, 1_000_000 - 5_000]));
});
