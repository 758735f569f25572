import type { Beliefs } from './beliefs';
import { learnTaste, lessonOfChoice, noTaste, noteOffered, type Taste, type Traits, traitsOf, USUAL } from './tastes';

/** What buyers choose: weights by category, each around those of the whole market, and what is known of goods that were on offer. */
export interface Tastes {
  readonly market: Taste;
  readonly categories: Map<string, Taste>;
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

/** Categories that have a taste of their own, and goods that are known; the one that came first goes first. */
export const TASTES_MAX = 500;
export const KNOWN_GOODS_MAX = 20_000;
/** Of so many goods on offer is learnt at one choice. */
export const OPTIONS_MAX = 100;
/** So many choices, by chance, hold how popular a good is to the mean. */
const POPULARITY_WEIGHT = 5;
/** A good's usual price is that of about so many of the choices before. */
const PRICES_MAX = 50;
/** So many choices for it halve what one says of its popularity. */
const KEPT = 2 ** (-1 / 700);
/** Of a buyer who never took it, and takes nothing else: one time in twenty of what chance would be. */
const TRIED_ANYWAY = 0.05;

export const noTastes = (): Tastes => ({ market: noTaste(), categories: new Map(), goods: new Map() });

/** The weights of a category: its own, or the market's where it has none yet. */
export const tasteOf = ({ market, categories }: Tastes, category: string): Taste => categories.get(category) ?? market;

/** Where the good stands, as far as its choices have said it. */
export const categoryOf = ({ goods }: Tastes, sku: string): string | undefined => goods.get(sku)?.category;

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
  readonly referenceMinor?: number;
  readonly category: string;
  /** Loyalty by SKU of whoever wants it. */
  readonly liked?: ReadonlyMap<string, number>;
}

/** What `weights` weigh. */
export function seenBy({ tastes }: Pick<Beliefs, 'tastes'>, place: Place): (it: Offered) => Traits {
  const { insteadOf, referenceMinor, category, liked } = place;
  const { choices, offered } = tasteOf(tastes, category);
  const several = choices > 0 ? offered / choices : 1;
  // What a buyer took of other goods of the category, or of none yet, is anybody's
  const open = choices > 0 && liked !== undefined ? Math.max(0, 1 - likedOf(tastes, category, liked)) : 1;
  return ({ sku, similarity = 0.5, priceMinor }) => {
    const good = tastes.goods.get(sku);
    const [own, missing] = [liked?.get(sku) ?? 0, liked?.get(insteadOf) ?? 0];
    const times = good === undefined ? 1 : (good.taken + POPULARITY_WEIGHT) / (good.expected + POPULARITY_WEIGHT);
    const saving = referenceMinor === undefined || priceMinor === undefined ? 0 : Math.max(0, referenceMinor - priceMinor) / Math.max(1, referenceMinor); // prettier-ignore
    const dearer = good === undefined || good.prices === 0 || priceMinor === undefined ? 0 : logOf(priceMinor) - good.logPrice;
    return traitsOf(
      1,
      similarity - 0.5,
      saving,
      own + (open * (times - 1)) / several - 0.5 * missing,
      Math.log((several * own + open * times + TRIED_ANYWAY) / (1 + TRIED_ANYWAY)),
      10 * dearer,
      Math.log(times),
    );
  };
}

function likedOf({ goods }: Tastes, category: string, liked: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [sku, value] of liked) if (goods.get(sku)?.category === category) sum += value;
  return sum;
}

/** A buyer chose `sku`. `options`: what was on offer just then, with the chosen one or without it. */
export interface Chose {
  readonly buyer: string;
  readonly sku: string;
  readonly category?: string;
  readonly options?: readonly Offered[];
}

/**
 * Learns from what a buyer takes who passes his favourite by: that is a substitution of his own, and what is learnt is what he takes in its
 * place. What he is used to and the usual prices are learnt from every choice.
 */
export function noteChoice(beliefs: Beliefs, { buyer, sku, options = [], ...it }: Chose): void {
  if (options.length === 0) return;
  const { tastes } = beliefs;
  const category = it.category ?? categoryOf(tastes, sku) ?? '';
  const listed = options.slice(0, OPTIONS_MAX);
  const offered = listed.some((one) => one.sku === sku) ? listed : [...listed.slice(1 - OPTIONS_MAX), { sku }];
  const goods = offered.map((one) => goodIn(tastes, one.sku, category));
  const favourite = favouriteOf(tastes, category, offered, beliefs.loyalty.get(buyer));
  if (favourite !== undefined && favourite !== sku) learnChoice(beliefs, { buyer, sku, category, favourite, offered });
  offered.forEach(({ priceMinor }, n) => {
    const good = goods[n];
    if (good === undefined || priceMinor === undefined) return;
    good.prices = Math.min(PRICES_MAX, good.prices + 1);
    const away = logOf(priceMinor) - good.logPrice;
    good.logPrice += good.prices === 1 ? away : Math.min(1, Math.max(-1, away)) / good.prices;
  });
}

interface Switch {
  readonly buyer: string;
  readonly sku: string;
  readonly category: string;
  readonly favourite: string;
  readonly offered: readonly Offered[];
}

function learnChoice(beliefs: Beliefs, { buyer, sku, category, favourite, offered }: Switch): void {
  const { tastes } = beliefs;
  const others = offered.filter((it) => it.sku !== favourite);
  if (others.length < 2) return; // there was no choice
  const liked = beliefs.loyalty.get(buyer);
  const referenceMinor = offered.find((it) => it.sku === favourite)?.priceMinor ?? usualPriceOf(tastes, favourite);
  const place: Place = { insteadOf: favourite, category, ...(liked && { liked }), ...(referenceMinor !== undefined && { referenceMinor }) };
  const traits = others.map(seenBy(beliefs, place));
  const chosen = others.findIndex((it) => it.sku === sku);
  const own = tasteIn(tastes, category);
  learnTaste(tastes.market, lessonOfChoice(tastes.market, traits, chosen), USUAL);
  learnTaste(own, lessonOfChoice(own, traits, chosen), tastes.market.weights);
  noteOffered(own, others.length);
  for (const it of others) {
    const good = goodIn(tastes, it.sku, category);
    good.taken = KEPT * good.taken + Number(it.sku === sku);
    good.expected = KEPT * good.expected + 1 / others.length;
  }
}

/** What the buyer takes most, of what is on offer or known of the category. */
function favouriteOf(tastes: Tastes, category: string, offered: readonly Offered[], liked: ReadonlyMap<string, number> = new Map()) {
  let best: string | undefined;
  let most = 0;
  for (const [sku, value] of liked) {
    if (value <= most || !(categoryOf(tastes, sku) === category || offered.some((it) => it.sku === sku))) continue;
    [best, most] = [sku, value];
  }
  return best;
}

export function tasteIn({ categories, market }: Tastes, category: string): Taste {
  const known = categories.get(category);
  if (known !== undefined) return known;
  const taste = noTaste();
  taste.weights.set(market.weights);
  categories.set(category, taste);
  if (categories.size > TASTES_MAX) categories.delete(categories.keys().next().value ?? '');
  return taste;
}

function goodIn({ goods }: Tastes, sku: string, category: string): KnownGood {
  const good = goods.get(sku) ?? { category, taken: 0, expected: 0, logPrice: 0, prices: 0 };
  good.category = category;
  goods.set(sku, good);
  if (goods.size > KNOWN_GOODS_MAX) goods.delete(goods.keys().next().value ?? '');
  return good;
}

const usualPriceOf = ({ goods }: Tastes, sku: string): number | undefined => {
  const good = goods.get(sku);
  return good === undefined || good.prices === 0 ? undefined : Math.exp(good.logPrice);
};

/** What costs nothing is as cheap as one minor unit. */
const logOf = (priceMinor: number): number => Math.log(Math.max(1, priceMinor));
