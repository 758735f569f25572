import { isCode } from '../../codes';
import { type Answer, type CatalogueItem, Unanswered } from '../port';

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (it: unknown): it is Fields => typeof it === 'object' && it !== null && !Array.isArray(it);

/** What the shop has said: what was asked for, or its words for why not. The status of HTTP is 200 for both. */
export type Reply = { readonly data: unknown } | { readonly refused: string };

/** @throws Unanswered for whatever is no answer of such a shop: a page of HTML, above all, which may come after it has charged. */
export function readReply(status: number, text: string): Reply {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Unanswered(`the answer ${status} is not JSON`);
  }
  if (status !== 200 || !isFields(body) || !Number.isInteger(body['code'])) throw new Unanswered(`the answer ${status} has no code`);
  return body['code'] === 200 ? { data: body['data'] } : { refused: typeof body['msg'] === 'string' ? body['msg'] : '' };
}

/**
 * Words after which nothing was bought for sure: they are said before the shop charges, or in the transaction that charges. All others may
 * come after it: having charged, the shop looks the stock up once more, at its own supplier, and tells what that says.
 */
const REFUSALS: readonly (readonly [word: string, rest: Answer['rest']])[] = [
  ['库存不足', 'out-of-stock'],
  ['余额不足', 'no-balance'],
  ['当前商品已停售', 'refused'],
  ['最少购买', 'refused'],
  ['最多购买', 'refused'],
  ['请选择商品类型', 'refused'],
  ['此商品类型不存在', 'refused'],
  // the key is wrong: nothing else was looked at
  ['密钥错误', 'capacity'],
  ['商户ID不存在', 'capacity'],
];

/** @throws Unanswered where the words leave open what came of the purchase; a known request number says that it was made. */
export function readRefusal(words: string): Answer {
  const found = REFUSALS.find(([word]) => words.includes(word));
  if (found === undefined) throw new Unanswered('the shop has refused in words that leave it open');
  return { units: [], rest: found[1], unitCostMinor: 0 };
}

/** Decimal yuan, as a number or a text, in minor units; a fraction of one counts as one. @throws Unanswered */
export function minorOf(amount: unknown): number {
  const text = typeof amount === 'number' ? String(amount) : amount;
  const [, whole, fraction = ''] = (typeof text === 'string' && /^(\d{1,12})(?:\.(\d{1,10}))?$/.exec(text)) || [];
  if (whole === undefined) throw new Unanswered('the shop names no amount');
  return Number(whole) * 100 + Math.ceil(Number(`${fraction.slice(0, 2).padEnd(2, '0')}.${fraction.slice(2) || '0'}`));
}

/** Said in the place of a code where there is none: the shop apologises there, and has charged all the same. */
const APOLOGIES = ['很抱歉，有人在你付款之前抢走了商品', '正在发货中', '没有发货信息', '请联系客服'];

/** Of a top-up: any words that are no apology. */
export const isConfirmation = (secret: unknown): boolean =>
  typeof secret === 'string' && secret.trim() !== '' && !APOLOGIES.some((it) => secret.includes(it));

/** The codes of `quantity` units, a line each; none where the text is anything else. */
export function codesOf(secret: unknown, quantity: number): readonly string[] | undefined {
  if (typeof secret !== 'string' || !isConfirmation(secret)) return undefined;
  const lines = secret.split(/\r\n|\r|\n/).map((it) => it.trim());
  const codes = lines.filter((it) => it !== '');
  return codes.length === quantity && codes.every(isCode) ? codes : undefined;
}

/** One good of the shop, and each of its kinds (`code/种类`), as the catalogue nests them in categories. */
export function readCatalogue(data: unknown): readonly CatalogueItem[] {
  if (!Array.isArray(data)) throw new Unanswered('the answer is no catalogue');
  return data.flatMap((category: unknown) => {
    const goods = isFields(category) && Array.isArray(category['children']) ? category['children'] : [];
    return goods.flatMap((it: unknown) => (isFields(it) ? readGood(it) : []));
  });
}

function readGood(good: Fields): CatalogueItem[] {
  const { code, name, stock, user_price: price, delivery_way: way } = good;
  if (typeof code !== 'string' || typeof name !== 'string') return [];
  const costMinor = costOf(price);
  if (costMinor === undefined) return [];
  const of = { available: stockOf(stock), costMinor, currency: 'CNY', name, ...(Number(way) !== 0 && { isManual: true }) };
  return [{ ...of, supplierSku: code }];
}

function costOf(price: unknown): number | undefined {
  try {
    return minorOf(price);
  } catch {
    return undefined;
  }
}

/** A number, or the text of one; whatever else hides the figure counts as none. */
export const stockOf = (stock: unknown): number =>
  Number.isSafeInteger(Number(stock)) && stock !== '' && stock !== null ? Math.max(0, Number(stock)) : 0;
