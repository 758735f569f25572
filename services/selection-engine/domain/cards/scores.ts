import type { OfferBook } from '../book';
import { availableAt, type Product, verdictIn } from '../book';
import { perHour, trendOf } from '../market/heat';
import { fillOf } from '../worth';

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

/** So long a category's places are kept: they move slowly, and a page of cards must not wait for all of its goods. */
export const REFERENCE_MS = 30_000;

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
  const basis = basisOf(product, region, book, at);
  const { quality, supply, demand } = referenceOf(product.category, book, at);
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

function referenceOf(category: string, book: OfferBook, at: number): Reference {
  const known = references.get(book) ?? new Map<string, Reference>();
  references.set(book, known);
  const last = known.get(category);
  if (last !== undefined && Math.abs(at - last.at) < REFERENCE_MS) return last;
  const all = [...(book.skusByCategory.get(category) ?? [])]
    .flatMap((it) => book.products.get(it) ?? [])
    .filter((it) => it.listed)
    .map((it) => basisOf(it, it.regions[0] ?? '*', book, at));
  const sorted = (of: (basis: ScoreBasis) => number) => Float64Array.from(all, of).sort();
  const next = { at, quality: sorted((it) => it.fill), supply: sorted(supplyOf), demand: sorted(demandOf) };
  known.set(category, next);
  return next;
}

const supplyOf = ({ sources, available }: ScoreBasis): number => sources + Math.log10(1 + available) / 10;
const demandOf = ({ ordersPerHour, trend }: ScoreBasis): number => ordersPerHour * 2 ** Math.max(-2, Math.min(2, trend / 2));

function basisOf(product: Product, region: string, book: OfferBook, at: number): ScoreBasis {
  let [fill, available] = [0, 0];
  const sources = new Set<string>();
  for (const offer of book.offersBySku.get(product.sku)?.values() ?? []) {
    if (offer.closures.length > 0) continue;
    const stock = availableAt(book, offer);
    fill = Math.max(fill, fillOf(offer));
    available += stock;
    if (stock > 0) sources.add(offer.upstreamGroup);
  }
  const heat = book.markets.get(product.sku)?.heat;
  const count = { hour: heat?.hour ?? 0, week: heat?.week ?? 0, at: heat === undefined ? at : Date.parse(heat.asOf) };
  return {
    fill,
    available,
    sources: sources.size,
    ordersPerHour: perHour(count, at).week,
    trend: trendOf(count, at),
    verdict: verdictIn(book, product.sku, region) ?? 'unscreened',
  };
}
