import type { Fact } from '@midstream/contracts';
import { coversRegion } from '@midstream/kernel';
import { check, type HoldBook, type LineBook } from './book';
import { costOf, mayCost, type OfferBook, supplyOf } from './offer';

type Lost = Fact<'HoldLost'>;
interface Then {
  readonly at: number;
  /** For balance, and its time is over. */
  readonly wasWaiting: boolean;
}
type Cause = OfferBook['closures'][number]['cause'];

/** What takes everything from an offer, and how it is told; a figure's mere age takes nothing. */
const TAKES: Readonly<Record<'capacity' | 'too-slow', readonly Cause[]>> = {
  capacity: ['suspended', 'capacity', 'not-valid', 'channel-down'],
  'too-slow': ['too-slow', 'channel-slow'],
};

/** By its terms, and by what its way of delivery lets through. */
export const serves = ({ terms, policy }: OfferBook, region: string): boolean =>
  coversRegion(terms.regions, region) && coversRegion(policy.regions ?? ['*'], region);

export const mostOf = ({ terms, policy }: OfferBook): number => Math.min(terms.maxQuantity, policy.maxQuantity ?? Infinity);

/** From order to delivery: as promised, as measured, or as its way of delivery needs, whichever is longest. */
export const leadOf = ({ terms, policy, p90Ms }: OfferBook): number => Math.max(terms.leadTimeMs, p90Ms, policy.leadTimeMs ?? 0);

/** Why a hold is none that the offer would make now. */
export function misfitOf(offer: OfferBook, { region, granted }: Pick<HoldBook, 'region' | 'granted'>): Lost['misfit'] {
  if (!serves(offer, region)) return 'region';
  return granted > mostOf(offer) || granted < offer.terms.minQuantity ? 'quantity' : undefined;
}

/** Whether all that is held, these units with it, is done after the line's deadline: the last of them waits for all before it. */
export function isLate(offer: OfferBook, { wish }: LineBook, units: number, at: number): boolean {
  const usedMs = Math.ceil(((offer.held + units - 1) * 60_000) / offer.terms.capacityPerMinute);
  return Math.max(at, offer.spentUntil) + usedMs + leadOf(offer) > wish.deliverByAt;
}

/** Nobody loses what he holds without a reason that is so, and is told the right one (protocol 12). */
export function checkLoss(offer: OfferBook, hold: HoldBook, { quantity, reason, misfit }: Lost, { at, wasWaiting }: Then): void {
  const is = misfitOf(offer, hold);
  const name = (): string => `${hold.holdId} is lost at ${offer.offerId} as ${reason}`;
  if (reason === 'capacity') check(misfit === is, '12', () => `${name()}, ${misfit}, and does not fit by ${is}`);
  if (reason === 'capacity' || reason === 'too-slow') {
    const isShut = offer.closures.some(({ cause }) => TAKES[reason].includes(cause));
    const mayGo = isShut || (reason === 'capacity' && (is !== undefined || wasWaiting)) || isLate(offer, hold.line, quantity, at);
    check(mayGo, '12', () => `${name()}, and it is open, fits and is in time`);
  }
  if (reason === 'out-of-stock')
    check(offer.held + quantity > Math.max(0, supplyOf(offer)), '12', () => `${name()}, and there are ${supplyOf(offer)}`);
  if (reason === 'price-risen') check(costOf(offer, hold.granted) > mayCost(offer, hold), '12', () => `${name()}, and costs no more`);
}
