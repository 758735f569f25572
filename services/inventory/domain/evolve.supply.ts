import { assertNever } from '@midstream/kernel';
import { settleOnHand, withOffer } from './rows';
import type { OfferTerms, Rows } from './state';
import type { SupplyEvent } from './supply.messages';

export function evolveSupply(rows: Rows, event: Exclude<SupplyEvent, { readonly type: 'HoldingNoted' }>): Rows {
  switch (event.type) {
    case 'CountersRebuilt':
      return withOffer(rows, event.offerId, (offer) => settleOnHand({ ...offer, ...event.counters }));
    case 'RateNoted': {
      const { base, quote, rate, seenAt } = event;
      const known = rows.rates[base] ?? { base, quotes: {}, offerIds: [] };
      return { ...rows, rates: { ...rows.rates, [base]: { ...known, quotes: { ...known.quotes, [quote]: { rate, seenAt } } } } };
    }
    case 'PaceNoted':
      return withOffer(rows, event.offerId, ({ slowed: _, ...offer }) => ({
        ...offer,
        ...{ capacityPerMinute: event.capacityPerMinute, leadTimeMs: event.leadTimeMs },
        ...(event.slowed && { slowed: event.slowed }),
      }));
    case 'ChannelNoted':
      return rows;
    default:
      return assertNever(event);
  }
}

/** The offers that a rate moves. */
export function quotedIn(rows: Rows, { offerId, quoted }: OfferTerms): Rows {
  const rate = quoted && rows.rates[quoted.currency];
  if (rate === undefined || rate.offerIds.includes(offerId)) return rows;
  return { ...rows, rates: { ...rows.rates, [rate.base]: { ...rate, offerIds: [...rate.offerIds, offerId] } } };
}
