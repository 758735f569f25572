import type { GateCounts } from '@midstream/contracts';
import type { OfferBook } from '../book';
import { diverse } from './diverse';
import { type Good, goodOf, goodsFor } from './goods';
import { CARDS_LEAST, CARDS_MAX, type CardNeed } from './need';
import type { Outlook } from '../demand';
import { outlookFor } from './outlook';
import { type Package, packageOf } from './packages';
import type { Passed } from './passed';
import { type Explained, explained } from './reasons';
import { type ScoreBasis, type Scores, scoresOf } from './scores';
import type { Shelf } from './shelf';
import { suggestedQuantity } from './suggest';
import type { Influence } from './weigh';

export const ROLES = ['best', 'steadiest', 'cheapest', 'fastest', 'substitute'] as const;
export type Role = (typeof ROLES)[number];
export const ROLE_NAMES: Readonly<Record<Role, { readonly zh: string; readonly en: string }>> = {
  best: { zh: '综合最优', en: 'Best overall' },
  steadiest: { zh: '最稳', en: 'Steadiest' },
  cheapest: { zh: '最省', en: 'Cheapest' },
  fastest: { zh: '最快', en: 'Fastest' },
  substitute: { zh: '替代', en: 'Substitute' },
};

export interface Card {
  readonly good: Good;
  readonly roles: readonly Role[];
  readonly suggestedQuantity: number;
  readonly outlook: Outlook;
  readonly scores: Scores;
  readonly basis: ScoreBasis;
  readonly explained?: Explained;
  /** What the cases add to its value, as a share of its price. */
  readonly influence: number;
}

export interface Recommendation {
  readonly cards: readonly Card[];
  readonly gates: GateCounts;
  /** Goods that passed all gates. */
  readonly considered: number;
  readonly package?: Package;
}

/** A further card that adds less than this share of the first one's value is left out, once there are three. */
const GAIN_LEAST = 0.1;

/** 3 to 5 goods for a need: each good once, unlike each other, with a part to play; none where no good passes the gates. */
export function recommend(need: CardNeed, book: OfferBook, at: number, influence: Influence): Recommendation {
  const set = need.need.sku === undefined && need.need.category === undefined ? packageOf(need.scenario) : undefined;
  if (set !== undefined) return packaged(set, need, book, at, influence);
  const { goods, ...passed } = goodsFor(need, book, at, influence);
  return { cards: cardsOf(chosen(goods), goods, need, { book, at, influence }), ...passed };
}

/** The best card of each category of the set. */
function packaged(set: Package, need: CardNeed, book: OfferBook, at: number, influence: Influence): Recommendation {
  const parts = set.categories.map((category) => goodsFor({ ...need, need: { ...need.need, category } }, book, at, influence));
  const gates: Partial<Record<string, number>> = {};
  for (const part of parts) for (const [gate, count] of Object.entries(part.gates)) gates[gate] = (gates[gate] ?? 0) + count;
  const cards = parts.flatMap(({ goods }) => {
    const [first] = goods;
    return first === undefined ? [] : cardsOf([{ good: first, roles: ['best'] }], goods, need, { book, at, influence });
  });
  return { cards: cards.slice(0, CARDS_MAX), gates, considered: parts.reduce((sum, it) => sum + it.considered, 0), package: set };
}

interface Chosen {
  readonly good: Passed;
  readonly roles: readonly Role[];
}

/** Roles first, as far as they fall to different goods; then what is good and unlike what is there. */
function chosen(goods: readonly Passed[]): Chosen[] {
  const asked = goods.filter((it) => it.isWanted);
  const others = goods.filter((it) => !it.isWanted);
  const field = asked.length > 0 ? asked : goods;
  const roleOf = new Map<Role, Passed | undefined>([
    ['best', field[0]],
    ['steadiest', least(field, (it) => -it.fill * it.inStock)],
    ['cheapest', least(field, (it) => it.priceMinor / Math.max(1, it.shelf.product.faceValueMinor || 1))],
    ['fastest', least(field, (it) => it.responseMs)],
    ['substitute', asked.length > 0 ? others[0] : undefined],
  ]);
  const rolesOf = (good: Passed): Role[] => ROLES.filter((it) => roleOf.get(it) === good);
  const must = [...new Set([...roleOf.values()].flatMap((it) => it ?? []))].slice(0, CARDS_MAX);
  const field2 = [...new Set([...must, ...goods])];
  const order = diverse(
    field2.map((it) => ({ score: it.valueMinor / Math.max(1, it.priceMinor) })),
    (a, b) => likeness(field2[a], field2[b]),
    CARDS_MAX,
    must.map((_, it) => it),
  );
  const first = field2[order[0] ?? 0]?.valueMinor ?? 0;
  return order
    .flatMap((index, place) => {
      const good = field2[index];
      const isKept = place < CARDS_LEAST || place < must.length || (good?.valueMinor ?? 0) >= first * GAIN_LEAST;
      return good !== undefined && isKept ? [good] : [];
    })
    .map((good) => ({ good, roles: rolesOf(good) }));
}

interface Around {
  readonly book: OfferBook;
  readonly at: number;
  readonly influence: Influence;
}

/** Each is compared with the best of the others. */
function cardsOf(all: readonly Chosen[], goods: readonly Passed[], need: CardNeed, around: Around): Card[] {
  const rivals = goods.slice(0, 2).map((passed) => ({ passed, good: goodOf(passed) }));
  return all.flatMap(({ good, roles }) => {
    const shown = goodOf(good);
    const rival = rivals.find((it) => it.passed !== good);
    return shown === undefined ? [] : [cardOf(shown, rival?.good, roles, need, around)];
  });
}

function cardOf(good: Good, rival: Good | undefined, roles: readonly Role[], need: CardNeed, { book, at, influence }: Around): Card {
  const { sku, category, priceMinor } = good.product;
  const { scores, basis } = scoresOf(good.product, need.region, book, at);
  return {
    good,
    roles,
    scores,
    basis,
    influence: influence(sku, category, priceMinor),
    outlook: outlookFor(good, need, book, at),
    suggestedQuantity: suggestedQuantity(good, need),
    ...(rival !== undefined && { explained: explained(good, rival, need.segment) }),
  };
}

function least(goods: readonly Passed[], of: (good: Passed) => number): Passed | undefined {
  let best: Passed | undefined;
  for (const it of goods) if (best === undefined || of(it) < of(best)) best = it;
  return best;
}

/** 1 for the same thing: what the goods are, and whose stock they come from (selection.md 1.7). */
function likeness(a: Passed | undefined, b: Passed | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return a === b ? 1 : 0.7 * kinship(a, b) + 0.3 * Number(a.source === b.source);
}

/** Share of what is known of two goods in which they agree: category, kind, face value, attributes. */
function kinship(a: Passed, b: Passed): number {
  const [one, other] = [a.shelf.product.faceValueMinor, b.shelf.product.faceValueMinor];
  const high = Math.max(one, other);
  const same = Number(a.aisle === b.aisle) + Number(a.shelf.kind === b.shelf.kind) + (high === 0 ? 1 : Math.min(one, other) / high);
  // Two goods are never quite one: a matrix without rank has no second card
  return Math.min(0.98, agreement(a.shelf, b.shelf, same));
}

/** With their attributes: those that either names count, those in which they agree speak for them. */
function agreement({ attributes: a }: Shelf, { attributes: b }: Shelf, same: number): number {
  let [names, agreed] = [b.length / 2, same];
  for (let it = 0; it < a.length; it += 2) {
    let at = 0;
    while (at < b.length && a[it] !== b[at]) at += 2;
    if (at === b.length) names += 1;
    else if (a[it + 1] === b[at + 1]) agreed += 1;
  }
  return agreed / (3 + names);
}
