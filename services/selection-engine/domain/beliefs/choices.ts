import type { Beliefs } from './beliefs';
import { counted, learnChoice, noTasteBook, type TasteBook, type Traits } from './tastes';

/** What buyers choose: weights by category, and what is known of goods that were on offer. */
export interface Tastes extends TasteBook {
  readonly goods: Map<string, KnownGood>;
}

/** A good that was on offer when somebody chose. */
interface KnownGood {
  category: string;
  /** How often it was taken in place of a favourite, and how often it would have been by chance; both faded. */
  taken: number;
  expected: number;
  /** Mean of the log of its price, and the prices that it is made of. */
  logPrice: number;
  prices: number;
}

/** Goods that are known; whichever was not on offer for longest goes first. */
export const KNOWN_GOODS_MAX = 20_000;
/** Of so many goods on offer is learnt at one choice: the first, and the one that was chosen. */
export const OPTIONS_MAX = 100;
/** So many choices, by chance, hold how popular a good is to the mean. */
const POPULARITY_WEIGHT = 5;
/** A good's usual price is that of about so many choices before, and none of them moves it by more than a factor of e. */
const PRICES_MAX = 200;
/** So many choices at which it was on offer halve what one says of a good's popularity. */
const KEPT = 2 ** (-1 / 700);
/** Of a buyer who never took it, and takes nothing else: one time in twenty of what chance would be. */
const TRIED_ANYWAY = 0.05;

export const noTastes = (): Tastes => {
  const { categories, all, observations } = noTasteBook();
  return { categories, all, observations, goods: new Map() };
};

/** Where the good stands, as far as choices have said it. */
export const categoryOf = ({ goods }: Tastes, sku: string): string => goods.get(sku)?.category ?? '';

/** A good as it is offered in another's place. */
export interface Offered {
  readonly sku: string;
  /** Of the good's attributes, in [0,1]. */
  readonly similarity?: number;
  readonly priceMinor?: number;
}

/** The place that it would take. */
interface Place {
  readonly insteadOf: string;
  readonly referenceMinor: number | undefined;
  readonly category: string;
  /** Loyalty by SKU of whoever wants it, where he is known. */
  readonly liked: ReadonlyMap<string, number> | undefined;
}

/** What a good's traits are in a place, in the order of `TRAITS`. */
export function seenIn(tastes: Tastes, { insteadOf, referenceMinor, category, liked }: Place): (it: Offered) => Traits {
  const { choices = 0, offered = 0 } = tastes.categories.get(category) ?? {};
  const several = choices > 0 ? offered / choices : 1;
  // What a buyer took of other goods of the category, or of none yet, is anybody's
  const open = choices > 0 && liked !== undefined ? Math.max(0, 1 - likedOf(tastes, category, liked)) : 1;
  return ({ sku, similarity = 0.5, priceMinor }) => {
    const good = tastes.goods.get(sku);
    const [own, missing] = [liked?.get(sku) ?? 0, liked?.get(insteadOf) ?? 0];
    const times = good === undefined ? 1 : (good.taken + POPULARITY_WEIGHT) / (good.expected + POPULARITY_WEIGHT);
    return [
      1,
      similarity - 0.5,
      savingOf(referenceMinor, priceMinor),
      counted(own + (open * (times - 1)) / several - 0.5 * missing),
      counted(Math.log((several * own + open * times + TRIED_ANYWAY) / (1 + TRIED_ANYWAY))),
      counted(10 * dearerBy(good, priceMinor)),
      counted(Math.log(times)),
    ];
  };
}

const savingOf = (referenceMinor: number | undefined, priceMinor: number | undefined): number =>
  referenceMinor === undefined || priceMinor === undefined || priceMinor >= referenceMinor ? 0 : 1 - priceMinor / referenceMinor;

const dearerBy = (good: KnownGood | undefined, priceMinor: number | undefined): number =>
  good === undefined || good.prices === 0 || priceMinor === undefined ? 0 : logOf(priceMinor) - good.logPrice;

function likedOf({ goods }: Tastes, category: string, liked: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [sku, value] of liked) if (goods.get(sku)?.category === category) sum += value;
  return sum;
}

/** A buyer chose `sku` of `options`, which were on offer just then. */
export interface Chose {
  readonly buyer: string;
  readonly sku: string;
  readonly category?: string;
  readonly options?: readonly Offered[];
}

/**
 * Learns from what a buyer takes who passes his favourite by: that is a substitution of his own, and what is learnt is what he takes in its
 * place. Usual prices are learnt from every choice. A good that was not among those on offer teaches nothing.
 */
export function noteChoice(beliefs: Beliefs, { buyer, sku, options = [], ...it }: Chose): void {
  const { tastes, loyalty } = beliefs;
  const chosen = options.find((one) => one.sku === sku);
  if (chosen === undefined) return;
  const offered = options.slice(0, OPTIONS_MAX);
  if (!offered.includes(chosen)) offered[OPTIONS_MAX - 1] = chosen;
  const category = it.category ?? categoryOf(tastes, sku);
  for (const one of offered) knowGood(tastes, one.sku, category);
  const liked = loyalty.get(buyer);
  const favourite = liked && favouriteOf(tastes, category, liked);
  if (favourite !== undefined && favourite !== sku) noteSwitch(tastes, { category, favourite, chosen, offered, liked });
  for (const one of offered) notePrice(tastes.goods.get(one.sku), one.priceMinor);
}

interface Switch {
  readonly category: string;
  readonly favourite: string;
  readonly chosen: Offered;
  readonly offered: readonly Offered[];
  readonly liked: ReadonlyMap<string, number> | undefined;
}

function noteSwitch(tastes: Tastes, { category, favourite, chosen, offered, liked }: Switch): void {
  const others = offered.filter((it) => it.sku !== favourite);
  if (others.length < 2) return; // there was no choice
  const referenceMinor = offered.find((it) => it.sku === favourite)?.priceMinor ?? usualPriceOf(tastes.goods.get(favourite));
  const traits = others.map(seenIn(tastes, { insteadOf: favourite, referenceMinor, category, liked }));
  learnChoice(tastes, category, traits, others.indexOf(chosen));
  for (const { sku } of others) {
    const good = tastes.goods.get(sku);
    if (good === undefined) continue;
    good.taken = KEPT * good.taken + Number(sku === chosen.sku);
    good.expected = KEPT * good.expected + 1 / others.length;
  }
}

/** What the buyer takes most of the category. */
function favouriteOf({ goods }: Tastes, category: string, liked: ReadonlyMap<string, number>): string | undefined {
  let best: string | undefined;
  let most = 0;
  for (const [sku, value] of liked) if (value > most && goods.get(sku)?.category === category) [best, most] = [sku, value];
  return best;
}

function knowGood({ goods }: Tastes, sku: string, category: string): void {
  const good = goods.get(sku) ?? { category, taken: 0, expected: 0, logPrice: 0, prices: 0 };
  good.category = category;
  goods.delete(sku); // the youngest last
  goods.set(sku, good);
  if (goods.size > KNOWN_GOODS_MAX) goods.delete(goods.keys().next().value ?? '');
}

function notePrice(good: KnownGood | undefined, priceMinor: number | undefined): void {
  if (good === undefined || priceMinor === undefined) return;
  good.prices = Math.min(PRICES_MAX, good.prices + 1);
  const away = logOf(priceMinor) - good.logPrice;
  good.logPrice += good.prices === 1 ? away : Math.min(1, Math.max(-1, away)) / good.prices;
}

const usualPriceOf = (good: KnownGood | undefined): number | undefined =>
  good === undefined || good.prices === 0 ? undefined : Math.exp(good.logPrice);

/** What costs nothing is as cheap as a thousandth of a minor unit. */
const logOf = (priceMinor: number): number => Math.log(Math.max(0.001, priceMinor));
