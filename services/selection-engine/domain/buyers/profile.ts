import type { Fact } from '@midstream/contracts';
import { GOODS_OF_BUYER_MAX, LOYALTY_STEP } from '../beliefs/substitutes';

type Served = NonNullable<Fact<'LineClosed'>['served']>;

/** What is remembered of a buyer, under a pseudonym: history, tier, and whether he comes again. Times in milliseconds. */
export interface BuyerProfile {
  readonly buyerKey: string;
  readonly merchantId: string;
  /** As the merchant's backend named it last. */
  readonly tier: string;
  /** Orders that brought something, and those of them that came within RETURN_MS after the one before. */
  readonly orders: number;
  readonly returns: number;
  readonly units: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly lastOrderId: string;
  /** Who served the last order, as long as it is not known whether he comes back in time. */
  readonly lastOffers: readonly string[];
  /** Loyalty in [0,1] by SKU (Guadagni-Little): what was bought last weighs a fifth. */
  readonly goods: Readonly<Record<string, number>>;
}

/** A line that ended, as far as it says something of its buyer. */
export interface BuyersLine {
  readonly buyerKey: string;
  readonly merchantId: string;
  readonly orderId: string;
  readonly tier: string;
  readonly at: number;
  readonly served: Served;
}

/** Whoever orders again within it has come back. */
export const RETURN_MS = 30 * 86_400_000;
/** A buyer who was not seen for so long is forgotten. */
export const PROFILE_MS = 180 * 86_400_000;
const LAST_OFFERS_MAX = 5;
/** Coming back: three of ten, as good as ten orders' watching (selection.md 1.2a). */
const RETURN_PRIOR = { returns: 3, orders: 10 } as const;

export interface Noted {
  readonly profile: BuyerProfile;
  /** Offers that served the order before this one: of them it is known now whether the buyer came back in time. */
  readonly judged: readonly string[];
  readonly cameBack: boolean;
}

/** The profile after a line that brought something. Lines of one order are one purchase. */
export function afterLine(known: BuyerProfile | undefined, line: BuyersLine): Noted {
  const { buyerKey, merchantId, orderId, tier, at, served } = line;
  const isSame = known?.lastOrderId === orderId;
  const offers = served.map((it) => it.offerId);
  const cameBack = known !== undefined && !isSame && at - known.lastAt <= RETURN_MS;
  return {
    judged: isSame ? [] : (known?.lastOffers ?? []),
    cameBack,
    profile: {
      buyerKey,
      merchantId,
      tier,
      lastOrderId: orderId,
      orders: (known?.orders ?? 0) + (isSame ? 0 : 1),
      returns: (known?.returns ?? 0) + (cameBack ? 1 : 0),
      units: served.reduce((sum, it) => sum + it.units, known?.units ?? 0),
      firstAt: Math.min(known?.firstAt ?? at, at),
      lastAt: Math.max(known?.lastAt ?? at, at),
      lastOffers: [...new Set([...(isSame ? known.lastOffers : []), ...offers])].slice(0, LAST_OFFERS_MAX),
      goods: [...new Set(served.map((it) => it.sku))].reduce(bought, known?.goods ?? {}),
    },
  };
}

function bought(goods: Readonly<Record<string, number>>, sku: string): Readonly<Record<string, number>> {
  const faded = Object.entries(goods).map(([known, value]): [string, number] => [known, value * (1 - LOYALTY_STEP)]);
  const next = new Map(faded).set(sku, (goods[sku] ?? 0) * (1 - LOYALTY_STEP) + LOYALTY_STEP);
  const kept = [...next].sort((a, b) => b[1] - a[1]).slice(0, GOODS_OF_BUYER_MAX);
  return Object.fromEntries(kept.map(([it, value]) => [it, Math.round(value * 1e6) / 1e6]));
}

/** P(the buyer comes again), in (0,1): Beta(3, 7) and his own orders. */
export const comingAgain = ({ orders, returns }: Pick<BuyerProfile, 'orders' | 'returns'>): number =>
  (returns + RETURN_PRIOR.returns) / (Math.max(0, orders - 1) + RETURN_PRIOR.orders);

/** How much more, or less, than a stranger's his staying is worth: at most twice, at least half. */
export const stayingWeight = (profile: BuyerProfile): number =>
  Math.min(2, Math.max(0.5, comingAgain(profile) / (RETURN_PRIOR.returns / RETURN_PRIOR.orders)));

/** The most that a buyer's own history adds to a good's value: a fiftieth of its price. */
export const LIKING_MAX = 0.02;

/** What it adds, as a share of the price, in [0, LIKING_MAX]: whoever comes again often, and for this good, most. */
export const likingOf = (profile: BuyerProfile, sku: string): number =>
  Math.min(LIKING_MAX, LIKING_MAX * (profile.goods[sku] ?? 0) * stayingWeight(profile));
