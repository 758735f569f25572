import { CHEAPEST_MINOR, type MarketPlan, marketOf, type OrderKind, PRICE_MINOR } from './market';
import type { Market, Offer, Product } from '../sample-market/words';

/** Units that are left for each line of the storm, at other offers of the good and at those of its sibling. */
const SHARE = { own: 0.8, sibling: 0.1 } as const;
const SIBLING_SUPPLIERS = 2;
const HOUR_MS = 3_600_000;
/** Past the deadline of who is in a hurry, and within that of the others. */
const SLOW_MS = 48 * HOUR_MS;
const DEADLINES_MS = [24 * HOUR_MS, 168 * HOUR_MS] as const;
const REGIONS = ['CN-31', 'CN-44'] as const;
/** Each next offer of the good costs so much more. */
const COST_MINOR = { least: 500, step: 60, sibling: 450 } as const;

/** The good that may stand in for another one of the market: the same game, another card. */
export const siblingOf = (sku: string): string => `${sku}-sibling`;

/**
 * A market in which fewer units are left elsewhere than lines will ask for, so that it matters who gets which. The cheaper an offer, the less
 * there is of it; one in three sells in one region only, one in two is too slow for who is in a hurry; and each good has a sibling for lines
 * that take another one. @throws UsageProblem
 */
export function scarceMarketOf(plan: MarketPlan, lines: number): Market {
  const market = marketOf(plan);
  const weights = (plan.substitutes * (plan.substitutes + 1)) / 2;
  const own = market.offers.map((it): Offer => {
    const dearer = (it.costTiers[0]?.costMinor ?? 0) - CHEAPEST_MINOR;
    const offer = { ...it, costTiers: [{ from: 1, costMinor: COST_MINOR.least + COST_MINOR.step * dearer }] };
    if (dearer === 0) return offer;
    return {
      ...offer,
      stock: Math.ceil((SHARE.own * lines * dearer) / weights),
      regions: dearer % 3 === 1 ? REGIONS.slice(0, 1) : ['CN'],
      leadTimeMs: dearer % 2 === 0 ? SLOW_MS : plan.leadTimeMs,
    };
  });
  const siblings = market.products.map((it): Product => ({ ...it, sku: siblingOf(it.sku), priceMinor: 0.9 * PRICE_MINOR }));
  const theirs = siblings.flatMap(({ sku }) =>
    market.offers.slice(0, SIBLING_SUPPLIERS).map((it): Offer => ({
      ...it,
      sku,
      stock: Math.ceil((SHARE.sibling * lines) / SIBLING_SUPPLIERS),
      capacityPerMinute: plan.capacityPerMinute,
      costTiers: [{ from: 1, costMinor: COST_MINOR.sibling }],
    })),
  );
  return { ...market, products: [...market.products, ...siblings], offers: [...own, ...theirs] };
}

/** Who orders there: buyers that differ in all that decides which offers may serve a line, and what giving it up costs. */
export const kindsAt = (now: number): OrderKind[] =>
  DEADLINES_MS.flatMap((deadlineMs) =>
    REGIONS.flatMap((region) =>
      (['retail', 'enterprise'] as const).flatMap((segment) =>
        (['other-supplier', 'same-category'] as const).map((upTo) => ({ region, segment, upTo, deliverByAt: now + deadlineMs })),
      ),
    ),
  );
