import type { Candidate, SelectionRequest } from '@midstream/contracts';
import { type OfferBook, pricedFor, type Product } from '../book';
import type { MoneySettings } from '../chain/settings';
import { mayBeRepacked, wantedBy } from '../gates';
import type { Considered } from '../messages';
import { rank } from '../rank';
import { bestOf, type PackWeighed, type RepackMade } from './best';
import { type Pack, packsOf } from './packs';
import { proposedAt } from './proposed';

/** Packs that one decision weighs, and keeps with all their offers: those of the fewest pieces. */
export const PACKS_MAX = 4;

interface Asking {
  readonly book: OfferBook;
  readonly at: number;
  readonly settings: MoneySettings;
  /** What the line is sent to, other goods among them. */
  readonly candidates: readonly Candidate[];
}

/**
 * What stands in for the good where it cannot be had: pieces of the same brand, weighed as the line that they would become. A pack that is
 * dearer in all than the good itself is none. Where another good could serve the line, pieces that others were just sent to do not count.
 */
export function proposeRepack(request: SelectionRequest, { book, at, settings, candidates }: Asking): RepackMade | undefined {
  const { product: good, priceMinor } = wantedBy(request, book);
  if (good === undefined || priceMinor === undefined || !mayBeRepacked(request) || isServed(request, candidates)) return undefined;
  const isCheap = ({ product, pieces }: Pack): boolean => pricedFor(product, request.merchantTier).priceMinor * pieces <= priceMinor;
  const found = packsOf(good, book).filter(isCheap).slice(0, PACKS_MAX);
  if (found.length === 0) return undefined;
  const hasOthers = candidates.some((it) => it.sku !== good.sku);
  const { split: _, ...plain } = book; // how the pieces are split, their own line asks
  const packs = found.map(({ product, pieces }): PackWeighed => {
    const asked = requestOf(request, product, pieces, priceMinor);
    const ranking = rank(asked, plain, at, undefined, undefined, settings);
    const there = ranking.considered.filter((it) => it.gate === undefined);
    const count = hasOthers
      ? (it: Considered) => Math.max(0, it.room - proposedAt(book, it.offerId, at))
      : (it: Considered) => it.available;
    return {
      sku: product.sku,
      pieces,
      units: Math.floor(there.reduce((sum, it) => sum + count(it), 0) / pieces),
      priceCapMinor: asked.priceCapMinor,
      considered: there,
      candidates: ranking.candidates.map(({ offerId, expectedMinor, planned }) => ({ offerId, expectedMinor, planned })),
      chosen: ranking.chosen,
    };
  });
  const proposed = bestOf(packs, request.quantity);
  return proposed && { quantity: request.quantity, packs, proposed };
}

/** The good itself is foreseen for all units, and nothing else would be held in its place: if it is not there after all, the line asks again. */
const isServed = ({ need, quantity, ranking }: SelectionRequest, candidates: readonly Candidate[]): boolean =>
  ranking === 1 && candidates.every((it) => it.sku === need.sku) && candidates.reduce((sum, it) => sum + it.planned, 0) >= quantity;

/** As the line of the pieces would ask: a fresh line of another good, for a part of the price. */
function requestOf(request: SelectionRequest, { sku }: Product, pieces: number, priceMinor: number): SelectionRequest {
  const { replaces: _, additions: __, ...rest } = request;
  return {
    ...rest,
    depth: 1,
    ranking: 1,
    need: { sku },
    quantity: request.quantity * pieces,
    priceCapMinor: Math.floor(priceMinor / pieces),
    substitution: { ...request.substitution, upTo: 'other-supplier' },
    excluded: [],
    tried: [],
  };
}
