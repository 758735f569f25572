import type { Fact } from '@midstream/contracts';
import { holdIdOf, isRejection, offerIdOf, type Untimed } from '@midstream/kernel';
import { given, NOON } from '@midstream/testing/given';
import { inventory, type InventoryCommand, noRows, type Rows } from './index';

export type Written = Untimed<InventoryCommand> & { readonly at?: number };

export const A = offerIdOf('a', 'vip');
export const B = offerIdOf('b', 'vip');
export const VAULT = offerIdOf('hub', 'vip');

export const vip: Omit<Fact<'ProductState'>, 'type' | 'version'> = {
  sku: 'vip',
  name: { zh: '视频会员月卡', en: 'Video membership, one month' },
  category: 'video-membership',
  fulfilmentKind: 'PIN_PURCHASE',
  faceValueMinor: 3000,
  priceMinor: 2600,
  currency: 'CNY',
  regions: ['CN'],
  attributes: {},
  listed: true,
};

export const terms = {
  costTiers: [{ from: 1, costMinor: 2000 }],
  currency: 'CNY',
  regions: ['CN'],
  minQuantity: 1,
  maxQuantity: 1000,
  capacityPerMinute: 600,
  leadTimeMs: 1000,
  safetyStock: 0,
};

/** Rows after these commands; a refusal is a fault of the test. */
export function after(rows: Rows, ...commands: readonly Written[]): Rows {
  return commands.reduce((now, command) => {
    const decision = inventory.decide({ at: NOON, ...command }, now, {});
    if (isRejection(decision)) throw new Error(`refused: ${JSON.stringify(decision)}`);
    const next = decision.reduce((state, event) => inventory.evolve(state, event), now);
    inventory.uphold(next);
    return next;
  }, rows);
}

export const putOffer = (supplierId: string, change: Partial<typeof terms> = {}): Written => ({
  type: 'PutOffer',
  supplierId,
  sku: 'vip',
  terms: { ...terms, ...change },
});

export const report = (supplierId: string, quantity: number, sequence: number): Written => ({
  type: 'ReportStock',
  supplierId,
  offerId: offerIdOf(supplierId, 'vip'),
  quantity,
  sequence,
});

const http = (supplierId: string): Written => ({
  type: 'PutSupplier',
  supplier: {
    supplierId,
    kind: 'http',
    name: { zh: supplierId, en: supplierId },
    upstreamGroup: supplierId,
    baseUrl: 'http://supplier.test',
  },
});

/** The product, and A and B with this stock, at a cost of 2000 for a price of 2600. */
export function aMarket({ a = 10, b = 10, change = {} }: { a?: number; b?: number; change?: Partial<typeof terms> } = {}): Rows {
  return after(
    noRows,
    { type: 'PutProduct', product: vip },
    http('a'),
    http('b'),
    putOffer('a', change),
    putOffer('b', change),
    report('a', a, 1),
    report('b', b, 1),
  );
}

type Candidate = Fact<'OffersCleared'>['candidates'][number];

export const candidate = (supplierId: string, change: Partial<Candidate> = {}): Candidate => ({
  offerId: offerIdOf(supplierId, 'vip'),
  supplierId,
  sku: 'vip',
  priceMinor: 2600,
  currency: 'CNY',
  expectedMinor: 500,
  version: 1,
  planned: 0,
  verdict: { status: 'compliant', ruleVersion: 1 },
  ...change,
});

type Request = Fact<'OffersCleared'>['request'];

export const request = (quantity: number, change: Partial<Request> = {}): Request => ({
  orderId: 'o',
  merchantId: 'm',
  lineId: '1',
  attempt: 1,
  depth: 1,
  ranking: 1,
  quantity,
  need: { sku: 'vip' },
  region: 'CN-31',
  segment: 'retail',
  tier: 'standard',
  scenario: 'general',
  priceCapMinor: 2600,
  currency: 'CNY',
  substitution: { upTo: 'other-supplier', consent: 'pre-approved', consentDefault: 'refund', consentMs: 900_000 },
  deliverBy: new Date(NOON + 3_600_000).toISOString(),
  excluded: [],
  tried: [],
  ...change,
});

export const holdFirst = (quantity: number, candidates: readonly Candidate[], change: Partial<Request> = {}): Written => ({
  type: 'HoldFirst',
  decisionId: 'd',
  request: request(quantity, change),
  candidates: [...candidates],
  gates: {},
});

export const H = holdIdOf('o', '1', 1, A);
export const P = `${H}/1`;
export const ofP = { holdId: H, purchaseId: P, sku: 'vip' } as const;

/** Six units held at A; assigned and submitted where asked for. */
export function aHold(stage: 'held' | 'queued' | 'submitting' | 'unknown', market: Rows = aMarket()): Rows {
  const held = after(market, holdFirst(6, [candidate('a')]));
  if (stage === 'held') return held;
  const queued = after(held, { type: 'AssignHold', holdId: H });
  if (stage === 'queued') return queued;
  const submitting = after(queued, { type: 'SubmitPurchase', ...ofP, quantity: 6 });
  return stage === 'submitting' ? submitting : after(submitting, { type: 'MarkUnknown', ...ofP });
}

export const codes = (...units: number[]) => units.map((unit) => ({ unit, kind: 'code' as const }));

export const outcome = (change: Partial<Extract<Written, { type: 'RecordOutcome' }>> = {}): Written => ({
  type: 'RecordOutcome',
  ...ofP,
  units: codes(1, 2, 3, 4, 5, 6),
  rest: 'refused',
  unitCostMinor: 2_000,
  ...change,
});

export const ban = (version: number, ...regions: string[]): Written => ({
  type: 'NoteVerdict',
  sku: 'vip',
  version,
  verdicts: regions.map((region) => ({ region, status: 'banned', fromAt: NOON })),
});

export const start = (rows: Rows) => given(inventory, rows);
export { NOON };
