import type { Gate, SelectionRequest } from '@midstream/contracts';
import { type OfferBook, pricedFor } from './book';
import { gateOf, wantedBy } from './gates';
import type { Considered } from './messages';
import { rank } from './rank';

/** Steps that a plan holds in reserve, beside the offer that serves the line. */
export const PLAN_STEPS_MAX = 3;

export interface PlanStep {
  readonly offerId: string;
  readonly supplierId: string;
  /** Equal groups fail together; a supplier without one stands alone. */
  readonly upstreamGroup: string;
  readonly sku: string;
  /** Of the offer's state, when the plan was made. */
  readonly version: number;
  /** Why it is of no use any more, by the gates of today. */
  readonly gate?: Gate;
}

/** What becomes of a line whose offer fails, worked out before it does. */
export interface Plan {
  readonly first?: PlanStep;
  /** In the order in which they are taken. */
  readonly steps: readonly PlanStep[];
  /** At least one step draws on another source than the first; else the line is flagged 无独立后备. */
  readonly independent: boolean;
  /** Stock, price or compliance of a step has moved since: the steps have been through the gates again. */
  readonly stale: boolean;
  /** None of what was planned is left, or none of it independent: planned anew from the market of now. */
  readonly renewed: boolean;
}

interface Decided {
  readonly request: SelectionRequest;
  readonly considered: readonly Considered[];
  /** As they travelled: the plan of a storm may have put another offer first than the rank. */
  readonly candidates: readonly { readonly offerId: string; readonly priceMinor: number }[];
}

/** The plan of a line by its last decision, checked against the market of now: old epochs are never trusted, and never block. */
export function planOf(decided: Decided, book: OfferBook, at: number): Plan {
  if (decided.candidates.length === 0) return { steps: [], independent: false, stale: false, renewed: false }; // given up
  const made = decided.considered.flatMap((it) => stepOf(it) ?? []);
  const first = made.find((it) => it.offerId === decided.candidates[0]?.offerId) ?? made[0];
  if (first === undefined) return { steps: [], independent: false, stale: false, renewed: false };
  const lost: SelectionRequest = {
    ...decided.request,
    excluded: [...decided.request.excluded, { offerId: first.offerId, reason: 'out-of-stock' }],
  };
  const steps = reserveOf(first, made).map((it) => checked(it, lost, book, at));
  const prices = new Map(decided.candidates.map((it) => [it.offerId, it.priceMinor]));
  const stale = steps.some((it) => hasMoved(it, book) || it.gate !== undefined || isPricedAnew(it, prices, decided.request, book));
  const alive = steps.filter((it) => it.gate === undefined);
  if (isIndependent(first, alive)) return { first, steps, independent: true, stale, renewed: false };
  const anew = rank(lost, book, at).considered.flatMap((it) => stepOf(it) ?? []);
  const renewed = reserveOf(first, anew);
  return { first, steps: renewed, independent: isIndependent(first, renewed), stale, renewed: true };
}

/** The next step to take when the first has failed: a look-up, without a solver. `undefined`: the road to a refund. */
export const nextStep = ({ steps }: Plan, isAlive: (offerId: string) => boolean = () => true): PlanStep | undefined =>
  steps.find((it) => it.gate === undefined && isAlive(it.offerId));

/** The best by rank, and in any case the best of another source, if there is one. */
function reserveOf(first: PlanStep, others: readonly PlanStep[]): PlanStep[] {
  const steps = others.filter((it) => it.offerId !== first.offerId);
  const independent = steps.find((it) => it.upstreamGroup !== first.upstreamGroup);
  const best = steps.slice(0, PLAN_STEPS_MAX);
  if (independent === undefined || best.includes(independent)) return best;
  return [...best.slice(0, PLAN_STEPS_MAX - 1), independent];
}

const isIndependent = (first: PlanStep, steps: readonly PlanStep[]): boolean =>
  steps.some((it) => it.upstreamGroup !== first.upstreamGroup);

function stepOf({ offerId, sku, version, known }: Considered): PlanStep | undefined {
  if (known === undefined) return undefined;
  const [supplierId, upstreamGroup] = known;
  return { offerId, sku, version, supplierId, upstreamGroup: upstreamGroup === '' ? supplierId : upstreamGroup };
}

const hasMoved = ({ offerId, version }: PlanStep, book: OfferBook): boolean => book.offers.get(offerId)?.version !== version;

/** The hub's own price has no part in the offer's version. */
function isPricedAnew(
  { offerId, sku }: PlanStep,
  prices: ReadonlyMap<string, number>,
  { merchantTier }: SelectionRequest,
  book: OfferBook,
) {
  const [before, product] = [prices.get(offerId), book.products.get(sku)];
  return before !== undefined && product !== undefined && pricedFor(product, merchantTier).priceMinor !== before;
}

function checked(step: PlanStep, request: SelectionRequest, book: OfferBook, at: number): PlanStep {
  const [offer, product] = [book.offers.get(step.offerId), book.products.get(step.sku)];
  if (offer === undefined || product === undefined) return { ...step, gate: 'unknown-product' };
  const gate = gateOf({ request, wanted: wantedBy(request, book), offer, product, book, at });
  return gate === undefined ? step : { ...step, gate };
}
