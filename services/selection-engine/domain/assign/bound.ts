import type { Fact, SelectionRequest } from '@midstream/contracts';

type HeldOffer = Fact<'OfferHeld'>['holds'][number];

/** Lines that differ in nothing that their ranking looks at; `request` is what the first of them that was seen would ask next. */
export interface BoundClass {
  readonly key: string;
  readonly request: SelectionRequest;
  units: number;
}

interface BoundHold {
  readonly offerId: string;
  readonly key: string;
  units: number;
  /** The good that was asked for, where another one is held; and whether its buyer had agreed to that before. */
  readonly insteadOf: string | undefined;
  readonly preApproved: boolean;
}

/**
 * Lines in flight by the offer that holds them, as far as this replica has heard: inventory's answers carry the request, and an order's
 * facts all come to one replica. A hold that is lost stays until its line has been ranked again, so that a storm is known whole from its
 * first line on. An estimate, like the book that it is part of; lost with the process.
 */
export interface Bound {
  readonly holds: Map<string, BoundHold>;
  readonly byOffer: Map<string, Map<string, BoundClass>>;
}

/** The oldest are forgotten beyond it: about 150 bytes each. */
export const BOUND_HOLDS_MAX = 200_000;
/** Deadlines within the same hour are as good as equal. */
const DEADLINE_BUCKET_MS = 3_600_000;

export const noneBound = (): Bound => ({ holds: new Map(), byOffer: new Map() });

/** What a ranking looks at, but for which attempt it is. */
export function classKeyOf({ need, region, segment, tier, scenario, currency, priceCapMinor, quantity, ...it }: SelectionRequest): string {
  const buyer = it.merchantTier === undefined ? tier : [tier, it.merchantTier];
  const bucket = Math.floor(Date.parse(it.deliverBy) / DEADLINE_BUCKET_MS);
  const { upTo, consent } = it.substitution;
  const excluded = it.excluded.map(({ offerId }) => offerId).sort();
  const line = [need, region, segment, buyer, scenario, currency, priceCapMinor, quantity, bucket, upTo, consent];
  return JSON.stringify([...line, it.hasRecipient === true, it.marginFloorWaived === true, excluded]);
}

/** What a line will ask for once it has lost the hold; a class stands for lines of many buyers. */
const asLost = (
  { buyerKey: _, ...request }: SelectionRequest,
  { offerId, sku, priceMinor, tally: { holdId, granted } }: HeldOffer,
): SelectionRequest => ({
  ...request,
  depth: request.depth + 1,
  quantity: granted,
  priceCapMinor: Math.min(request.priceCapMinor, priceMinor),
  excluded: [...request.excluded, { offerId, reason: 'out-of-stock' }],
  replaces: { holdId, offerId, sku, reason: 'out-of-stock', referencePriceMinor: priceMinor },
});

export function bind(bound: Bound, held: HeldOffer, request: SelectionRequest): void {
  const { offerId, tally } = held;
  const units = tally.granted - tally.delivered - tally.released;
  if (units <= 0 || bound.holds.has(tally.holdId)) return;
  const next = asLost(request, held);
  const key = classKeyOf(next);
  const insteadOf = request.need.sku === held.sku ? undefined : request.need.sku;
  bound.holds.set(tally.holdId, { offerId, key, units, insteadOf, preApproved: request.substitution.consent === 'pre-approved' });
  const classes = bound.byOffer.get(offerId) ?? new Map<string, BoundClass>();
  bound.byOffer.set(offerId, classes);
  const known = classes.get(key);
  if (known === undefined) classes.set(key, { key, request: next, units });
  else known.units += units;
  const oldest = bound.holds.size > BOUND_HOLDS_MAX ? bound.holds.keys().next().value : undefined;
  if (oldest !== undefined) unbind(bound, oldest, Infinity);
}

/** Units of a hold that were delivered, given back, or ranked again. */
export function unbind({ holds, byOffer }: Bound, holdId: string, units: number): void {
  const hold = holds.get(holdId);
  if (hold === undefined) return;
  const gone = Math.min(units, hold.units);
  hold.units -= gone;
  if (hold.units === 0) holds.delete(holdId);
  const classes = byOffer.get(hold.offerId);
  const its = classes?.get(hold.key);
  if (classes === undefined || its === undefined) return;
  its.units -= gone;
  if (its.units <= 0) classes.delete(hold.key);
  if (classes.size === 0) byOffer.delete(hold.offerId);
}

export const boundTo = ({ byOffer }: Bound, offerId: string): readonly BoundClass[] => [...(byOffer.get(offerId)?.values() ?? [])];
