import type { SelectionRequest } from '@midstream/contracts';
import type { MoneySettings } from '../chain/settings';
import type { BoundClass } from './bound';
import { type Certificate, certify } from './certificate';
import { givingUpMinor } from '../worth';
import { assign } from './simplex';
import { bidsAt, roomsOf, stockOf } from './rooms';
import type { Transport } from './transport';

/** One offer that could serve a class, as its ranking knows it: expected money a unit, and units that nobody was sent to yet and that it delivers in time. */
export interface Option {
  readonly offerId: string;
  readonly valueMinor: number;
  /** The same of the best chain of attempts that begins there. */
  readonly chainMinor: number;
  readonly room: number;
}

/** The whole storm, decided at once. Stays inside; its row is what the decisions of its lines point at. */
export interface StormPlanned {
  readonly type: 'StormPlanned';
  /** The decision for whose line it was made. */
  readonly planId: string;
  /** The offer whose lines are to go elsewhere. */
  readonly offerId: string;
  /** What new lines asked for at once, more than the offer had: the plan is theirs. Absent: the lines are those that it lost. */
  readonly good?: string;
  readonly plannedAt: number;
  /** The part of the storm that the replica knew of. */
  readonly share: number;
  readonly classes: number;
  readonly units: number;
  /** Units that find no place, or none that is worth more than their refund. */
  readonly left: number;
  /** 厘. `gap` below 1 proves the assignment best for what was known. */
  readonly objective: number;
  readonly bound: number;
  readonly gap: number;
  readonly optimal: boolean;
  readonly offers: readonly StormOffer[];
  readonly quotas: readonly Quota[];
}

/** An offer as a plan found it; more than one where it delivers less by an early deadline than by a later one (`roomsOf`). */
export interface StormOffer {
  readonly offerId: string;
  readonly version: number;
  /** Units that it had for the storm. */
  readonly room: number;
  /** Its bid price: what one more unit of it would be worth to the storm, 厘. */
  readonly price: number;
  /** Place of the entry that it counts in, too. */
  readonly under?: number;
  /** Only bounds others: no arc leads to it. */
  readonly bounds?: boolean;
}

/** One class of lines: what it asks for, what a unit of it costs that is refunded (厘), and where its units may go. */
export interface Quota {
  readonly key: string;
  readonly units: number;
  readonly refund: number;
  readonly at: readonly StormArc[];
}

/** Place in `offers`, what a unit is worth there (厘), and the units that go there. */
export type StormArc = readonly [offer: number, value: number, units: number];

/** What is left of a plan, in the book. Drawn from in place, by `draw` only. */
export interface StormPlan extends Pick<StormPlanned, 'planId' | 'offerId' | 'plannedAt' | 'share'> {
  readonly quotas: Map<string, Map<string, number>>;
  /** When a line was led by it last. */
  drawnAt: number;
  /** Units that are kept at each offer for the lines of the plan that are still to come. */
  readonly kept: Map<string, number>;
  /** Of each offer that it keeps units at: what one more unit there would be worth to it, minor units. */
  readonly bids: ReadonlyMap<string, number>;
  /** Units that it gave away at each offer, in all. */
  readonly given: ReadonlyMap<string, number>;
}

/** A plan from which nothing was drawn for so long is over. */
export const PLAN_MS = 60_000;
/**
 * No plan is used for longer: the market has moved on. A new one in the middle of a storm costs, too: what its lines were just sent to is not
 * held yet, and would be given away twice.
 */
export const PLAN_LASTS_MS = 600_000;
/** An old plan still tells which part of the storm is this replica's. */
export const PLAN_KEPT_MS = 3_600_000;
/** Lines that a plan does not know make a new one at most so often. */
export const REPLAN_MS = 1_000;
/** Fewer lines than this are no storm: they are ranked one by one. */
export const STORM_UNITS_LEAST = 20;
/** The largest are planned; lines of the others are ranked one by one beside them. */
export const STORM_CLASSES_MAX = 500;

/** 厘. Whole numbers, so that sums are exact and a gap below one is none. */
const milli = (minor: number): number => Math.round(minor * 10);

export interface Planning {
  readonly planId: string;
  readonly good?: string;
  readonly share: number;
  readonly at: number;
  /** The champion's: a plan is for the lines of all models. */
  readonly settings: MoneySettings;
  readonly versionOf: (offerId: string) => number;
}

/**
 * Solves the storm of one offer exactly. `share`: the part of the storm that this replica knows; it plans with that part of every stock,
 * because the other replicas, whose lines are like these, plan with theirs. Deterministic.
 */
export function planStorm(
  offerId: string,
  classes: readonly BoundClass[],
  optionsOf: (request: SelectionRequest) => readonly Option[],
  { planId, good, share, at, settings, versionOf }: Planning,
): StormPlanned {
  const largest = [...classes].sort((a, b) => b.units - a.units || compare(a.key, b.key)).slice(0, STORM_CLASSES_MAX);
  const sorted = largest.sort((a, b) => compare(a.key, b.key));
  const options = sorted.map(({ request }) => optionsOf(request));
  const { offers, placeOf } = roomsOf(options.flat(), share, versionOf);
  const asked = sorted.map(({ key, units, request }, k): Quota => {
    const at = (options[k] ?? []).map((it): StormArc => [placeOf(it), milli(it.valueMinor), 0]);
    return { key, units, refund: milli(givingUpMinor(request, settings)), at };
  });
  const transport = transportOf({ offers, quotas: asked });
  const solved = assign(transport);
  const { objective, bound, gap } = certify(transport, solved.flow, solved.price);
  let arc = 0;
  const quotas = asked.map((it) => ({ ...it, at: it.at.map(([place, value]): StormArc => [place, value, solved.flow[arc++] ?? 0]) }));
  return {
    type: 'StormPlanned',
    planId,
    offerId,
    ...(good !== undefined && { good }),
    plannedAt: at,
    share,
    classes: sorted.length,
    units: sum(transport.demand),
    left: sum(solved.left),
    objective,
    bound,
    gap,
    optimal: solved.optimal,
    offers: offers.map((it, place) => ({ ...it, price: solved.price[place] ?? 0 })),
    quotas,
  };
}

type Stated = Pick<StormPlanned, 'offers' | 'quotas'>;

const transportOf = ({ offers, quotas }: Stated): Transport => {
  const arcs = quotas.flatMap((it) => it.at);
  const starts = quotas.reduce<number[]>((all, { at }) => [...all, (all.at(-1) ?? 0) + at.length], [0]);
  return {
    demand: Float64Array.from(quotas, (it) => it.units),
    refund: Float64Array.from(quotas, (it) => it.refund),
    start: Int32Array.from(starts),
    offer: Int32Array.from(arcs, ([place]) => place),
    value: Float64Array.from(arcs, ([, value]) => value),
    ...stockOf(offers),
  };
};

/** The certificate of a plan, reckoned again from what its row states: whoever reads one need not believe its solver. */
export const certificateOf = (it: Stated): Certificate =>
  certify(transportOf(it), Float64Array.from(it.quotas.flatMap(({ at }) => at), ([, , units]) => units), Float64Array.from(it.offers, ({ price }) => price)); // prettier-ignore

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);

const sum = (all: Float64Array): number => all.reduce((total, it) => total + it, 0);

export function planOf({ planId, offerId, plannedAt, share, offers, quotas }: StormPlanned): StormPlan {
  const kept = new Map<string, number>();
  const drawnFrom = quotas.map(({ key, at }) => {
    const quota = new Map<string, number>();
    for (const [place, , units] of at) {
      const id = offers[place]?.offerId;
      if (units === 0 || id === undefined) continue;
      quota.set(id, units);
      kept.set(id, (kept.get(id) ?? 0) + units);
    }
    return [key, quota] as const;
  });
  const bids = new Map<string, number>();
  bidsAt(offers).forEach((price, place) => {
    const id = offers[place]?.offerId ?? '';
    // By the earliest deadline: whoever comes may have it
    if (kept.has(id)) bids.set(id, Math.max(bids.get(id) ?? 0, price / 10));
  });
  return { planId, offerId, plannedAt, drawnAt: plannedAt, share, kept, bids, given: new Map(kept), quotas: new Map(drawnFrom) };
}

/** Where a line of the class goes by the plan: an offer with a quota for all of it, else the one with most left; none where it is refunded. */
export function nextOf({ quotas }: StormPlan, key: string, units: number): string | undefined {
  const quota = quotas.get(key);
  let [found, most] = [undefined as string | undefined, 0];
  for (const [offerId, left] of quota ?? []) {
    if (left >= units) return offerId;
    if (left > most) [found, most] = [offerId, left];
  }
  return found;
}

/** Takes what a line was sent to from its class's quota. */
export function draw({ quotas, kept }: StormPlan, key: string, offerId: string, units: number): void {
  const quota = quotas.get(key);
  const drawn = Math.min(units, quota?.get(offerId) ?? 0);
  if (quota === undefined || drawn === 0) return;
  quota.set(offerId, (quota.get(offerId) ?? 0) - drawn);
  kept.set(offerId, (kept.get(offerId) ?? 0) - drawn);
}
