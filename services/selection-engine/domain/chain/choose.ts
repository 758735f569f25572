import { bestChain, indexOf } from './dp';
import { drawOption, EXPLORED } from './explore';
import { type Assessed, gainOf, inTime } from './money';
import { EQUAL_MINOR, SEARCHED_LENGTH, SEARCHED_MAX, searchChains, type Terms } from './search';

/** All that a choice is made by: kept with the decision, and enough to make it again. */
export interface ChoiceInput {
  readonly offers: readonly Assessed[];
  readonly terms: Terms;
  readonly exploration?: { readonly seed: string; readonly share: number; readonly priceMinor: number };
}

export interface Choice {
  /** Places in `offers`: the chain, then the others. */
  readonly order: readonly number[];
  readonly chainLength: number;
  readonly value: number;
  readonly success: number;
  readonly propensity: number;
  readonly explored: boolean;
  /** By place in `offers`: value of one attempt alone, and of the best chain that begins with it. */
  readonly alone: readonly number[];
  readonly first: readonly number[];
  /** By place in `offers`: P(in time | it delivers), as the first attempt. */
  readonly inTime: readonly number[];
}

interface Seen {
  readonly place: number;
  readonly offer: Assessed;
  readonly inTime: number;
  readonly m: number;
  readonly q: number;
  readonly f: number;
  readonly index: number;
  readonly alone: number;
  readonly sources: number;
}

/** The chain of attempts that is worth most. Depends on its input only. */
export function chooseChain({ offers, terms, exploration }: ChoiceInput): Choice {
  const seen = look(offers, terms);
  const chain = bestChain(seen, terms.attemptsMax, terms.lost);
  const top = shortList(seen, chain.order);
  const { byFirst, best } = searchChains(
    top.map((it) => it.offer),
    terms,
  );
  const first = offers.map(() => 0);
  for (const it of seen) first[it.place] = it.q * it.m + (1 - it.q) * (chain.shorter - it.f);
  byFirst.forEach((it, index) => (first[top[index]?.place ?? 0] = it.value));
  const draw = drawn(top, byFirst.map((it) => it.value), best.order[0], exploration); // prettier-ignore
  const found = draw.index === -1 ? best : (byFirst[draw.index] ?? best);
  const explored = found.order[0] !== best.order[0];
  const places = extend(found.order.map((it) => top[it]), seen, terms.attemptsMax); // prettier-ignore
  const rest = seen.filter((it) => !places.includes(it)).sort((a, b) => (first[b.place] ?? 0) - (first[a.place] ?? 0) || preferred(a, b));
  const alone = offers.map(() => 0);
  const inTimes = offers.map(() => 0);
  for (const it of seen) {
    alone[it.place] = it.alone;
    inTimes[it.place] = it.inTime;
  }
  const order = [...places, ...rest].map((it) => it.place);
  return {
    order,
    chainLength: places.length,
    value: found.value,
    success: found.success,
    propensity: draw.propensity,
    explored,
    alone,
    first,
    inTime: inTimes,
  };
}

function look(offers: readonly Assessed[], terms: Terms): Seen[] {
  const sources = new Map<string, Set<string>>();
  for (const it of offers) sources.set(it.sku, (sources.get(it.sku) ?? new Set()).add(it.upstreamGroup));
  return offers
    .map((offer, place): Seen => {
      const onTime = inTime(offer, terms.shape, terms.leftMs - offer.waitMs);
      const m = gainOf(offer) - offer.late * (1 - onTime);
      const [q, f] = [Math.max(1e-6, offer.q), offer.failure];
      return {
        place,
        offer,
        inTime: onTime,
        m,
        q,
        f,
        index: indexOf({ q, m, f }),
        alone: q * m - (1 - q) * (f + terms.lost),
        sources: sources.get(offer.sku)?.size ?? 1,
      };
    })
    .sort((a, b) => (Math.abs(b.alone - a.alone) > EQUAL_MINOR ? b.alone - a.alone : preferred(a, b)));
}

/** At equal value: the good that more sources have, the shorter lead time, the name. */
const preferred = (a: Seen, b: Seen): number =>
  b.sources - a.sources || a.offer.leadTimeMs - b.offer.leadTimeMs || Number(a.offer.offerId > b.offer.offerId) - 0.5;

/** The offers that are searched in every order: half of the places for the best by index, the rest for the best alone. */
function shortList(seen: readonly Seen[], chain: readonly number[]): Seen[] {
  const taken = new Set<Seen>(chain.slice(0, SEARCHED_LENGTH).flatMap((it) => seen[it] ?? []));
  const byIndex = [...seen].sort((a, b) => b.index - a.index || preferred(a, b));
  for (const it of byIndex) if (taken.size < SEARCHED_MAX / 2) taken.add(it);
  for (const it of seen) if (taken.size < SEARCHED_MAX) taken.add(it);
  return seen.filter((it) => taken.has(it));
}

/** Attempts past the searched length: the next by index, while they are worth more than giving up. */
function extend(found: readonly (Seen | undefined)[], seen: readonly Seen[], attemptsMax: number): Seen[] {
  const chain = found.filter((it): it is Seen => it !== undefined);
  if (chain.length < SEARCHED_LENGTH || attemptsMax <= SEARCHED_LENGTH) return chain;
  const others = seen.filter((it) => !chain.includes(it)).sort((a, b) => b.index - a.index);
  return [...chain, ...others.slice(0, attemptsMax - SEARCHED_LENGTH)];
}

function drawn(top: readonly Seen[], values: readonly number[], best: number | undefined, exploration: ChoiceInput['exploration']) {
  // Only beside an offer that is well known: a market that is all cold is explored by its fallbacks
  const known = (top[best ?? -1]?.offer.evidence ?? 0) >= EXPLORED.coldBelow;
  if (exploration === undefined || best === undefined || !known) return { index: -1, propensity: 1 };
  const { seed, share, priceMinor } = exploration;
  const score = (index: number) => (values[index] ?? 0) / Math.max(1, priceMinor);
  const cold = top.map((_, index) => index).filter((index) => index !== best && (top[index]?.offer.evidence ?? 0) < EXPLORED.coldBelow);
  const options = [best, ...cold].map((index) => ({ index, score: score(index) }));
  const steepness = 20 * Math.sqrt(1 + (top[best]?.offer.evidence ?? 0));
  return drawOption(options, { seed, share, steepness });
}
