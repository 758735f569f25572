import { type Answer, type Balance, type BookEntry, type StockItem, Unanswered, type Wanted } from '../port';

/** What the supplier protocol says of a purchase (services/sandbox-supplier/PROTOCOL.md). */
interface WirePurchase {
  readonly status: 'fulfilled' | 'partial' | 'accepted';
  readonly costMinor: number;
  readonly units: readonly WireUnit[];
}

export type WireUnit = { readonly kind: 'code'; readonly code: string } | { readonly kind: 'top-up' };

type Fields = Readonly<Record<string, unknown>>;

const isFields = (it: unknown): it is Fields => typeof it === 'object' && it !== null && !Array.isArray(it);

/** What the supplier calls the good. */
export const theirs = ({ sku, supplierSku }: Pick<Wanted, 'sku' | 'supplierSku'>): string => supplierSku ?? sku;

/** A purchase, as it is asked for. */
export const bodyOf = ({ holdId, quantity, maxCostMinor, currency, recipient, faceValue, ...good }: Wanted) => ({
  sku: theirs(good),
  quantity,
  maxCostMinor,
  currency,
  reference: holdId.split('/').slice(0, 2).join('/'),
  ...(recipient !== undefined && { recipient }),
  ...(faceValue && { faceValueMinor: faceValue.minor, faceValueCurrency: faceValue.currency }),
});

/**
 * An answer of 200, read with suspicion: it must be about this purchase, and of the shape that the protocol promises.
 * @throws Unanswered for anything else: what it was is not known.
 */
export function readPurchase(
  body: unknown,
  { purchaseId, sku, quantity, currency }: Pick<Wanted, 'purchaseId' | 'sku' | 'quantity'> & Partial<Pick<Wanted, 'currency'>>,
): WirePurchase {
  if (!isFields(body) || body['idempotencyKey'] !== purchaseId || body['sku'] !== sku)
    throw new Unanswered('the answer is about something else');
  const { status, costMinor, units, currency: told } = body;
  if (currency !== undefined && told !== undefined && told !== currency) throw new Unanswered('the answer is in another currency');
  if (status !== 'fulfilled' && status !== 'partial' && status !== 'accepted')
    throw new Unanswered('the answer has no status of the protocol');
  if (typeof costMinor !== 'number' || !Number.isSafeInteger(costMinor) || costMinor < 0) throw new Unanswered('the answer has no cost');
  if (!Array.isArray(units) || units.length > quantity) throw new Unanswered('the answer has no units, or too many');
  if (status === 'fulfilled' && units.length !== quantity) throw new Unanswered('the answer claims to be whole and is not');
  return { status, costMinor, units: units.map(readUnit) };
}

/** A unit without a sound code is an invalid code: that is the supplier's to mend, and no reason to doubt the rest. */
function readUnit(unit: unknown): WireUnit {
  if (isFields(unit) && unit['kind'] === 'top-up') return { kind: 'top-up' };
  const code = isFields(unit) ? unit['code'] : undefined;
  return { kind: 'code', code: typeof code === 'string' ? code : '' };
}

/** Refusals of the purchase itself: the same for ever, whether it is sent or asked for. */
const REFUSALS: Readonly<Record<string, Answer['rest']>> = {
  'out-of-stock': 'out-of-stock',
  'price-risen': 'price-risen',
  'insufficient-balance': 'no-balance',
  refused: 'refused',
  'unknown-sku': 'refused',
  'invalid-recipient': 'refused',
  'key-closed': 'refused',
};
/** Of the question about it: the supplier never took it, and never will. */
const NEVER_TAKEN = 'not-found';
/** Refusals of the request: of a purchase, nothing was bought; of a question, nothing is known. */
const NOT_LOOKED_AT: Readonly<Record<string, Answer['rest']>> = {
  'invalid-request': 'refused',
  unauthorised: 'capacity',
  'idempotency-key-reused': 'refused',
  'rate-limited': 'capacity',
};

/** @throws Unanswered where the refusal leaves open what came of the purchase. */
export function readRefusal(status: number, body: unknown, asked: 'buy' | 'ask'): Answer {
  const code = isFields(body) && typeof body['code'] === 'string' ? body['code'] : '';
  const cost = isFields(body) && Number.isSafeInteger(body['costMinor']) ? Number(body['costMinor']) : 0;
  const rest =
    status >= 500 ? undefined : (REFUSALS[code] ?? (asked === 'buy' ? NOT_LOOKED_AT[code] : code === NEVER_TAKEN ? 'refused' : undefined));
  if (rest === undefined) throw new Unanswered(`the supplier answered ${status} ${code}`);
  return { units: [], rest, unitCostMinor: cost };
}

/** What the supplier's book says of one purchase; nothing where it never took it. @throws Unanswered for what is no answer of the protocol */
export function readBook(status: number, body: unknown, purchaseId: string): BookEntry | undefined {
  if (status === 200) {
    const units = isFields(body) && Array.isArray(body['units']) ? body['units'].length : 0;
    const quantity = isFields(body) && isUnits(body['quantity']) ? body['quantity'] : units;
    const sku = isFields(body) && typeof body['sku'] === 'string' ? body['sku'] : '';
    const { status: word, costMinor } = readPurchase(body, { purchaseId, sku, quantity });
    return { purchaseId, status: word, units, costMinor };
  }
  if (isFields(body) && body['code'] === NEVER_TAKEN) return undefined;
  readRefusal(status, body, 'ask');
  return { purchaseId, status: 'refused', units: 0, costMinor: 0 };
}

/** @throws Unanswered where it is no balance of the protocol. */
export function readBalance(body: unknown): Balance {
  if (!isFields(body)) throw new Unanswered('the answer is no balance');
  const { balanceMinor, currency } = body;
  if (typeof balanceMinor !== 'number' || !Number.isSafeInteger(balanceMinor)) throw new Unanswered('the answer has no balance');
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) throw new Unanswered('the balance has no currency');
  return { balanceMinor, currency };
}

/** A good that is not told as the protocol has it is left out; the others count. @throws Unanswered where it is no stock at all. */
export function readStock(body: unknown): { readonly items: readonly StockItem[]; readonly next?: string } {
  if (!isFields(body) || !Array.isArray(body['items'])) throw new Unanswered('the answer is no stock');
  const { next } = body;
  return { items: body['items'].flatMap(readItem), ...(typeof next === 'string' && { next }) };
}

function readItem(item: unknown): StockItem[] {
  if (!isFields(item)) return [];
  const { sku, available, currency } = item;
  const tiers: readonly unknown[] = Array.isArray(item['costTiers']) ? item['costTiers'] : [];
  const [first] = tiers;
  const costMinor = isFields(first) ? first['costMinor'] : undefined;
  if (typeof sku !== 'string' || typeof currency !== 'string' || !isUnits(available) || !isUnits(costMinor)) return [];
  const costTiers = tiers.every(isTier) && tiers.map(({ from, costMinor: cost }) => ({ from, costMinor: cost }));
  return [{ supplierSku: sku, available, costMinor, ...(costTiers && { costTiers }), currency }];
}

type Tier = NonNullable<StockItem['costTiers']>[number];

const isTier = (it: unknown): it is Tier => isFields(it) && isUnits(it['from']) && isUnits(it['costMinor']);

const isUnits = (it: unknown): it is number => typeof it === 'number' && Number.isSafeInteger(it) && it >= 0;
