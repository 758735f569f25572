import type { Additions, Buyer, Fact, Substitution } from '@midstream/contracts';
import { type Decision, isRejection, reject, type Rejection } from '@midstream/kernel';
import { draftOf, holdMoney } from './draft';
import {
  ATTRIBUTES_MAX,
  CONSENT_MAX_MS,
  CONSENT_MIN_MS,
  CONSENT_MS,
  DELIVER_WITHIN_MAX_MS,
  DELIVER_WITHIN_MS,
  LINES_MAX,
  QUANTITY_MAX,
  UNIT_PRICE_MAX_MINOR,
} from './limits';
import type { NewLine, OrderCode, OrderEvent, PlaceOrder } from './messages';
import { ask } from './select';
import { type Rows, sum } from './state';
import type { Product, Products } from './products';

type PlacedLine = Fact<'OrderPlaced'>['lines'][number];

/** Takes an order in, holds its money at the price cap, and starts every line's first lap: all of it, or nothing. */
export function placeOrder(command: PlaceOrder, rows: Rows, products: Products): Decision<OrderEvent, OrderCode> {
  const { orderId, merchantId, clientReference, additions, at } = command;
  if (rows.orders[orderId] !== undefined) return [];
  const account = rows.accounts[merchantId];
  const merchant = rows.merchants[merchantId];
  if (merchant === undefined || account === undefined) return reject('unknown-merchant', { merchantId });
  if (merchant.status === 'suspended') return reject('merchant-suspended', { merchantId });
  const waiving = command.lines.find((it) => it.waiveMarginFloor === true);
  if (waiving !== undefined && !merchant.mayWaiveMarginFloor) return reject('margin-floor-stands', { lineId: waiving.lineId });
  const lines = linesOf(command, account.currency, products);
  if (isRejection(lines)) return lines;
  if (additions !== undefined && !isAllowed(additions)) return reject('additions-out-of-range', ADDITIONS_MOST);
  const needed = sum(lines, (it) => it.quantity * it.maxUnitPriceMinor);
  if (needed > account.availableMinor) return reject('account-too-low', { available: account.availableMinor, needed });

  const draft = draftOf(rows);
  const { currency } = account;
  const { buyerKey } = command;
  const placed = { orderId, merchantId, clientReference, buyer: buyerOf(command.buyer), currency, heldMinor: needed, lines: [...lines] };
  const more = { ...(buyerKey !== undefined && { buyerKey }), ...(additions !== undefined && { additions }) };
  draft.emit({ type: 'OrderPlaced', ...placed, ...more });
  draft.emit({ type: 'OrderOpened', orderId, merchantId, placedAt: at, ...(merchant.tier && { merchantTier: merchant.tier }) });
  holdMoney(draft, command, 'order-placed', needed);
  for (const { lineId, quantity, recipient } of command.lines) {
    const of = { orderId, merchantId, lineId };
    if (recipient !== undefined) draft.emit({ type: 'RecipientNoted', ...of, recipient });
    ask(draft, of, { attempt: 1, depth: 1, ranking: 1, quantity, tried: [] });
  }
  return draft.events;
}

const ADDITIONS_MOST = { maxQuantity: QUANTITY_MAX, maxUnitPriceMinor: UNIT_PRICE_MAX_MINOR } as const;
const isAllowed = ({ maxQuantity, maxUnitPriceMinor }: Additions): boolean =>
  isWithin(maxQuantity, 1, QUANTITY_MAX) && isWithin(maxUnitPriceMinor, 0, UNIT_PRICE_MAX_MINOR);

/** What selection learns from, where the backend does not say. */
const buyerOf = ({ reference, region, segment, tier, scenario }: PlaceOrder['buyer']): Buyer => ({
  reference,
  region,
  segment: segment ?? 'retail',
  tier: tier ?? 'standard',
  scenario: scenario ?? 'general',
});

function linesOf({ lines, at }: PlaceOrder, currency: string, products: Products): readonly PlacedLine[] | Rejection<OrderCode> {
  if (lines.length === 0) return reject('lines-missing');
  if (lines.length > LINES_MAX) return reject('too-many-lines', { limit: LINES_MAX });
  const seen = new Set<string>();
  for (const line of lines) {
    const { lineId } = line;
    if (seen.has(lineId)) return reject('duplicate-line', { lineId });
    seen.add(lineId);
    const fault = faultOf(line, currency, products) ?? faultOfTimes(line, at);
    if (fault !== undefined) return fault;
  }
  return lines.map((it) => placedLine(it, at));
}

/** A price below any offer is no fault: the line will find nothing, and say at which gate. */
function faultOf(line: NewLine, currency: string, products: Products): Rejection<OrderCode> | undefined {
  const { lineId, need, quantity, maxUnitPriceMinor } = line;
  if (need.sku === undefined && need.category === undefined) return reject('need-incomplete', { lineId });
  if (Object.keys(need.attributes ?? {}).length > ATTRIBUTES_MAX) return reject('too-many-attributes', { lineId, limit: ATTRIBUTES_MAX });
  if (!isWithin(quantity, 1, QUANTITY_MAX)) return reject('quantity-out-of-range', { lineId, least: 1, most: QUANTITY_MAX });
  if (!isWithin(maxUnitPriceMinor, 0, UNIT_PRICE_MAX_MINOR)) return reject('price-out-of-range', { lineId, most: UNIT_PRICE_MAX_MINOR });
  if (line.currency !== currency) return reject('wrong-currency', { lineId, currency: line.currency, expected: currency });
  if (need.sku === undefined) return undefined;
  const product = products.get(need.sku);
  if (product === undefined || !product.listed) return reject('unknown-sku', { lineId, sku: need.sku });
  if (product.currency !== currency) return reject('wrong-currency', { lineId, currency, expected: product.currency });
  return faultOfRecipient(line, product);
}

/** Of a need by category selection sees to it: it knows whether the line names an account. */
function faultOfRecipient({ lineId, recipient }: NewLine, { fulfilmentKind }: Product): Rejection<OrderCode> | undefined {
  const isWanted = fulfilmentKind === 'VALUE_RECHARGE';
  if (isWanted === (recipient !== undefined)) return undefined;
  return reject(isWanted ? 'recipient-missing' : 'recipient-not-wanted', { lineId });
}

function faultOfTimes({ lineId, deliverByAt, substitution }: NewLine, at: number): Rejection<OrderCode> | undefined {
  if (deliverByAt !== undefined && !isWithin(deliverByAt, at + 1, at + DELIVER_WITHIN_MAX_MS))
    return reject('deliver-by-out-of-range', { lineId, withinMs: DELIVER_WITHIN_MAX_MS });
  const consentMs = substitution?.consentMs ?? CONSENT_MS;
  if (!isWithin(consentMs, CONSENT_MIN_MS, CONSENT_MAX_MS))
    return reject('consent-time-out-of-range', { lineId, least: CONSENT_MIN_MS, most: CONSENT_MAX_MS });
  return undefined;
}

const isWithin = (value: number, least: number, most: number): boolean => Number.isSafeInteger(value) && value >= least && value <= most;

function placedLine(line: NewLine, at: number): PlacedLine {
  const { lineId, need, quantity, maxUnitPriceMinor, substitution = {}, deliverByAt, waiveMarginFloor } = line;
  const { upTo, consent, consentDefault, consentMs, waitUntilAt } = substitution;
  const filled: Substitution = {
    upTo: upTo ?? 'other-supplier',
    consent: consent ?? 'ask',
    consentDefault: consentDefault ?? 'refund',
    consentMs: consentMs ?? CONSENT_MS,
    ...(waitUntilAt !== undefined && { waitUntil: new Date(waitUntilAt).toISOString() }),
  };
  const deliverBy = new Date(deliverByAt ?? at + DELIVER_WITHIN_MS).toISOString();
  const placed = { lineId, need, quantity, maxUnitPriceMinor, substitution: filled, deliverBy };
  return waiveMarginFloor === true ? { ...placed, marginFloorWaived: true } : placed;
}
