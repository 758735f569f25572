import type { Fact } from '@midstream/contracts';
import { maxQuantityOf, regionsOf } from './fit';
import { FRESH_MS, UNITS_MAX } from './limits';
import { leadOf } from './slowness';
import { closuresOf, type Offer, roomOf } from './state';
import type { OfferTerms } from './terms';

type OfferFact = Fact<'OfferState'>;

export const stateOf = (offer: Offer): OfferFact => ({
  type: 'OfferState',
  offerId: offer.offerId,
  version: offer.version,
  supplierId: offer.supplierId,
  sku: offer.sku,
  upstreamGroup: offer.upstreamGroup,
  kind: offer.kind,
  costTiers: offer.costTiers,
  currency: offer.currency,
  regions: toldRegions(offer),
  minQuantity: offer.minQuantity,
  maxQuantity: maxQuantityOf(offer),
  capacityPerMinute: offer.capacityPerMinute,
  leadTimeMs: leadOf(offer),
  available: roomOf(offer),
  // Asked for where what is held may have to go elsewhere: so large is the storm
  ...(roomOf(offer) === 0 && offer.held > 0 && { held: Math.min(UNITS_MAX, offer.held) }),
  ...(offer.queued > 0 && { busyUntil: new Date(offer.plannedUntil).toISOString() }),
  stockAsOf: new Date(offer.stockAsOf).toISOString(),
  closures: closuresOf(offer),
  outcomes: offer.outcomes,
  ...(offer.holding !== undefined && { holding: { ...offer.holding, asOf: new Date(offer.holding.asOf).toISOString() } }),
  ...(offer.restock !== undefined && offer.restock.seen > 0 && { restock: restockOf(offer.restock) }),
  ...(offer.quoted && { quoted: { ...offer.quoted, rateAt: new Date(offer.quoted.rateAt).toISOString() } }),
  ...(offer.stockSource && { stockSource: offer.stockSource }),
  ...(offer.costSource && { costSource: offer.costSource }),
  ...(offer.costAsOf !== undefined && { costAsOf: new Date(offer.costAsOf).toISOString() }),
  ...freshnessOf(offer),
  ...(offer.validUntilAt !== undefined && { validUntil: new Date(offer.validUntilAt).toISOString() }),
});

/** Where its way of delivery leaves nothing, it is closed. */
function toldRegions(offer: Offer): string[] {
  const regions = regionsOf(offer);
  return [...(regions.length > 0 ? regions : offer.regions)];
}

/** Of one who has promised nothing it is told once it is over. */
function freshnessOf({ freshness, staleAt, stockAsOf }: Offer): Pick<OfferFact, 'freshUntil'> {
  const until = freshness === undefined ? staleAt : stockAsOf + FRESH_MS[freshness];
  return until === undefined ? {} : { freshUntil: new Date(until).toISOString() };
}

const restockOf = ({ lastAt, everyMs, seen }: NonNullable<Offer['restock']>): OfferFact['restock'] => ({
  lastAt: new Date(lastAt).toISOString(),
  everyMs,
  seen,
});

export const termsOf = (offer: Offer): OfferTerms => ({
  offerId: offer.offerId,
  supplierId: offer.supplierId,
  sku: offer.sku,
  kind: offer.kind,
  upstreamGroup: offer.upstreamGroup,
  fulfilmentKind: offer.fulfilmentKind,
  currency: offer.currency,
  costTiers: offer.costTiers,
  regions: offer.regions,
  minQuantity: offer.minQuantity,
  maxQuantity: offer.maxQuantity,
  capacityPerMinute: offer.capacityPerMinute,
  leadTimeMs: offer.leadTimeMs,
  safetyStock: offer.safetyStock,
  ceilingMinor: offer.ceilingMinor,
  ...(offer.floorBp !== undefined && { floorBp: offer.floorBp }),
  ...(offer.ruled && { ruled: offer.ruled }),
  ...(offer.supplierSku !== undefined && { supplierSku: offer.supplierSku }),
  ...(offer.quoted && { quoted: offer.quoted }),
  ...(offer.freshness && { freshness: offer.freshness }),
  ...(offer.validFromAt !== undefined && { validFromAt: offer.validFromAt }),
  ...(offer.validUntilAt !== undefined && { validUntilAt: offer.validUntilAt }),
  ...(offer.channel !== undefined && { channel: offer.channel }),
  ...(offer.denomination && { denomination: offer.denomination }),
});
