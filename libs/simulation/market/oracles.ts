import { type Answer, ATTEMPTS, type Policy, type Question } from './policy';
import type { Behind } from './play';
import { complaintMinor, RETURN_SHARE, TIMEOUT_MS } from './regimes';
import { serveChance } from './truth';

/** Chains are searched among so many. */
const SEARCHED = 8;

/** One offer as it really is, money a unit. */
interface Known {
  readonly place: number;
  readonly q: number;
  readonly m: number;
  readonly medianMs: number;
  readonly failMs: number;
}

/** Knows what is hidden: true chances, true stock, true times. Picks the chain that is worth most now; what it leaves to others it ignores. */
export function chainOracle(behind: Behind): Policy {
  return { name: 'chain-oracle', hear: () => undefined, answer: (question) => ({ chain: bestChain(question, known(question, behind)) }) };
}

/** Knows as much, and looks at the next attempt only: chance × margin. */
export function myopicOracle(behind: Behind): Policy {
  return {
    name: 'myopic-oracle',
    hear: () => undefined,
    answer(question): Answer {
      const all = known(question, behind).sort((a, b) => b.q * b.m - a.q * a.m);
      return { chain: all.slice(0, ATTEMPTS).map((it) => it.place) };
    },
  };
}

function known(question: Question, { world, shelf }: Behind): Known[] {
  const { regime, at, quantity } = question;
  return question.offers.flatMap((it, place): Known[] => {
    const [offer, supplier] = [world.offers[it.index], world.suppliers[it.supplier]];
    if (offer === undefined || supplier === undefined || shelf.at(offer, at) < quantity) return [];
    const price = it.priceMinor;
    const m =
      price * (1 - supplier.invalid) -
      it.costMinor -
      (supplier.complaint * complaintMinor(price * quantity)) / quantity +
      0.3 * (1 - 0.9 * supplier.complaint) * RETURN_SHARE * price;
    const meanMs = it.leadTimeMs * Math.exp(0.125);
    const failMs = regime.slowFailures * TIMEOUT_MS + (1 - regime.slowFailures) * meanMs;
    return [{ place, q: serveChance(world, offer, at), m, medianMs: it.leadTimeMs, failMs }];
  });
}

/** Every order of up to three of the best, by value under the deadline. */
function bestChain({ regime, deadlineMs, offers }: Question, all: Known[]): number[] {
  const price = offers[0]?.priceMinor ?? 0;
  const [lost, failure, late] = [regime.lostShare * price, regime.failureShare * price, regime.lateShare * price];
  const index = (it: Known): number => it.m - (failure * (1 - it.q)) / it.q;
  const alone = (it: Known): number => it.q * it.m - (1 - it.q) * lost;
  const byIndex = [...all].sort((a, b) => index(b) - index(a)).slice(0, SEARCHED / 2);
  const byValue = [...all].sort((a, b) => alone(b) - alone(a)).filter((it) => !byIndex.includes(it));
  const top = [...byIndex, ...byValue].slice(0, SEARCHED);
  let [best, bestValue]: [number[], number] = [[], -lost];
  const walk = (chain: readonly Known[], reach: number, sum: number, ms: number, spent: number): void => {
    for (const it of top) {
      if (chain.includes(it)) continue;
      const value = it.m - late * (1 - inTime(deadlineMs - ms, it.medianMs)) - spent;
      const total = sum + reach * it.q * value;
      const rest = reach * (1 - it.q);
      const longer = [...chain, it];
      const worth = total - rest * (spent + failure + lost);
      if (worth > bestValue) [best, bestValue] = [longer.map((one) => one.place), worth];
      if (longer.length < ATTEMPTS && rest > 1e-4) walk(longer, rest, total, ms + it.failMs, spent + failure);
    }
  };
  walk([], 1, 0, 0, 0);
  return best;
}

/** Lognormal with spread .5; the normal by a logistic, good to a hundredth. */
function inTime(leftMs: number, medianMs: number): number {
  if (leftMs <= 0) return 0;
  const z = Math.log(leftMs / medianMs) / 0.5;
  return 1 / (1 + Math.exp(-1.5976 * z - 0.07056 * z * z * z));
}
