import type { SelectionRequest } from '@midstream/contracts';
import { availableAt, type OfferBook } from '../book';
import { decisionIdOf } from '../state';
import { type BoundClass, boundTo } from './bound';
import {
  nextOf,
  type Option,
  PLAN_LASTS_MS,
  PLAN_MS,
  planOf,
  planStorm,
  REPLAN_MS,
  STORM_UNITS_LEAST,
  type StormPlan,
  type StormPlanned,
} from './storm';

/** How a plan leads one ranking; or, while the plan of this offer's storm is being made, that what it kept before is free again. */
export type Guide = { readonly planning: string } | Leading;

/** `first`: where the line goes, and so many units are kept there for its class; without it the plan gives the line nothing that is scarce. */
export interface Leading {
  readonly planId: string;
  readonly key: string;
  readonly first?: string;
  readonly quota: number;
  /** Of a plan for new lines that came together: units that it gives away at each offer. */
  readonly given?: ReadonlyMap<string, number>;
}

export interface Guided {
  /** A plan that was made for this line and for all that will come after it. */
  readonly planned?: StormPlanned;
  readonly guide?: Leading;
}

/** The plan of the storm that the line comes from; a new one where there is none, it is old, or it does not know the line or its own offers any more. */
export function guideOf(
  line: SelectionRequest,
  book: OfferBook,
  at: number,
  optionsOf: (request: SelectionRequest, guide: Guide) => readonly Option[],
): Guided {
  const { replaces, quantity } = line;
  const hold = replaces && book.bound.holds.get(replaces.holdId);
  if (hold === undefined) return {};
  const { offerId, key } = hold;
  const known = book.storms.get(offerId);
  if (known !== undefined && isGood(known, key, quantity, book, at)) return { guide: leadBy(known, key, quantity) };
  const classes = boundTo(book.bound, offerId);
  if (classes.reduce((sum, it) => sum + it.units, 0) < STORM_UNITS_LEAST) return {};
  const planned = planStorm(offerId, classes, (request) => optionsOf(request, { planning: offerId }), {
    planId: decisionIdOf(line),
    share: known?.share ?? shareOf(book, offerId, classes),
    at,
    settings: book.models.champion.settings,
    versionOf: (id) => book.offers.get(id)?.version ?? 0,
  });
  return { planned, guide: leadBy(planOf(planned), key, quantity) };
}

/** The part of the storm that this replica knows, before any of its lines has gone: by the units that inventory said were held there when the offer turned bad. */
function shareOf(book: OfferBook, offerId: string, classes: readonly BoundClass[]): number {
  const units = classes.reduce((sum, it) => sum + it.units, 0);
  return units / Math.max(units, book.heldAtClosing.get(offerId) ?? 0);
}

function isGood(plan: StormPlan, key: string, units: number, book: OfferBook, at: number): boolean {
  const age = at - plan.plannedAt;
  if (age < REPLAN_MS) return true;
  if (age >= PLAN_LASTS_MS || at - plan.drawnAt >= PLAN_MS || !plan.quotas.has(key)) return false;
  const next = nextOf(plan, key, units);
  const offer = next === undefined ? undefined : book.offers.get(next);
  return next === undefined || (offer !== undefined && offer.closures.length === 0 && availableAt(book, offer) > 0);
}

export function leadBy(plan: StormPlan, key: string, units: number): Leading | undefined {
  if (!plan.quotas.has(key)) return undefined;
  const first = nextOf(plan, key, units);
  return {
    planId: plan.planId,
    key,
    ...(first !== undefined && { first }),
    quota: (first !== undefined && plan.quotas.get(key)?.get(first)) || 0,
  };
}
