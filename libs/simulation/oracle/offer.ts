import type { InventoryEvent } from '@midstream/inventory-domain';
import { check, type HoldBook } from './book';
import type { Policy } from './channels';

type EventOf<Type extends InventoryEvent['type']> = Extract<InventoryEvent, { readonly type: Type }>;
export type Terms = EventOf<'OfferPut'>['terms'];

/** One offer: what is there, by rule 9, counted from the facts. */
export interface OfferBook {
  readonly offerId: string;
  terms: Terms;
  version: number;
  reported: number;
  sequence: number;
  accepted: number;
  settled: number;
  acceptedAtReport: number;
  /** Units of its holds: held or queued; and submitting or unknown. */
  held: number;
  inFlight: number;
  closures: EventOf<'ClosuresSet'>['closures'];
  isArmed: boolean;
  isStopped: boolean;
  /** Its supplier has no money of ours. */
  isUnpaid: boolean;
  away: { readonly at: number; units: number }[];
  /** When its figure was told last, and until when its capacity is used up. */
  asOf: number;
  spentUntil: number;
  /** What its way of delivery lets through, and what nine of ten deliveries took where that is longer than promised. */
  policy: Policy;
  p90Ms: number;
  /** It has served more than it does now, or less: what it holds may not fit. */
  isRefitted: boolean;
}

export const newOffer = (terms: Terms, at: number): OfferBook => ({
  offerId: terms.offerId,
  terms,
  version: 0,
  reported: 0,
  sequence: -1,
  accepted: 0,
  settled: 0,
  acceptedAtReport: 0,
  held: 0,
  inFlight: 0,
  closures: [],
  isArmed: false,
  isStopped: false,
  isUnpaid: false,
  away: [],
  asOf: at,
  spentUntil: 0,
  policy: {},
  p90Ms: 0,
  isRefitted: false,
});

export const supplyOf = (offer: OfferBook): number => offer.reported - (offer.accepted - offer.settled);

/** Room for new holds. */
export const roomOf = (offer: OfferBook): number =>
  offer.isUnpaid ? 0 : supplyOf(offer) - offer.held - offer.inFlight - offer.terms.safetyStock;

export const isStale = ({ closures }: OfferBook): boolean => closures.some((it) => it.cause === 'stale');

/** Both currencies have two digits. Never below what it costs us. */
export function checkRate({ offerId, quoted, costTiers }: Terms): void {
  quoted?.costTiers.forEach(({ costMinor }, n) => {
    const [due, is] = [costMinor * quoted.rate, costTiers[n]?.costMinor ?? 0];
    check(is > due - 1e-5 && is < due + 1, '22', () => `${offerId} costs ${due} at its rate, and counts as ${is}`);
  });
}

/** What a unit may cost: its price, less the margin that the hub insists on, where the merchant has not done without it. */
export function mayCost({ terms: { floorBp = 0 } }: OfferBook, { line, priceMinor }: Pick<HoldBook, 'line' | 'priceMinor'>): number {
  return line.wish.waiveMarginFloor ? priceMinor : priceMinor - Math.ceil((priceMinor * floorBp) / 10_000);
}

export const costOf = ({ terms }: OfferBook, units: number): number =>
  terms.costTiers.findLast((it) => it.from <= units)?.costMinor ?? Infinity;
