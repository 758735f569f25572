import { chanceOf, unitOf } from './codes';
import { type Shop, shopOf, type Shops } from './shop';
import {
  type Answer,
  DELAY_MS,
  type Entry,
  type Good,
  type Kept,
  type Outcome,
  type Purchase,
  type Refused,
  type Sold,
  type Unit,
} from './words';

/** A purchase as it came, with its key, the clock and the sandbox's seed. */
export interface Asked {
  readonly supplierId: string;
  readonly key: string;
  readonly purchase: Purchase;
  readonly now: number;
  readonly seed: string;
}

/** What to write down, what to say, and in which manner; `slow` and `accepted` are no manners but times. */
export interface Reaction {
  readonly entry?: Entry;
  readonly answer: Answer;
  readonly manner: 'once' | 'twice' | 'never' | 'broken';
  readonly delayMs: number;
  readonly outcome: Outcome | 'repeat' | 'reused' | 'closed';
}

/** A repeated key is answered as before and forced into nothing; only a new purchase follows the script. */
export function buy(shops: Shops, asked: Asked): Reaction {
  const shop = shopOf(shops, asked.supplierId);
  const known = shop.kept.get(asked.key);
  if (known !== undefined) {
    const same = bodyOf(known.purchase) === bodyOf(asked.purchase);
    if (same) return { answer: answerOf(asked.key, known, asked.now), manner: 'once', delayMs: 0, outcome: 'repeat' };
    return { answer: problem({ code: 'idempotency-key-reused' }), manner: 'once', delayMs: 0, outcome: 'reused' };
  }
  if (shop.closed.has(asked.key)) return { answer: problem({ code: 'key-closed' }), manner: 'once', delayMs: 0, outcome: 'closed' };
  return follow(shop, asked);
}

/** What a key stands for now. Saying that it stands for nothing closes it, since a delayed purchase may still be on its way. */
export function ask(shops: Shops, supplierId: string, key: string, now: number): { readonly entry?: Entry; readonly answer: Answer } {
  const shop = shopOf(shops, supplierId);
  const known = shop.kept.get(key);
  if (known !== undefined) return { answer: answerOf(key, known, now) };
  return { answer: problem({ code: 'not-found' }), ...(!shop.closed.has(key) && { entry: { kind: 'closed', supplierId, key } }) };
}

function follow(shop: Shop, asked: Asked): Reaction {
  const { supplierId, key, purchase, now } = asked;
  const good = shop.goods.get(purchase.sku);
  const outcome = good === undefined ? 'ok' : outcomeOf(good, asked);
  const waits = good?.delayMs ?? DELAY_MS[outcome] ?? 0;
  const delayMs = outcome === 'accepted' ? 0 : waits;
  if (outcome === 'timeout-without-effect') {
    return {
      entry: { kind: 'ignored', supplierId, sku: purchase.sku },
      answer: problem({ code: 'refused' }),
      manner: 'never',
      delayMs,
      outcome,
    };
  }
  const refused = refusalOf(shop, good, purchase, outcome);
  const kept: Kept = {
    purchase,
    at: now,
    ...(refused ? { refused } : { sold: soldOf(shop, asked, outcome, outcome === 'accepted' ? now + waits : now) }),
  };
  return {
    entry: { kind: 'purchase', supplierId, key, kept },
    answer: answerOf(key, kept, now),
    manner: MANNERS[outcome] ?? 'once',
    delayMs,
    outcome,
  };
}

const MANNERS: Readonly<Partial<Record<Outcome, Reaction['manner']>>> = {
  'timeout-after-effect': 'never',
  'duplicate-answer': 'twice',
  'broken-answer': 'broken',
};

function outcomeOf(good: Good, { supplierId, key, seed }: Asked): Outcome {
  if (good.outcome !== 'ok' || good.mix === undefined) return good.outcome;
  let chance = chanceOf(seed, supplierId, key);
  for (const [outcome, share] of Object.entries(good.mix) as [Outcome, number][]) {
    chance -= share;
    if (chance < 0) return outcome;
  }
  return 'ok';
}

function refusalOf(shop: Shop, good: Good | undefined, purchase: Purchase, outcome: Outcome): Refused | undefined {
  if (good === undefined || good.currency !== purchase.currency) return { code: 'unknown-sku' };
  if (good.kind === 'top-up' && purchase.recipient === undefined) return { code: 'invalid-recipient' };
  if (outcome === 'refuse') return { code: 'refused', detail: { detail: 'The supplier does not sell today' } };
  if (outcome === 'out-of-stock') return { code: 'out-of-stock', detail: { available: 0 } };
  const units = unitsOf(purchase.quantity, outcome);
  if (units === 0 || units > good.stock) return { code: 'out-of-stock', detail: { available: outcome === 'partial' ? 0 : good.stock } };
  const costMinor = costOf(good, purchase.quantity);
  if (costMinor > purchase.maxCostMinor) return { code: 'price-risen', detail: { costMinor } };
  if (units * costMinor > shop.balanceMinor) return { code: 'insufficient-balance' };
  return undefined;
}

/** All-units tiers: the last one that the quantity reaches. */
const costOf = (good: Good, quantity: number): number => good.costTiers.findLast((it) => it.from <= quantity)?.costMinor ?? 0;

const unitsOf = (quantity: number, outcome: Outcome): number => (outcome === 'partial' ? Math.floor(quantity / 2) : quantity);

function soldOf(shop: Shop, { supplierId, purchase, seed }: Asked, outcome: Outcome, readyAt: number): Sold {
  const good = shop.goods.get(purchase.sku);
  if (good === undefined) throw new Error(`nothing to sell of ${purchase.sku}`);
  const fresh = Array.from({ length: unitsOf(purchase.quantity, outcome) }, (_, it) =>
    unitOf(seed, supplierId, purchase.sku, good.kind, good.sold + it + 1),
  );
  const supplierOrderNo = `${supplierId}-${String(shop.orders + 1).padStart(6, '0')}`;
  return {
    supplierOrderNo,
    costMinor: costOf(good, purchase.quantity),
    units: spoiled(fresh, outcome, seed, supplierId, purchase.sku),
    readyAt,
  };
}

/** The first unit is the bad one: with more than one, good and bad come together. */
function spoiled(units: readonly Unit[], outcome: Outcome, seed: string, supplierId: string, sku: string): readonly Unit[] {
  const [first, ...rest] = units;
  if (first?.kind !== 'code') return units;
  if (outcome === 'invalid-code') return [{ ...first, code: '' }, ...rest];
  if (outcome === 'repeated-code') return [unitOf(seed, supplierId, sku, 'code', 1), ...rest];
  return units;
}

function answerOf(idempotencyKey: string, { purchase, sold, refused }: Kept, now: number): Answer {
  if (sold === undefined) return problem(refused ?? { code: 'refused' });
  const { sku, quantity, currency } = purchase;
  const ready = now >= sold.readyAt;
  const end = sold.units.length < quantity ? 'partial' : 'fulfilled';
  const { supplierOrderNo, costMinor } = sold;
  return {
    status: 200,
    body: {
      idempotencyKey,
      status: ready ? end : 'accepted',
      supplierOrderNo,
      sku,
      quantity,
      costMinor,
      currency,
      units: ready ? sold.units : [],
    },
  };
}

const PROBLEMS: Readonly<Record<string, readonly [status: number, title: string]>> = {
  'invalid-request': [400, 'The request is not one of this protocol'],
  unauthorised: [401, 'The bearer token is not that of this connection'],
  'not-found': [404, 'No purchase has this key, and none will'],
  'out-of-stock': [409, 'Not enough is there'],
  'price-risen': [409, 'The unit costs more than the buyer allows'],
  'insufficient-balance': [409, 'The balance does not cover the purchase'],
  refused: [409, 'The supplier refused the purchase'],
  'key-closed': [409, 'The buyer was told that this key has no effect'],
  'unknown-sku': [422, 'The supplier does not sell this in this currency'],
  'invalid-recipient': [422, 'A top-up needs a recipient'],
  'idempotency-key-reused': [422, 'The key names another purchase'],
};

/** RFC 9457 */
export function problem({ code, detail }: Refused): Answer {
  const [status, title] = PROBLEMS[code] ?? [500, 'Broken'];
  return { status, body: { type: `urn:midstream:supplier:${code}`, title, status, code, ...detail } };
}

const bodyOf = ({ sku, quantity, maxCostMinor, currency, reference, recipient, faceValueMinor, faceValueCurrency }: Purchase): string =>
  JSON.stringify([sku, quantity, maxCostMinor, currency, reference, recipient, faceValueMinor, faceValueCurrency]);
