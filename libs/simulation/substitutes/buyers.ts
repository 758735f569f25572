import { chanceOf, normalOf } from '../market/chance';

export const DAY_MS = 86_400_000;
const [GOODS, CATEGORIES, BUYERS, ATTRIBUTES, VALUES] = [200, 12, 400, 3, 4] as const;
const ORDERS_PER_DAY = 300;
/** Of a good's spells of eight hours, those in which nobody has it. */
const [SPELL_MS, DRY_SHARE] = [DAY_MS / 3, 0.12];
/** A substitute costs no more than the good, and no less than half of it. */
const BAND = 0.5;

export interface Good {
  readonly index: number;
  readonly category: number;
  readonly priceMinor: number;
  readonly costMinor: number;
  readonly attributes: readonly number[];
}

/** A buyer wants a good. Absent `substitutes`: it is there. */
export interface Wish {
  readonly at: number;
  readonly nth: number;
  readonly buyer: number;
  readonly good: Good;
  readonly substitutes?: readonly Good[];
}

export interface Buyers {
  readonly seed: number;
  readonly goods: readonly Good[];
  readonly wishes: readonly Wish[];
}

export function buyersOf(seed: number, days: number): Buyers {
  const goods = Array.from({ length: GOODS }, (_, n) => goodOf(seed, n));
  const wishes: Wish[] = [];
  for (let nth = 0; nth < days * ORDERS_PER_DAY; nth++) {
    const at = Math.floor((nth / ORDERS_PER_DAY) * DAY_MS);
    const buyer = Math.floor(chanceOf(seed, nth, 0, 0, 400) * BUYERS);
    const good = goods[favouriteOf(seed, buyer, nth)];
    if (good === undefined) continue;
    const isThere = (it: Good): boolean => chanceOf(seed, it.index, Math.floor(at / SPELL_MS), 0, 401) >= DRY_SHARE;
    const inPlace = (it: Good): boolean => it !== good && it.category === good.category && it.priceMinor <= good.priceMinor && it.priceMinor >= BAND * good.priceMinor && isThere(it); // prettier-ignore
    wishes.push({ at, nth, buyer, good, ...(!isThere(good) && { substitutes: goods.filter(inPlace) }) });
  }
  return { seed, goods, wishes };
}

function goodOf(seed: number, n: number): Good {
  const u = (stream: number): number => chanceOf(seed, n, 0, 0, 410 + stream);
  const priceMinor = Math.round(1_500 * 20 ** u(0));
  const costMinor = Math.round(priceMinor * Math.min(0.99, 0.935 + 0.012 * normalOf(u(1), u(2))));
  const attributes = Array.from({ length: ATTRIBUTES }, (_, it) => Math.floor(u(3 + it) * VALUES));
  return { index: n, category: n % CATEGORIES, priceMinor, costMinor, attributes };
}

/** Three of four times one of five goods that a buyer likes, else any. */
function favouriteOf(seed: number, buyer: number, nth: number): number {
  if (chanceOf(seed, nth, 1, 0, 402) < 0.25) return Math.floor(chanceOf(seed, nth, 2, 0, 403) * GOODS);
  const place = Math.floor(chanceOf(seed, nth, 3, 0, 404) * 5);
  return Math.floor(chanceOf(seed, buyer, place, 0, 405) ** 2 * GOODS);
}

/** How alike two goods are to anybody who looks: attributes that agree, and how near the prices are. In [0, 1]. */
export function alike(a: Good, b: Good): number {
  const agree = a.attributes.filter((it, n) => b.attributes[n] === it).length;
  return (agree + Math.min(a.priceMinor, b.priceMinor) / Math.max(a.priceMinor, b.priceMinor)) / (ATTRIBUTES + 1);
}

/** What buyers are used to: a quarter of it is their last purchase. */
const HABIT_STEP = 0.25;

/**
 * Whether buyers keep what they get in another's place: a nested logit with loyalty. What weighs how much belongs to the seed, and to nobody
 * else; what a good is worth to all, and in the place of another, is hidden.
 */
export class Tastes {
  private readonly habits = new Map<number, Map<number, number>>();
  private readonly base: number;

  constructor(private readonly seed: number) {
    // The usual buyer keeps seven to nine of ten in any place
    this.base = logit(0.7 + 0.2 * this.drawn(0));
  }

  /** P(the buyer keeps it). */
  keeps({ buyer, good }: Wish, other: Good): number {
    const { seed } = this;
    const appeal = 0.5 * normalOf(chanceOf(seed, other.index, 0, 0, 420), chanceOf(seed, other.index, 1, 0, 421));
    const fit = 0.5 * normalOf(chanceOf(seed, good.index, other.index, 0, 422), chanceOf(seed, good.index, other.index, 1, 423));
    const saving = (good.priceMinor - other.priceMinor) / good.priceMinor;
    const habit = this.weight(1, 2) * (this.habitOf(buyer, other) - 0.5 * this.habitOf(buyer, good));
    return logistic(this.base + this.weight(2, 1) * (2 * alike(good, other) - 1) + this.weight(3, 0.6) * saving + habit + appeal + fit);
  }

  bought({ buyer, good }: Pick<Wish, 'buyer' | 'good'>): void {
    const habits = this.habits.get(buyer) ?? new Map<number, number>();
    this.habits.set(buyer, habits);
    for (const [known, value] of habits) habits.set(known, value * (1 - HABIT_STEP));
    habits.set(good.index, (habits.get(good.index) ?? 0) + HABIT_STEP);
  }

  private habitOf = (buyer: number, good: Good): number => this.habits.get(buyer)?.get(good.index) ?? 0;
  private drawn = (stream: number): number => chanceOf(this.seed, stream, 0, 0, 424);
  /** Half to twice of what is usual. */
  private weight = (stream: number, usual: number): number => usual * 4 ** (this.drawn(stream) - 0.5);
}

const logistic = (it: number): number => 1 / (1 + Math.exp(-it));
const logit = (p: number): number => Math.log(p / (1 - p));
