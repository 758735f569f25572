import type { SelectionRequest } from '@midstream/contracts';
import type { OfferBook } from '../book';
import { attemptOf, decisionIdOf } from '../state';
import { type BoundClass, classKeyOf } from './bound';
import { BULK_UNITS_LEAST } from './bulk';
import { type Guided, leadBy, type Leading } from './guide';
import { type Option, planOf, planStorm, type StormPlan } from './storm';

/** New lines that ask for one good, of the chunk in hand, and were not ranked yet. */
interface AskedGood {
  readonly classes: Map<string, BoundClass>;
  units: number;
}

/**
 * What the chunk in hand asks for: all its requests are heard before the first of them is ranked, so that lines that want the same scarce
 * stock can be decided together. An estimate, like the book that it is part of.
 */
export interface Asked {
  readonly goods: Map<string, AskedGood>;
  /** Of each line that was not ranked yet, by its attempt, its class. */
  readonly lines: Map<string, string>;
  /** Of a good of which an offer is asked for more than it has, the plan for all that ask. */
  readonly contests: Map<string, StormPlan>;
  /** One of them has been ranked: what is heard next is another chunk. */
  isOver: boolean;
}

export const noneAsked = (): Asked => ({ goods: new Map(), lines: new Map(), contests: new Map(), isOver: false });

/** Lines that name the same good, or look into the same category. */
export const goodOf = ({ need }: SelectionRequest): string => need.sku ?? `#${need.category}`;

/** Lines that lost a hold have their storm's plan, and bulk lines are split by themselves. */
export function noteAsked(asked: Asked, line: SelectionRequest): void {
  if (asked.isOver) for (const it of [asked.goods, asked.lines, asked.contests]) it.clear();
  asked.isOver = false;
  const attempt = attemptOf(line);
  if (line.replaces !== undefined || line.quantity >= BULK_UNITS_LEAST || asked.lines.has(attempt)) return;
  const { buyerKey: _, ...request } = line;
  const [good, key, units] = [goodOf(line), classKeyOf(line), line.quantity];
  const its = asked.goods.get(good) ?? { classes: new Map<string, BoundClass>(), units: 0 };
  asked.goods.set(good, its);
  asked.lines.set(attempt, key);
  its.units += units;
  const known = its.classes.get(key);
  if (known === undefined) its.classes.set(key, { key, request, units });
  else known.units += units;
}

/** A line that was ranked asks no more. */
export function noteRanked(asked: Asked, line: SelectionRequest): void {
  asked.isOver = true;
  const attempt = attemptOf(line);
  const [its, key] = [asked.goods.get(goodOf(line)), asked.lines.get(attempt)];
  const known = key === undefined ? undefined : its?.classes.get(key);
  if (its === undefined || known === undefined || !asked.lines.delete(attempt)) return;
  its.units -= line.quantity;
  known.units -= line.quantity;
  if (known.units === 0) its.classes.delete(known.key);
}

/** What the plan says of a line whose chunk has one. */
export function ledTogether(line: SelectionRequest, { asked }: OfferBook): Leading | undefined {
  const plan = asked.contests.get(goodOf(line));
  const key = plan && asked.lines.get(attemptOf(line));
  return plan && key !== undefined ? ledBy(plan, key, line.quantity) : undefined;
}

function ledBy(plan: StormPlan, key: string, units: number): Leading | undefined {
  const guide = leadBy(plan, key, units);
  return guide && { ...guide, given: plan.given };
}

/**
 * A plan for all lines of the chunk that ask for the good, where they ask the offer that this line would go to first for more than it has.
 * Lines that are all alike need none: whoever comes first is as good as any other. `options`: the line's own, best first.
 */
export function contestOf(
  line: SelectionRequest,
  options: readonly Option[],
  book: OfferBook,
  at: number,
  optionsOf: (request: SelectionRequest) => readonly Option[],
): Guided {
  const [good, [first]] = [goodOf(line), options];
  const its = book.asked.goods.get(good);
  const key = book.asked.lines.get(attemptOf(line));
  if (its === undefined || key === undefined || first === undefined || book.asked.contests.has(good)) return {};
  if (first.room === 0 || its.units <= first.room || its.classes.size < 2) return {};
  const planned = planStorm(first.offerId, [...its.classes.values()], optionsOf, {
    planId: decisionIdOf(line),
    good,
    share: 1,
    at,
    settings: book.models.champion.settings,
    versionOf: (id) => book.offers.get(id)?.version ?? 0,
  });
  return { planned, guide: ledBy(planOf(planned), key, line.quantity) };
}

/** Units of an offer that the chunk's plans keep for lines that are still to be ranked. */
export function keptTogether({ contests }: Asked, offerId: string): number {
  let kept = 0;
  for (const it of contests.values()) kept += it.kept.get(offerId) ?? 0;
  return kept;
}
