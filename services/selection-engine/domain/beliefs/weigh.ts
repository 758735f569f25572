import type { Beliefs } from './beliefs';
import { recalibrate } from './foreseen';
import type { Histories, History } from './history';
import { countsAt, lateCountsAt, probability, shrunk } from './rates';
import { type Member, MEMBERS_MAX, weightOf } from './spread';

/** So often is it looked at how much suppliers and offers differ: 20 ms of CPU at 1,500 offers, 100 at 50,000; suppliers change in days. */
export const WEIGH_EVERY_MS = 3_600_000;
/**
 * What that is learnt of. Buyers who come back are told of so late that labels and trials of an offer that is new do not fit together; and of
 * what is ambiguous there is too little.
 */
const LEARNT = ['fill', 'complaint', 'invalid'] as const;

/** The first fact of a market only starts the clock: nothing has been learnt yet. */
export function isWeighingDue(beliefs: Beliefs, at: number): boolean {
  beliefs.weighedAt ??= at;
  return at - beliefs.weighedAt >= WEIGH_EVERY_MS;
}

/** Learns what the level above weighs for categories, suppliers and offers, from all that is known at `at`. */
export function weigh(beliefs: Beliefs, at: number): void {
  const { settings, weights, all, categories, suppliers, offers, supplierOf } = beliefs;
  beliefs.weighedAt = at;
  recalibrate(beliefs, at);
  for (const rate of LEARNT) {
    const { prior, weight: usual } = settings[rate];
    const counts = (it: History): readonly [number, number] =>
      rate === 'complaint' ? lateCountsAt(it.complaint, settings.complaint, at) : countsAt(it[rate], settings[rate], at);
    const memberOf = (it: History, mean: number): Member => {
      const [good, trials] = counts(it);
      return { good, trials, mean };
    };
    const market = probability(shrunk(prior.good / (prior.good + prior.bad), prior.good + prior.bad, counts(all)));
    const ofMarket = (them: Histories): Member[] => [...them.values()].map((it) => memberOf(it, market));
    const supplier = weightOf(ofMarket(suppliers), usual.supplier);
    const means = new Map([...suppliers].map(([id, it]) => [id, probability(shrunk(market, supplier, counts(it)))]));
    const ofSuppliers = busiest(offers, (it) => counts(it)[1]).map(([id, it]) =>
      memberOf(it, means.get(supplierOf.get(id) ?? '') ?? market),
    );
    weights[rate] = {
      category: weightOf(ofMarket(categories), usual.category),
      supplier,
      offer: weightOf(ofSuppliers, usual.offer),
    };
  }
}

/** Those that `weightOf` would look at, found without an object for each of 50,000 offers. */
function busiest(offers: Histories, trialsOf: (it: History) => number): [string, History][] {
  if (offers.size <= MEMBERS_MAX) return [...offers];
  const trials = Float64Array.from(offers.values(), trialsOf);
  const least = trials.slice().sort()[trials.length - MEMBERS_MAX] ?? 0;
  let place = 0;
  const found: [string, History][] = [];
  for (const it of offers) if ((trials[place++] ?? 0) >= least) found.push(it);
  return found;
}
