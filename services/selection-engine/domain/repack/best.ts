import type { Candidate, Repack } from '@midstream/contracts';
import type { Chosen } from '../chain/record';
import type { Considered } from '../messages';

/** One pack as it was weighed: the ranking that a line of its pieces would get, whole, so that it can be made again. */
export interface PackWeighed {
  readonly sku: string;
  readonly pieces: number;
  /** Units of the line that there are pieces for. */
  readonly units: number;
  readonly priceCapMinor: number;
  readonly considered: readonly Considered[];
  readonly candidates: readonly Pick<Candidate, 'offerId' | 'expectedMinor' | 'planned'>[];
  readonly chosen: Chosen;
}

/** What a decision keeps of a repack: all packs that were weighed, and the one that was proposed. */
export interface RepackMade {
  readonly quantity: number;
  readonly packs: readonly PackWeighed[];
  readonly proposed: Repack;
}

/** Money of one unit, by its pieces, in whole minor units: what differs by less is equal. */
const worthOf = ({ chosen, pieces }: PackWeighed): number => Math.round(chosen.valueMinor * pieces);

/** Enough for all units comes before more money, and more money before fewer pieces. */
export function bestOf(packs: readonly PackWeighed[], quantity: number): Repack | undefined {
  const covered = (it: PackWeighed): number => Math.min(quantity, it.units);
  const [best] = packs
    .filter((it) => it.units > 0)
    .sort(
      (a, b) => covered(b) - covered(a) || worthOf(b) - worthOf(a) || a.pieces - b.pieces || Number(a.sku > b.sku) - Number(a.sku < b.sku),
    );
  return best && { sku: best.sku, pieces: best.pieces, units: covered(best), priceCapMinor: best.priceCapMinor };
}
