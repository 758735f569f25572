import { type Decision, reject } from '@midstream/kernel';
import { isDearer } from './catalogue';
import { arm, draftOf, tellState } from './draft';
import { RATE_AHEAD_MS } from './limits';
import type { InventoryCode, InventoryEvent } from './messages';
import { type CostTiers, type Offer, type Quoted, type QuotedRate, type Rows, termsOf } from './state';
import type { PutRate, RequoteOffer } from './supply.messages';

type Decided = Decision<InventoryEvent, InventoryCode>;

/** Minor units of the one currency for one of the other, by the rate of their major units: 1 JPY has none, 1 CNY has 100. */
export const factorOf = (rate: number, from: string, to: string): number => rate * 10 ** (digitsOf(to) - digitsOf(from));

const digitsOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

/**
 * Never below what it costs: rounded up, but not for the dust that a fraction in binary leaves. What comes to more than a number can say is the
 * largest: nobody sells at that, and no fact breaks.
 */
export const convert = (minor: number, factor: number): number => within(Math.ceil(Number((minor * factor).toFixed(6))));

/** What it is in the supplier's currency, for which it was rounded up: never above it. */
export const convertBack = (minor: number, factor: number): number => within(Math.floor(Number((minor / factor).toFixed(6))));

const within = (minor: number): number => Math.min(Number.MAX_SAFE_INTEGER, minor);

/** Minor units of the currency that the hub sells in for one of the supplier's. */
export const factorTo = ({ quoted, currency }: { readonly quoted?: QuotedRate | undefined; readonly currency: string }): number =>
  quoted === undefined ? 1 : factorOf(quoted.rate, quoted.currency, currency);

/** Tiers in the currency that the hub sells in, from those that the supplier quotes. */
export const convertTiers = (quoted: Quoted, currency: string): CostTiers =>
  quoted.costTiers.map(({ from, costMinor }) => ({
    from,
    costMinor: convert(costMinor, factorOf(quoted.rate, quoted.currency, currency)),
  }));

/** A rate, with the time that it was seen at. An older one than known changes nothing, and is told so. */
export function putRate({ base, quote, rate, seenAt, at }: PutRate, rows: Rows): Decided {
  if (base === quote) return reject('wrong-rate');
  if (seenAt > at + RATE_AHEAD_MS) return reject('rate-from-the-future');
  const known = rows.rates[base];
  const last = known?.quotes[quote];
  if (last !== undefined && seenAt < last.seenAt) return reject('stale-rate', { seenAt: new Date(last.seenAt).toISOString() });
  if (last !== undefined && seenAt === last.seenAt) return last.rate === rate ? [] : reject('stale-rate');
  return [{ type: 'RateNoted', base, quote, rate, seenAt, offerIds: known?.offerIds ?? [] }];
}

/** A new rate makes the offer dearer or cheaper for us, as if its supplier had said so. */
export function requoteOffer({ offerId, base, quote, rate, seenAt, at }: RequoteOffer, rows: Rows): Decided {
  const offer = rows.offers[offerId];
  if (offer?.quoted?.currency !== base || offer.currency !== quote || offer.quoted.rateAt >= seenAt) return [];
  const quoted = { ...offer.quoted, rate, rateAt: seenAt };
  const costTiers = convertTiers(quoted, quote);
  const draft = draftOf(rows);
  draft.emit({ type: 'OfferPut', terms: { ...termsOf(offer), quoted, costTiers }, at });
  if (isDearer(offer, { costTiers })) arm(draft, offerId);
  tellState(draft, offerId);
  return draft.events;
}

/** What a feed's tiers, in the supplier's own currency, are to us. */
export function quotedBy(offer: Offer, costTiers: CostTiers): Pick<Offer, 'costTiers'> & { readonly quoted?: Quoted } {
  if (offer.quoted === undefined) return { costTiers };
  const quoted = { ...offer.quoted, costTiers };
  return { quoted, costTiers: convertTiers(quoted, offer.currency) };
}

/** Tiers that are no cheaper than this, in the hub's currency; where the supplier quotes in its own, its tiers, too: the next rate starts from them. */
export function dearerBy(offer: Offer, leastMinor: number): Pick<Offer, 'costTiers'> & { readonly quoted?: Quoted } {
  const { quoted } = offer;
  const raised = (tiers: CostTiers, least: number): CostTiers =>
    tiers.map(({ from, costMinor }) => ({ from, costMinor: Math.max(costMinor, least) }));
  if (quoted === undefined) return { costTiers: raised(offer.costTiers, leastMinor) };
  return quotedBy(offer, raised(quoted.costTiers, convertBack(leastMinor, factorTo(offer))));
}
