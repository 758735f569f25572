import type { Need, Segment, SelectionRequest } from '@midstream/contracts';

/** What somebody looks for, before there is an order. */
export interface CardNeed {
  readonly need: Need;
  readonly region: string;
  readonly segment: Segment;
  readonly scenario: string;
  readonly quantity: number;
  /** The dearest that a unit may be; none where it is left out. */
  readonly priceCapMinor?: number;
  readonly currency: string;
  /** Of the merchant who asks, where the hub has put it into one: what goods cost it depends on it. */
  readonly merchantTier?: string;
  readonly deliverByAt: number;
  /** Look at this good alone, and at no substitute. */
  readonly only?: string;
  /** Of a running line: whether it names an account, so that only top-ups serve it, or none, so that no top-up does. */
  readonly hasRecipient?: boolean;
  /** Offers that a running line has lost. */
  readonly excluded?: SelectionRequest['excluded'];
}

export const CARDS_MAX = 5;
export const CARDS_LEAST = 3;
/** Goods that are compared with each other; the rest is worth less than all of these. */
export const GOODS_MAX = 200;
/** So long is kept what changes slowly of all goods of a category: what is believed of their offers, and where each stands among them. */
export const KEPT_MS = 30_000;
/** Offers of one good that are tried one after the other. */
export const CHAIN_MAX = 3;

/** As a line's request, so that the same gates stand in the way. Substitutes are looked at, too: what is shown is not yet chosen. */
export const requestOf = (it: CardNeed, capMinor: number, hasRecipient: boolean): SelectionRequest => ({
  orderId: 'none',
  merchantId: 'none',
  lineId: 'none',
  attempt: 1,
  depth: 1,
  ranking: 1,
  quantity: it.quantity,
  need: it.need,
  region: it.region,
  segment: it.segment,
  tier: 'standard',
  scenario: it.scenario,
  ...(it.merchantTier !== undefined && { merchantTier: it.merchantTier }),
  priceCapMinor: capMinor,
  currency: it.currency,
  hasRecipient,
  deliverBy: new Date(it.deliverByAt).toISOString(),
  substitution: { upTo: 'same-category', consent: 'ask', consentDefault: 'refund', consentMs: 900_000 },
  excluded: [...(it.excluded ?? [])],
  tried: [],
});
