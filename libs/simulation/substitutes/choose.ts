import {
  type Beliefs,
  type CandidateOffer,
  type CandidateRequest,
  createBeliefs,
  observe,
  rankCandidates,
} from '@midstream/selection-engine-domain';
import { chanceOf } from '../market/chance';
import { alike, type Good, type Tastes, type Wish } from './buyers';

/** Chooses one of the goods that may stand in, and hears what became of it. */
export interface Chooser {
  readonly name: string;
  choose(wish: Wish, substitutes: readonly Good[]): Good | undefined;
  /** `insteadOf`: the good that it stood in for; absent: it was what its buyer wanted. */
  hear(wish: Wish, good: Good, kept: boolean, insteadOf?: Good): void;
}

const silent = (): void => undefined;
const best = (goods: readonly Good[], score: (it: Good) => number): Good | undefined =>
  goods.reduce<Good | undefined>((a, b) => (a === undefined || score(b) > score(a) ? b : a), undefined);

export const anyOf = (seed: number): Chooser => ({
  name: 'random',
  choose: ({ nth }, goods) => goods[Math.floor(chanceOf(seed, nth, 0, 0, 430) * goods.length)],
  hear: silent,
});

export const nearestPrice = (): Chooser => ({
  name: 'nearest-price',
  choose: (_, goods) => best(goods, (it) => it.priceMinor),
  hear: silent,
});

export const likest = (): Chooser => ({ name: 'likest', choose: ({ good }, goods) => best(goods, (it) => alike(good, it)), hear: silent });

export function mostSold(): Chooser {
  const sold = new Map<number, number>();
  return {
    name: 'most-sold',
    choose: (_, goods) => best(goods, (it) => sold.get(it.index) ?? 0),
    hear: (_, { index }, kept) => void (kept && sold.set(index, (sold.get(index) ?? 0) + 1)),
  };
}

/** Knows what each buyer would keep. */
export const tasteOracle = (tastes: Tastes): Chooser => ({
  name: 'oracle',
  choose: (wish, goods) => best(goods, (it) => tastes.keeps(wish, it)),
  hear: silent,
});

const sku = ({ index }: Good): string => `g${index}`;

/** The service's own domain, through the two functions that it exports. It looks at money, and at what is kept as a part of it. */
export function ours(): Chooser {
  const beliefs: Beliefs = createBeliefs();
  return {
    name: 'midstream',
    choose(wish, goods) {
      const { candidates } = rankCandidates(beliefs, requestOf(wish, goods));
      return goods.find((it) => sku(it) === candidates[0]?.offerId);
    },
    hear({ at, buyer }, good, kept, insteadOf) {
      if (insteadOf !== undefined) observe(beliefs, { type: 'substitute-answered', at, buyer: `b${buyer}`, answer: kept ? 'accepted' : 'refunded', ...inPlaceOf(good, insteadOf) }); // prettier-ignore
      if (kept) observe(beliefs, { type: 'purchase', at, buyer: `b${buyer}`, sku: sku(good) });
    },
  };
}

const inPlaceOf = (good: Good, missing: Good) => ({
  sku: sku(good),
  insteadOf: sku(missing),
  category: `c${good.category}`,
  similarity: alike(missing, good),
  sameCategory: true,
  referenceMinor: missing.priceMinor,
  priceMinor: good.priceMinor,
  preApproved: true,
});

const requestOf = ({ at, buyer, good }: Wish, goods: readonly Good[]): CandidateRequest => ({
  at,
  line: {
    sku: sku(good),
    quantity: 1,
    priceCapMinor: good.priceMinor,
    referenceMinor: good.priceMinor,
    deliverByAt: at + 3_600_000,
    segment: 'retail',
    buyer: `b${buyer}`,
    substitution: { upTo: 'same-category', consent: 'pre-approved' },
  },
  offers: goods.map((it) => offerOf(it, good)),
});

const offerOf = (it: Good, good: Good): CandidateOffer => ({
  offerId: sku(it),
  supplierId: `s${it.index}`,
  sku: sku(it),
  category: `c${it.category}`,
  step: 'same-category',
  priceMinor: it.priceMinor,
  costTiers: [{ from: 1, costMinor: it.costMinor }],
  leadTimeMs: 5_000,
  similarity: alike(good, it),
});
