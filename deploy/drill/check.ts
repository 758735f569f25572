import { checkMoney } from './check.money';
import { checkUnits } from './check.units';
import { ENDS, isHit, nameOf, type Seen, type SeenLine } from './seen';

/** What must hold after a drill. Each is broken by its own kind of fault, and named alone where that is the only one. */
export const INVARIANTS = [
  'end', // every hit line has come to an end
  'units', // an order's own sum of units
  'tallies', // granted = delivered + lost + released, and no hold outlives its line
  'deliveries', // one delivery a delivered unit, none twice
  'procurement', // bought = delivered + hub's stock + quarantined + written off
  'ledger', // every movement sums to zero, and the account is the sum of its entries
  'capture', // captured = value of the units delivered, within the buyer's price
  'consent', // every other product within the buyer's policy and word
  'price', // nothing assigned above the buyer's price
  'ban', // nothing banned is bought after the ban took effect
  'drained', // a dry offer holds nothing and has not sold what it has not
  'relay', // no event waits to be told
  'parked', // nothing is parked or stuck
] as const;
export type Invariant = (typeof INVARIANTS)[number];

export interface Violation {
  readonly invariant: Invariant;
  /** Where: a line, a purchase, a service. */
  readonly where: string;
  readonly what: string;
}

/** An event that is older than this at the end of a quiet minute is stuck. */
export const RELAY_LAG_MAX_S = 5;

/** Everything that does not hold in what a drill has read. Pure. */
export function check(seen: Seen): Violation[] {
  const units = checkUnits(seen);
  // whose units do not add up, its money cannot: it is blamed for the units
  const blamed = new Set(units.map((it) => it.where));
  return [
    ...checkEnds(seen),
    ...units,
    ...checkMoney(seen, blamed),
    ...seen.lines.flatMap((it) => [...checkConsent(it, seen), ...checkPrice(it)]),
    ...checkBan(seen),
    ...checkDrained(seen),
    ...checkGauges(seen),
  ];
}

function checkEnds({ lines }: Seen): Violation[] {
  return lines
    .filter(isHit)
    .filter(({ status, moments }) => !ENDS.includes(status) || !moments.some((it) => it.what === 'closed' && it.status === status))
    .map((it) => ({ invariant: 'end', where: nameOf(it), what: `the line lost goods and has come to no end: ${it.status}` }));
}

/** A product that was not asked for: within `upTo`, and pre-approved or answered with yes (or silence that means yes). */
function checkConsent(line: SeenLine, seen: Seen): Violation[] {
  const { wanted, moments } = line;
  const { upTo, consent, consentDefault } = wanted.policy;
  const violation = (what: string): Violation => ({ invariant: 'consent', where: nameOf(line), what });
  return moments.flatMap((it) => {
    if (it.what !== 'assigned' || wanted.skus.includes(it.sku)) return [];
    if (!reaches(line, it.sku, seen)) return [violation(`${it.sku} is further from ${wanted.skus.join(', ')} than ${upTo}`)];
    if (consent === 'pre-approved') return [];
    const saidYes = moments.some(
      (other) =>
        other.what === 'answered' &&
        other.at <= it.at &&
        other.sku === it.sku &&
        (other.answer === 'yes' || (other.answer === 'expired' && consentDefault === 'accept')),
    );
    return saidYes ? [] : [violation(`${it.sku} was assigned without the buyer's yes`)];
  });
}

/** Pieces come to the same face value exactly, on a line of their own; any other good goes as far as its category. */
function reaches({ wanted, piecesOf }: SeenLine, sku: string, { categoryOf, faceValueOf }: Seen): boolean {
  const { upTo } = wanted.policy;
  const sameCategory = wanted.skus.some((it) => categoryOf.get(it) === categoryOf.get(sku));
  if (piecesOf === undefined) return upTo === 'cross-category' || (upTo === 'same-category' && sameCategory);
  const face = (faceValueOf.get(sku) ?? 0) * piecesOf.pieces;
  return upTo !== 'none' && upTo !== 'other-supplier' && sameCategory && wanted.skus.some((it) => faceValueOf.get(it) === face);
}

function checkPrice(line: SeenLine): Violation[] {
  return line.moments.flatMap((it) =>
    it.what === 'assigned' && it.priceMinor > line.wanted.maxUnitPriceMinor
      ? [
          {
            invariant: 'price',
            where: nameOf(line),
            what: `${it.sku} at ${it.priceMinor} is above ${line.wanted.maxUnitPriceMinor}`,
          } as const,
        ]
      : [],
  );
}

function checkBan({ ban, purchases }: Seen): Violation[] {
  if (ban === undefined) return [];
  return purchases
    .filter((it) => it.sku === ban.sku && it.submittedAt > ban.inForceAt)
    .map((it) => ({
      invariant: 'ban',
      where: it.procurementId,
      what: `${it.sku} was bought ${it.submittedAt - ban.inForceAt} ms after its ban`,
    }));
}

function checkDrained({ dry }: Seen): Violation[] {
  return dry
    .filter((it) => it.held > it.supply || it.available > it.supply)
    .map((it) => ({
      invariant: 'drained',
      where: it.offerId,
      what: `holds ${it.held} units and offers ${it.available} of a supply of ${it.supply}`,
    }));
}

function checkGauges({ gauges }: Seen): Violation[] {
  if (!gauges.some((it) => it.name === 'midstream_relay_lag_seconds'))
    return [{ invariant: 'relay', where: 'metrics', what: 'no relay tells its lag' }];
  return gauges.flatMap(({ name, service, value }): Violation[] => {
    const violation = (invariant: Invariant, what: string): Violation[] => [{ invariant, where: service, what }];
    if (name === 'midstream_relay_lag_seconds' && !(value <= RELAY_LAG_MAX_S)) return violation('relay', `its relay is ${value} s behind`);
    if (name === 'midstream_parked_keys' && value > 0) return violation('parked', `${value} keys are parked`);
    if (name === 'midstream_parked_messages' && value > 0) return violation('parked', `${value} messages are parked`);
    return name === 'midstream_todo_stuck' && value > 0 ? violation('parked', `${value} tasks are stuck`) : [];
  });
}
