import type { Segment } from '@midstream/contracts';
import type { Product } from '../book';
import type { Name } from '../cards/words';

/** What became of finished orders like one another, or what an operator wrote down. Nobody can be found in it. */
export interface Case {
  readonly caseId: string;
  readonly origin: 'orders' | 'curated';
  readonly industry: string;
  readonly scenario: string;
  readonly segment: Segment;
  /** The buyers' tier, as their backend names it. Absent: any. */
  readonly tier?: string;
  /** A country. */
  readonly region: string;
  readonly category: string;
  readonly skus: readonly string[];
  /** Typical units of a line. */
  readonly quantity: number;
  readonly priceMinor: number;
  /** How many orders stand behind it; a curated one counts as CURATED_ORDERS. */
  readonly orders: number;
  /** Share of the ordered units that were delivered, over all of them. */
  readonly delivered: number;
  readonly title?: Name;
  readonly story?: Name;
}

export interface Sought {
  readonly scenario?: string;
  readonly segment?: Segment;
  readonly tier?: string;
  readonly region?: string;
  readonly category?: string;
  readonly quantity?: number;
  readonly priceMinor?: number;
}

/** How much each property says of likeness (weighted Gower). */
const WEIGHTS = { scenario: 3, category: 3, segment: 2, tier: 1, region: 1, quantity: 1, priceMinor: 1 } as const;
/** A curated case weighs as much as so many orders. */
export const CURATED_ORDERS = 20;
/** The most that all cases together add to a good's value, or take from it: a hundredth of its price. */
export const CASE_INFLUENCE_MAX = 0.01;
/** What is expected of an order without any case. */
const USUAL_DELIVERED = 0.95;
/** So many orders alike have half of the say. */
const HALF_SAY = 20;
const LIKE_LEAST = 0.5;

/** Likeness in [0,1]: 1 where all that both say is the same; what the search leaves open counts nothing. */
export function similarity(sought: Sought, it: Case): number {
  const { sum, weight } = likenessOf(sought, it);
  return weight === 0 ? 0 : sum / weight;
}

function likenessOf(sought: Sought, it: Case): { readonly sum: number; readonly weight: number } {
  let [sum, weight] = [0, 0];
  const add = (w: number, like: number) => {
    sum += w * like;
    weight += w;
  };
  if (sought.scenario !== undefined) add(WEIGHTS.scenario, Number(sought.scenario === it.scenario));
  if (sought.category !== undefined) add(WEIGHTS.category, Number(sought.category === it.category));
  if (sought.segment !== undefined) add(WEIGHTS.segment, Number(sought.segment === it.segment));
  if (sought.tier !== undefined && it.tier !== undefined) add(WEIGHTS.tier, Number(sought.tier === it.tier));
  if (sought.region !== undefined) add(WEIGHTS.region, Number(sought.region.slice(0, 2) === it.region.slice(0, 2)));
  if (sought.quantity !== undefined) add(WEIGHTS.quantity, near(sought.quantity, it.quantity));
  if (sought.priceMinor !== undefined) add(WEIGHTS.priceMinor, near(sought.priceMinor, it.priceMinor));
  return { sum, weight };
}

/** By order of magnitude: a tenth or ten times is half as near, a hundredth not at all. */
const near = (a: number, b: number): number => Math.max(0, 1 - Math.abs(Math.log10((a + 1) / (b + 1))) / 2);

export interface Like {
  readonly case: Case;
  readonly similarity: number;
}

/** The cases that are like it, the likest first; more orders before fewer. */
export const likest = (sought: Sought, cases: readonly Case[], most: number): Like[] =>
  cases
    .map((it) => ({ case: it, similarity: similarity(sought, it) }))
    .sort((a, b) => b.similarity - a.similarity || b.case.orders - a.case.orders || (a.case.caseId < b.case.caseId ? -1 : 1))
    .slice(0, most);

export interface Evidence {
  /** Added to the good's value, as a share of its price; at most CASE_INFLUENCE_MAX either way. */
  readonly influence: number;
  readonly resembles?: Like;
}

/** A good, as far as cases speak of it. */
export interface Spoken {
  readonly sku: string;
  readonly category: string;
  readonly priceMinor: number;
}

/** What is the same for every good of a category: a case, and its likeness but for the price. */
interface Prepared {
  readonly case: Case;
  readonly sum: number;
  readonly weight: number;
  readonly orders: number;
}

/**
 * What the cases say of goods for a need: cases with the very good count whole, those of its category half. Cases that speak neither of the
 * category nor of the good are passed by, so that thousands of goods can be asked about.
 */
export function evidenceOf(sought: Omit<Sought, 'category' | 'priceMinor'>, cases: readonly Case[]): (of: Spoken) => Evidence {
  const index = indexOf(cases);
  const prepared = new Map<string, readonly Prepared[]>();
  return ({ sku, category, priceMinor }) => {
    const named = index.bySku.get(sku);
    if (named === undefined && !index.byCategory.has(category)) return { influence: 0 };
    let all = prepared.get(category);
    if (all === undefined)
      prepared.set(category, (all = (index.byCategory.get(category) ?? []).map((it) => preparedOf(sought, category, it))));
    const others = (named ?? []).filter((it) => it.category !== category).map((it) => preparedOf(sought, category, it));
    return evidenceIn(sku, priceMinor, others.length === 0 ? all : [...all, ...others]);
  };
}

/** Of one good. */
export const evidenceFor = (sought: Omit<Sought, 'category' | 'priceMinor'>, product: Product, cases: readonly Case[]): Evidence =>
  evidenceOf(sought, cases)(product);

function preparedOf(sought: Omit<Sought, 'category' | 'priceMinor'>, category: string, it: Case): Prepared {
  const { sum, weight } = likenessOf({ ...sought, category }, it);
  return { case: it, sum, weight, orders: it.origin === 'curated' ? CURATED_ORDERS : it.orders };
}

function evidenceIn(sku: string, priceMinor: number, all: readonly Prepared[]): Evidence {
  let [say, good, bestRank] = [0, 0, -1];
  let best: Like | undefined;
  for (const { case: it, sum, weight, orders } of all) {
    const like = (sum + WEIGHTS.priceMinor * near(priceMinor, it.priceMinor)) / (weight + WEIGHTS.priceMinor);
    if (like < LIKE_LEAST) continue;
    const rank = like * (it.skus.includes(sku) ? 1 : 0.5);
    say += orders * rank;
    good += orders * rank * it.delivered;
    if (rank <= bestRank) continue;
    bestRank = rank;
    best = { case: it, similarity: like };
  }
  if (best === undefined || say === 0) return { influence: 0 };
  const surplus = Math.max(-1, Math.min(1, (good / say - USUAL_DELIVERED) / (1 - USUAL_DELIVERED)));
  return { influence: CASE_INFLUENCE_MAX * surplus * (say / (say + HALF_SAY)), resembles: best };
}

interface CaseIndex {
  readonly byCategory: ReadonlyMap<string, readonly Case[]>;
  readonly bySku: ReadonlyMap<string, readonly Case[]>;
}
const indexes = new WeakMap<readonly Case[], CaseIndex>();

/** Made once for each list of cases. */
function indexOf(cases: readonly Case[]): CaseIndex {
  const known = indexes.get(cases);
  if (known !== undefined) return known;
  const index = { byCategory: new Map<string, Case[]>(), bySku: new Map<string, Case[]>() };
  const add = (map: Map<string, Case[]>, key: string, it: Case) => void (map.get(key)?.push(it) ?? map.set(key, [it]));
  for (const it of cases) {
    add(index.byCategory, it.category, it);
    for (const sku of new Set(it.skus)) add(index.bySku, sku, it);
  }
  indexes.set(cases, index);
  return index;
}
