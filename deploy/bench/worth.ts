import { certify } from '@midstream/selection-engine-domain/assign/certificate';
import { assign } from '@midstream/selection-engine-domain/assign/simplex';
import { certificateOf, type Quota, type StormOffer } from '@midstream/selection-engine-domain/assign/storm';
import type { Transport } from '@midstream/selection-engine-domain/assign/transport';

/** A plan as its row keeps it. */
export interface PlanRow {
  readonly objective: number;
  readonly bound: number;
  readonly offers: readonly StormOffer[];
  readonly quotas: readonly Quota[];
}

/** A line that lost its hold: its class, the units that it lost, and what of them was held in answer to that, by offer. */
export interface HitLine {
  readonly key: string;
  readonly units: number;
  readonly kept: ReadonlyMap<string, number>;
}

/** All that is left of a storm in the databases. */
export interface Traces {
  /** Oldest first. */
  readonly plans: readonly PlanRow[];
  /** In the order in which they were decided. */
  readonly lines: readonly HitLine[];
  /** Units that each offer had left just before the storm, as inventory counts them. */
  readonly rooms: ReadonlyMap<string, number>;
}

/** Money in 厘. */
export interface Worth {
  readonly value: number;
  readonly optimum: number;
  /** What the lines would have come to had each, in its turn, taken the best that was left. */
  readonly firstCome: number;
  readonly givenUp: number;
  readonly plans: number;
  readonly errors: readonly string[];
}

interface Class {
  readonly refund: number;
  units: number;
  readonly values: Map<string, number>;
  readonly kept: Map<string, number>;
}

/**
 * What became of a storm's lines, at the values of one snapshot: those of the first plan that knows the class, and an offer for it. A unit
 * that nobody holds costs its refund. The optimum is over the same lines, values and rooms, whatever plans there were; the checker that
 * knows nothing of the solver gives both, and another solver has to come to the same.
 * @param byAnother the optimum by another solver
 */
export function worthOf({ plans, lines, rooms }: Traces, byAnother: (it: Transport) => number): Worth {
  const classes = snapshotOf(plans);
  const errors: string[] = [];
  for (const line of lines) {
    const its = classes.get(line.key);
    if (its === undefined) {
      errors.push(`no plan knows the class ${line.key}`);
      continue;
    }
    its.units += line.units;
    for (const [offerId, units] of line.kept) {
      if (!its.values.has(offerId)) errors.push(`${units} units are held at ${offerId}, which no plan knew for ${line.key}`);
      its.kept.set(offerId, (its.kept.get(offerId) ?? 0) + units);
    }
  }
  const { transport, kept } = transportOf([...classes.values()], rooms);
  const found = certify(transport, kept, assign(transport).price);
  const other = Math.round(byAnother(transport));
  if (!found.feasible) errors.push('more is held than there was');
  if (other !== found.bound) errors.push(`the best is ${found.bound}, another solver says ${other}`);
  const unproven = plans.filter((it) => !isProven(it)).length;
  if (unproven > 0) errors.push(`${unproven} plans are not proven by their certificates`);
  const firstCome = firstComeOf(classes, lines, rooms);
  const givenUp = lines.reduce((sum, it) => sum + it.units - sumOf(it.kept), 0);
  return { value: found.objective, optimum: found.bound, firstCome, givenUp, plans: plans.length, errors };
}

function snapshotOf(plans: readonly PlanRow[]): Map<string, Class> {
  const classes = new Map<string, Class>();
  for (const { offers, quotas } of plans)
    for (const { key, refund, at } of quotas) {
      const its = classes.get(key) ?? { refund, units: 0, values: new Map<string, number>(), kept: new Map<string, number>() };
      classes.set(key, its);
      for (const [place, value] of at) {
        const offerId = offers[place]?.offerId ?? '';
        if (!its.values.has(offerId)) its.values.set(offerId, value);
      }
    }
  return classes;
}

function transportOf(classes: readonly Class[], rooms: Traces['rooms']): { readonly transport: Transport; readonly kept: Float64Array } {
  const names = [...new Set(classes.flatMap((it) => [...it.values.keys()]))].sort();
  const places = new Map(names.map((it, place) => [it, place]));
  const arcs = classes.flatMap((its) => [...its.values].map(([offerId, value]) => ({ offerId, value, kept: its.kept.get(offerId) ?? 0 })));
  const starts = classes.reduce<number[]>((all, { values }) => [...all, (all.at(-1) ?? 0) + values.size], [0]);
  const transport = {
    demand: Float64Array.from(classes, (it) => it.units),
    refund: Float64Array.from(classes, (it) => it.refund),
    start: Int32Array.from(starts),
    offer: Int32Array.from(arcs, (it) => places.get(it.offerId) ?? 0),
    value: Float64Array.from(arcs, (it) => it.value),
    stock: Float64Array.from(names, (it) => rooms.get(it) ?? 0),
    under: new Int32Array(names.length).fill(-1),
    offers: names.length,
  };
  return { transport, kept: Float64Array.from(arcs, (it) => it.kept) };
}

function isProven(plan: PlanRow): boolean {
  const { feasible, objective, bound } = certificateOf(plan);
  return feasible && objective === plan.objective && bound === plan.bound && bound === objective;
}

function firstComeOf(classes: ReadonlyMap<string, Class>, lines: readonly HitLine[], rooms: Traces['rooms']): number {
  const left = new Map(rooms);
  let sum = 0;
  for (const { key, units } of lines) {
    const { values, refund } = classes.get(key) ?? { values: new Map<string, number>(), refund: 0 };
    let open = units;
    for (const [offerId, value] of [...values].sort(([, a], [, b]) => b - a)) {
      const taken = value > -refund ? Math.min(open, left.get(offerId) ?? 0) : 0;
      left.set(offerId, (left.get(offerId) ?? 0) - taken);
      sum += taken * value;
      open -= taken;
    }
    sum -= open * refund;
  }
  return sum;
}

const sumOf = (kept: ReadonlyMap<string, number>): number => [...kept.values()].reduce((sum, it) => sum + it, 0);

/** Of what was possible; none where the best is no gain. */
export const ratioOf = ({ value, optimum }: Pick<Worth, 'value' | 'optimum'>): number | undefined =>
  optimum > 0 ? Math.floor((value / optimum) * 100_000) / 100_000 : undefined;
