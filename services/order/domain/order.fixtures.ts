import assert from 'node:assert/strict';
import type { Fact, HeldOffer, LossReason } from '@midstream/contracts';
import { draftedRows, holdIdOf, isRejection, offerIdOf, type Untimed } from '@midstream/kernel';
import { given, NOON } from '@midstream/testing/given';
import { type NewLine, noRows, order, type OrderCommand, type OrderEvent, type Products, type Rows } from './index';

export type Written = Untimed<OrderCommand> & { readonly at?: number };

export const OF = { orderId: 'o', merchantId: 'm' } as const;
export const LINE = { ...OF, lineId: '1' } as const;

/** What is on sale: two memberships of one category, telephone credit, cards of 100 and of 50 of one game, and a game card in another currency. */
export const products: Products = new Map([
  ['video', aProduct({ priceMinor: 2500 })],
  ['music', aProduct({ priceMinor: 2400, attributes: { kind: 'music' } })],
  ['credit', aProduct({ fulfilmentKind: 'VALUE_RECHARGE', category: 'phone-top-up' })],
  ['card-100', aProduct({ priceMinor: 9750, category: 'game-card', faceValueMinor: 10_000, attributes: { game: 'star' } })],
  ['card-50', aProduct({ priceMinor: 4870, category: 'game-card', faceValueMinor: 5_000, attributes: { game: 'star' } })],
  ['gone', aProduct({ listed: false })],
  ['dollar-card', aProduct({ currency: 'USD', category: 'game-card' })],
]);

function aProduct(change: Partial<Fact<'ProductState'>>): Omit<Fact<'ProductState'>, 'type' | 'sku' | 'version'> {
  return {
    ...{ name: { zh: '会员', en: 'Membership' }, category: 'membership', fulfilmentKind: 'PIN_PURCHASE', faceValueMinor: 3000 },
    ...{ priceMinor: 2500, currency: 'CNY', regions: ['CN'], attributes: {}, listed: true },
    ...change,
  };
}

export const aLine = (change: Partial<NewLine> = {}): NewLine => ({
  ...{ lineId: '1', need: { sku: 'video' }, quantity: 10, maxUnitPriceMinor: 2600, currency: 'CNY' },
  ...change,
});

export const places = (...lines: readonly NewLine[]): Extract<Written, { type: 'PlaceOrder' }> => ({
  ...{ type: 'PlaceOrder', ...OF, clientReference: 'm-1', buyer: { reference: 'b', region: 'CN-31' } },
  lines: lines.length > 0 ? lines : [aLine()],
});

/** Rows after these commands; a refusal is a fault of the test. */
export function after(rows: Rows, ...commands: readonly Written[]): Rows {
  return commands.reduce((now, command) => decided(now, command).rows, rows);
}

export function decided(rows: Rows, command: Written): { rows: Rows; events: readonly OrderEvent[] } {
  const decision = order.decide({ at: NOON, ...command }, rows, products);
  if (isRejection(decision)) throw new Error(`refused: ${JSON.stringify(decision)}`);
  const next = decision.reduce((state, event) => order.evolve(state, event), rows);
  assert.deepEqual(draftedRows(decision) ?? next, next, 'a draft makes of its rows what its events make of them');
  order.uphold(next);
  return { rows: next, events: decision };
}

/** A merchant with this money. */
export const aMerchant = (availableMinor = 1_000_000): Rows =>
  after(
    noRows,
    { type: 'PutMerchant', merchant: { merchantId: 'm', name: 'Star Mall', currency: 'CNY', status: 'active' } },
    ...(availableMinor === 0
      ? []
      : [{ type: 'DepositMoney' as const, merchantId: 'm', amountMinor: availableMinor, currency: 'CNY', reference: 'd-1' }]),
  );

export const held = (offer: string, granted: number, change: Partial<HeldOffer> & { readonly attempt?: number } = {}): HeldOffer => {
  const { attempt = 1, ...rest } = change;
  const sku = rest.sku ?? 'video';
  const offerId = offerIdOf(offer, sku);
  const holdId = holdIdOf('o', '1', attempt, offerId);
  return {
    tally: { holdId, version: 1, granted, delivered: 0, lost: 0, released: 0 },
    ...{ offerId, supplierId: offer, sku, priceMinor: 2500, currency: 'CNY', expiresAt: new Date(NOON + 600_000).toISOString() },
    ...rest,
  };
};

type Answer = Extract<Written, { type: 'NoteAnswer' }>;

export const answers = (attempt: number, holds: readonly HeldOffer[], change: Partial<Answer> = {}): Answer => ({
  ...{ type: 'NoteAnswer', ...LINE, attempt, decisionId: `o:1:${attempt}:1`, holds },
  ...{ tried: [], candidates: [], gates: {} },
  ...change,
});

export const tried = (offer: string, version: number, outcome: Answer['tried'][number]['outcome'] = 'no-stock'): Answer['tried'] => [
  { offerId: offerIdOf(offer, 'video'), outcome, available: 0, version },
];

interface Hears {
  readonly attempt?: number;
  readonly sku?: string;
  readonly version?: number;
  readonly granted?: number;
  readonly delivered?: number;
  readonly lost?: number;
  readonly released?: number;
  readonly at?: number;
}

/** Inventory says how a hold stands; `granted` is 10 unless said. */
export function hears(offer: string, reason: LossReason | undefined, change: Hears): Extract<Written, { type: 'NoteHold' }> {
  const { attempt = 1, sku = 'video', version = 2, granted = 10, delivered = 0, lost = 0, released = 0, at = NOON } = change;
  const told = reason !== undefined ? 'HoldLost' : released > 0 ? 'HoldReleased' : delivered > 0 ? 'UnitsDelivered' : 'PurchaseSubmitted';
  const tally = { holdId: holdIdOf('o', '1', attempt, offerIdOf(offer, sku)), version, granted, delivered, lost, released };
  return { type: 'NoteHold', at, ...LINE, told, tally, ...(reason && { reason }) };
}

interface AnOrder {
  readonly line?: Partial<NewLine>;
  /** Units held of the first attempt, by offer. */
  readonly held?: Readonly<Record<string, number>>;
}

/** A placed order of one line of ten; held of it what is said, all else still looked for. */
export function anOrder({ line = {}, held: of = {} }: AnOrder = {}): Rows {
  const rows = after(aMerchant(), places(aLine(line)));
  const holds = Object.entries(of).map(([offer, units]) => held(offer, units));
  return holds.length === 0 ? rows : after(rows, answers(1, holds));
}

export const start = (rows: Rows) => given(order, rows, products);
export const lineIn = (rows: Rows) => rows.orders['o']?.lines['1'];
export const money = ({ accounts }: Rows) => [accounts['m']?.availableMinor, accounts['m']?.heldMinor];
export { NOON };
