import { type Decision, reject } from '@midstream/kernel';
import { areTiers, isDearer, same } from './catalogue';
import { arm, draftOf, type Draft, tellState, withClosure, withoutClosure } from './draft';
import { capOffer } from './caps';
import { followChannel } from './channel';
import { HUB_SUPPLIER } from './limits';
import type { CloseOffer, CountVault, InventoryCode, InventoryEvent, OpenOffer, ReportStock } from './messages';
import { freshen } from './closing';
import type { WrittenOff } from './ledger';
import { ceilingOf } from './markup';
import { dearerBy, quotedBy } from './rates';
import { bannedRegions, type Offer, type OfferTerms, type Rows, rowOf, supplyOf, termsOf } from './state';
import { setBan } from './verdict';

type Decided = Decision<InventoryEvent, InventoryCode>;

/**
 * What the supplier says it has. Clocks do not decide, the feed's own sequence does. A push has in it what was accepted before the report
 * before it arrived, a poll what was accepted before it began; in doubt it is counted, and the next report heals (protocol 9).
 */
export function reportStock(command: ReportStock, rows: Rows): Decided {
  const { offerId, supplierId, quantity, sequence, settled, costTiers, at } = command;
  const offer = rows.offers[offerId];
  if (offer === undefined) return reject('unknown-offer');
  if (offer.supplierId !== supplierId) return reject('foreign-offer');
  if (offer.kind === 'vault') return reject('vault-refuses-feeds');
  if (sequence < offer.sequence) return reject('stale-report', { sequence: offer.sequence });
  if (sequence === offer.sequence) return isRepeat(command, offer) ? [] : reject('stale-report', { sequence: offer.sequence });
  if (costTiers !== undefined && !areTiers(costTiers)) return reject('wrong-tiers', { field: 'costTiers' });

  const draft = draftOf(rows);
  const known = Math.min(offer.accepted, Math.max(offer.settled, settled ?? offer.acceptedAtReport));
  const source = command.source ?? (settled === undefined ? 'push' : 'poll');
  draft.emit({ type: 'StockReported', offerId, reported: quantity, sequence, settled: known, at, source });
  if (costTiers !== undefined) {
    const quoted = quotedBy(offer, costTiers);
    draft.emit({ type: 'OfferPut', terms: { ...termsOf(offer), ...quoted }, at, costSource: source });
    if (isDearer(offer, quoted)) arm(draft, offerId);
  }
  freshen(draft, offerId);
  return afterSupply(draft, offerId);
}

/** A report that comes again says the same. One that says something else under the same sequence is told so: nothing of it is taken. */
const isRepeat = ({ quantity, costTiers }: ReportStock, offer: Offer): boolean =>
  quantity === offer.reported && (costTiers === undefined || same(costTiers, (offer.quoted ?? offer).costTiers));

/** The supplier has refused for want of stock: whatever its feed said, there is none until the next report. */
export function runDry(draft: Draft, offerId: string, at: number): void {
  const { sequence, accepted, kind } = rowOf(draft.rows.offers, offerId);
  if (kind === 'vault') return;
  draft.emit({ type: 'StockReported', offerId, reported: 0, sequence, settled: accepted, at, source: 'refusal' });
}

/** The supplier has refused at our price, and named its own: nothing is cheaper there until its next report. */
export function learnCost(draft: Draft, offerId: string, costMinor: number, at: number): void {
  const offer = rowOf(draft.rows.offers, offerId);
  const learnt = dearerBy(offer, costMinor);
  if (!isDearer(offer, learnt)) return;
  draft.emit({ type: 'OfferPut', terms: { ...termsOf(offer), ...learnt }, at, costSource: 'refusal' });
  arm(draft, offerId);
}

/** Codes came into a vault, or expired there. The command names both totals, which only grow: the greater sum is the later. */
export function countVault({ offerId, stocked, expired = 0, withdrawn, twins, terms, at }: CountVault, rows: Rows): Decided {
  const draft = draftOf(rows);
  if (rows.offers[offerId] === undefined) {
    if (terms === undefined) return reject('unknown-offer');
    if (terms.supplierId === HUB_SUPPLIER && rows.suppliers[HUB_SUPPLIER] === undefined) draft.emit({ type: 'SupplierPut', supplier: HUB });
    // Its terms are those of the offer that the codes were bought at, and come with them
    draft.emit({ type: 'OfferPut', ...priced(terms, rows), at, costSource: 'import', paceSource: 'import' });
    setBan(draft, offerId, bannedRegions(rows.verdicts[terms.sku], at));
    capOffer(draft, offerId);
    followChannel(draft, offerId);
  }
  const offer = rowOf(draft.rows.offers, offerId);
  if (offer.kind !== 'vault') return reject('not-a-vault');
  if (stocked + expired <= Math.max(0, offer.sequence)) return draft.events;
  draft.emit({
    type: 'StockReported',
    offerId,
    reported: stocked - expired,
    sequence: stocked + expired,
    settled: 0,
    at,
    source: 'import',
    ...writtenOff(offer, { expired, ...(withdrawn !== undefined && { withdrawn }), ...(twins !== undefined && { twins }) }),
  });
  return afterSupply(draft, offerId);
}

/** Of what an offer was told before, half of the difference of its two totals was written off. */
function writtenOff(
  { sequence, reported, ...known }: Offer,
  { expired, withdrawn = 0, twins = 0 }: Pick<CountVault, 'withdrawn' | 'twins'> & { readonly expired: number },
): { readonly writtenOff?: WrittenOff } {
  const units = expired - Math.max(0, sequence - reported) / 2;
  if (units <= 0) return {};
  const duplicate = Math.min(units, Math.max(0, twins - (known.twins ?? 0)));
  const nearExpiry = Math.min(units - duplicate, Math.max(0, withdrawn - (known.withdrawn ?? 0)));
  return { writtenOff: { expired: units - duplicate - nearExpiry, nearExpiry, ...(duplicate > 0 && { duplicate }) } };
}

/** At the price of now: it may have changed since the codes were kept, and goes only to offers that are there. */
function priced(
  { floorBp: _, ruled: __, ...terms }: OfferTerms,
  rows: Rows,
): { readonly terms: OfferTerms; readonly priceVersion?: number } {
  const product = rows.products[terms.sku];
  if (product === undefined) return { terms };
  const floor = product.marginFloorBp === undefined ? {} : { floorBp: product.marginFloorBp };
  const ruled = product.ruled?.follows ? { ruled: true as const } : {};
  return { terms: { ...terms, ceilingMinor: ceilingOf(product), ...floor, ...ruled }, priceVersion: product.version };
}

const HUB = {
  supplierId: HUB_SUPPLIER,
  kind: 'vault',
  name: { zh: '平台自有库存', en: 'Own stock' },
  upstreamGroup: HUB_SUPPLIER,
} as const;

export function closeOffer({ offerId, cause, forMs, at }: CloseOffer, rows: Rows): Decided {
  const offer = rows.offers[offerId];
  if (offer === undefined) return reject('unknown-offer');
  if (offer.closures.some((it) => it.cause === cause)) return [];
  const draft = draftOf(rows);
  const reopens = forMs !== undefined && (cause === 'too-slow' || cause === 'capacity') ? { reopens: { cause, at: at + forMs } } : {};
  draft.emit({ type: 'ClosuresSet', offerId, closures: withClosure(offer.closures, { cause }), ...reopens });
  arm(draft, offerId);
  tellState(draft, offerId);
  return draft.events;
}

export function openOffer({ offerId, cause }: OpenOffer, rows: Rows): Decided {
  const offer = rows.offers[offerId];
  if (offer === undefined) return reject('unknown-offer');
  if (!offer.closures.some((it) => it.cause === cause)) return [];
  const draft = draftOf(rows);
  draft.emit({ type: 'ClosuresSet', offerId, closures: withoutClosure(offer.closures, cause) });
  tellState(draft, offerId);
  return draft.events;
}

function afterSupply(draft: Draft, offerId: string): readonly InventoryEvent[] {
  armIfShort(draft, offerId);
  tellState(draft, offerId);
  return draft.events;
}

export function armIfShort(draft: Draft, offerId: string): void {
  if (shortOf(rowOf(draft.rows.offers, offerId)) > 0) arm(draft, offerId);
}

/** Units that come back into the queue of an offer find what has closed it meanwhile: its drain had nothing to take then. */
export function armIfClosed(draft: Draft, offerId: string): void {
  // A stale figure takes nothing away.
  if (rowOf(draft.rows.offers, offerId).closures.some((it) => it.cause !== 'stale')) arm(draft, offerId);
}

/** What must go: held beyond the supply, never what is in flight. */
export const shortOf = (offer: Offer): number => Math.max(0, offer.held - Math.max(0, supplyOf(offer)));
