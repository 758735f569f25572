import { assertNever } from '@midstream/kernel';
import { CHANNELS_MAX } from './limits';
import { settleOnHand, withOffer } from './rows';
import { MARKUP_ID, noting } from './markup';
import { type OfferTerms, type Rows, rowOf } from './state';
import type { SupplyEvent } from './supply.messages';

export function evolveSupply(rows: Rows, event: Exclude<SupplyEvent, { readonly type: 'HoldingNoted' }>): Rows {
  switch (event.type) {
    case 'CountersRebuilt':
      return withOffer(rows, event.offerId, (offer) => settleOnHand({ ...offer, ...event.counters }));
    case 'MarkupRulesPut': {
      const { version, rules, skus } = event;
      return { ...rows, markups: { ...rows.markups, [MARKUP_ID]: { version, rules, skus } } };
    }
    case 'RuleFollowed':
      return ruleFollowed(rows, event.sku, event.follows);
    case 'CostTold':
      return withOffer(rows, event.offerId, (offer) => ({
        ...offer,
        costTold: event.costMinor === undefined ? {} : { costMinor: event.costMinor },
      }));
    case 'CostNoted': {
      const product = rowOf(rows.products, event.sku);
      const ruled = noting(product.ruled ?? { follows: false, costs: {} }, event);
      return { ...rows, products: { ...rows.products, [event.sku]: { ...product, ruled } } };
    }
    case 'RateNoted': {
      const { base, quote, rate, seenAt } = event;
      const known = rows.rates[base] ?? { base, quotes: {}, offerIds: [] };
      return { ...rows, rates: { ...rows.rates, [base]: { ...known, quotes: { ...known.quotes, [quote]: { rate, seenAt } } } } };
    }
    case 'PaceNoted':
      return withOffer(rows, event.offerId, ({ slowed: _, ...offer }) => ({
        ...offer,
        capacityPerMinute: event.capacityPerMinute,
        leadTimeMs: event.leadTimeMs,
        ...(event.slowed && { slowed: event.slowed }),
        ...(event.at !== undefined && { paceAsOf: event.at }),
        ...(event.source && { paceSource: event.source }),
      }));
    case 'FigureAged':
      return withOffer(rows, event.offerId, (offer) => ({ ...offer, staleAt: event.staleAt }));
    case 'PolicyNoted':
      return withOffer(rows, event.offerId, ({ policy: _, ...offer }) =>
        Object.keys(event.policy).length === 0 ? offer : { ...offer, policy: event.policy },
      );
    case 'ChannelNoted':
      return channelNoted(rows, event);
    default:
      return assertNever(event);
  }
}

function channelNoted(rows: Rows, { sku, channel, state, policy, seenAt }: Extract<SupplyEvent, { readonly type: 'ChannelNoted' }>): Rows {
  const product = rowOf(rows.products, sku);
  const { [channel]: _, ...others } = product.channels ?? {};
  const kept = Object.entries(others)
    .sort(([, a], [, b]) => b.seenAt - a.seenAt)
    .slice(0, CHANNELS_MAX - 1);
  const channels = Object.fromEntries([...kept, [channel, { state, seenAt, ...(policy && { policy }) }]]);
  return { ...rows, products: { ...rows.products, [sku]: { ...product, channels } } };
}

/** A product follows the rules, or no more; the rules go on naming it, and it takes no notice. */
function ruleFollowed(rows: Rows, sku: string, follows: boolean): Rows {
  const product = rowOf(rows.products, sku);
  const products = { ...rows.products, [sku]: { ...product, ruled: { costs: product.ruled?.costs ?? {}, follows } } };
  const known = rows.markups[MARKUP_ID] ?? { version: 0, rules: [], skus: [] };
  if (!follows || known.skus.includes(sku)) return { ...rows, products };
  return { ...rows, products, markups: { ...rows.markups, [MARKUP_ID]: { ...known, skus: [...known.skus, sku] } } };
}

/** The offers that a rate moves. */
export function quotedIn(rows: Rows, { offerId, quoted }: OfferTerms): Rows {
  const rate = quoted && rows.rates[quoted.currency];
  if (rate === undefined || rate.offerIds.includes(offerId)) return rows;
  return { ...rows, rates: { ...rows.rates, [rate.base]: { ...rate, offerIds: [...rate.offerIds, offerId] } } };
}
