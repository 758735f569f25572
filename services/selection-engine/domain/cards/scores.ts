import type { OfferBook } from '../book';
import { type Product, verdictIn } from '../book';
import { perHour, trendOf } from '../market/heat';
import { KEPT_MS } from './need';
import { type Aisle, shelvesOf } from './shelf';

/** Four figures for people, 0 to 100: where a good stands among its category, by what is believed of it. They rank nothing. */
export interface Scores {
  /** 质量: deliveries that are as promised, of the best offer. */
  readonly quality: number;
  /** 供应稳定: stock, by sources that do not fail together. */
  readonly supply: number;
  /** 合规: 100 screened and open, 60 not screened in this region yet, 20 high risk, 0 banned. */
  readonly compliance: number;
  /** 市场需求: orders of the last week, and how they rise. */
  readonly demand: number;
}

/** The numbers behind the scores. */
export interface ScoreBasis {
  readonly fill: number;
  readonly sources: number;
  readonly available: number;
  readonly ordersPerHour: number;
  readonly trend: number;
  readonly verdict: 'compliant' | 'high-risk' | 'banned' | 'unscreened';
}

const COMPLIANCE: Readonly<Record<ScoreBasis['verdict'], number>> = { compliant: 100, unscreened: 60, 'high-risk': 20, banned: 0 };

interface Reference {
  readonly at: number;
  readonly quality: Float64Array;
  readonly supply: Float64Array;
  readonly demand: Float64Array;
}
const references = new WeakMap<OfferBook, Map<string, Reference>>();

export function scoresOf(
  product: Product,
  region: string,
  book: OfferBook,
  at: number,
): { readonly scores: Scores; readonly basis: ScoreBasis } {
  const shelves = shelvesOf(book);
  const aisle = shelves.of(product.category, at);
  const basis = basisOf(aisle, shelves.placeOf(product.sku) ?? 0, region, book, at);
  const { quality, supply, demand } = referenceOf(aisle, book, at);
  return {
    basis,
    scores: {
      quality: placeIn(quality, basis.fill),
      supply: placeIn(supply, supplyOf(basis)),
      compliance: COMPLIANCE[basis.verdict],
      demand: placeIn(demand, demandOf(basis)),
    },
  };
}

/** Among others of its category; alone it is in the middle. */
function placeIn(sorted: Float64Array, value: number): number {
  let [below, same] = [0, 0];
  for (const it of sorted) {
    if (it < value) below += 1;
    else if (it === value) same += 1;
    else break;
  }
  return Math.round((100 * (below + same / 2)) / Math.max(1, sorted.length));
}

function referenceOf(aisle: Aisle, book: OfferBook, at: number): Reference {
  const { category, shelves } = aisle;
  const known = references.get(book) ?? new Map<string, Reference>();
  references.set(book, known);
  const last = known.get(category);
  if (last !== undefined && Math.abs(at - last.at) < KEPT_MS) return last;
  const all = shelves.flatMap(({ product: { listed, regions } }, place) =>
    listed ? [basisOf(aisle, place, regions[0] ?? '*', book, at)] : [],
  );
  const sorted = (of: (basis: ScoreBasis) => number) => Float64Array.from(all, of).sort();
  const next = { at, quality: sorted((it) => it.fill), supply: sorted(supplyOf), demand: sorted(demandOf) };
  known.set(category, next);
  return next;
}

const supplyOf = ({ sources, available }: ScoreBasis): number => sources + Math.log10(1 + available) / 10;
const demandOf = ({ ordersPerHour, trend }: ScoreBasis): number => ordersPerHour * 2 ** Math.max(-2, Math.min(2, trend / 2));

function basisOf({ shelves, offers: columns, starts }: Aisle, place: number, region: string, book: OfferBook, at: number): ScoreBasis {
  const { sku = '', offers = [] } = shelves[place] ?? {};
  let [fill, available] = [0, 0];
  const sources = new Set<string>();
  offers.forEach(({ closures, upstreamGroup }, n) => {
    if (closures.length > 0) return;
    const one = (starts[place] ?? 0) + n;
    const stock = columns.available[one] ?? 0;
    fill = Math.max(fill, columns.fill[one] ?? 0);
    available += stock;
    if (stock > 0) sources.add(upstreamGroup);
  });
  const heat = book.markets.get(sku)?.heat;
  const count = { hour: heat?.hour ?? 0, week: heat?.week ?? 0, at: heat === undefined ? at : Date.parse(heat.asOf) };
  return {
    fill,
    available,
    sources: sources.size,
    ordersPerHour: perHour(count, at).week,
    trend: trendOf(count, at),
    verdict: verdictIn(book, sku, region) ?? 'unscreened',
  };
}
