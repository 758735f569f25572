import { offerIdOf } from '@midstream/kernel';
import type { Draft } from './draft';
import { HUB_SUPPLIER, UNITS_MAX } from './limits';
import { costAt, type Offer, type OfferTerms, type Purchase, rowOf, termsOf } from './state';

/** Bought, and not wanted any more: back into the vault that they came from, or into the hub's own (protocol 8). */
export function keepCodes(draft: Draft, { purchaseId, holdId, sku, offerId }: Purchase, units: readonly string[]): void {
  if (units.length === 0) return;
  const offer = rowOf(draft.rows.offers, offerId);
  const { bought, costMinor } = rowOf(draft.rows.purchases, purchaseId);
  const terms =
    offer.kind === 'vault' ? termsOf(offer) : hubTerms(offer, bought === 0 ? costAt(offer.costTiers, 1) : Math.ceil(costMinor / bought));
  draft.emit({ type: 'CodesKept', purchaseId, holdId, sku, units, terms });
}

/** What the supplier has promised, and in which currency, is not the hub's: its own stock was paid, and needs no reports. */
const hubTerms = (offer: Offer, costMinor: number): OfferTerms => ({
  ...ownTerms(termsOf(offer)),
  offerId: offerIdOf(HUB_SUPPLIER, offer.sku),
  supplierId: HUB_SUPPLIER,
  kind: 'vault',
  upstreamGroup: HUB_SUPPLIER,
  costTiers: [{ from: 1, costMinor }],
  minQuantity: 1,
  maxQuantity: UNITS_MAX,
  capacityPerMinute: 6_000,
  leadTimeMs: 0,
  safetyStock: 0,
});

function ownTerms({
  quoted: _,
  freshness: __,
  validFromAt: ___,
  validUntilAt: ____,
  supplierSku: _____,
  ...terms
}: OfferTerms): OfferTerms {
  return terms;
}
