import { type Answer, ATTEMPTS, type Heard, type Policy, type PublicOffer, type Question } from './policy';
import { chanceOf, normalOf } from './chance';
import { DAY_MS } from './world';

type Score = (offer: PublicOffer) => number;

/** The offers that say to have enough, best score first. */
function ranking(question: Question, score: Score): Answer {
  const places = question.offers.map((_, place) => place);
  const open = places.filter((it) => (question.offers[it]?.stock ?? 0) >= question.quantity);
  const scored = open.map((place) => ({ place, score: score(question.offers[place] ?? fail()) }));
  scored.sort((a, b) => b.score - a.score || a.place - b.place);
  return { chain: scored.slice(0, ATTEMPTS).map((it) => it.place) };
}

function fail(): never {
  throw new Error('a place without an offer');
}

/** What a hub counts: outcomes of the last so many attempts of a supplier, its answers' times, its sales. */
class Counted {
  private readonly windows = new Map<number, boolean[]>();
  private readonly times = new Map<number, { count: number; sum: number }>();
  private readonly sold = new Map<number, number>();

  constructor(private readonly length: number) {}

  hear(heard: Heard): void {
    if (heard.kind !== 'attempt' || heard.outcome === 'ambiguous' || heard.outcome === 'invalid-code') return;
    const { supplier } = heard.offer;
    const window = this.windows.get(supplier) ?? [];
    window.push(heard.outcome === 'delivered');
    if (window.length > this.length) window.shift();
    this.windows.set(supplier, window);
    const time = this.times.get(supplier) ?? { count: 0, sum: 0 };
    time.count++;
    time.sum += heard.responseMs;
    this.times.set(supplier, time);
    if (heard.outcome === 'delivered') this.sold.set(supplier, (this.sold.get(supplier) ?? 0) + 1);
  }

  rate({ supplier }: PublicOffer): number {
    const window = this.windows.get(supplier) ?? [];
    return (window.filter(Boolean).length + 9) / (window.length + 10);
  }

  timeMs({ supplier, leadTimeMs }: PublicOffer): number {
    const { count, sum } = this.times.get(supplier) ?? { count: 0, sum: 0 };
    return (sum + 4 * leadTimeMs) / (count + 4);
  }

  sales = ({ supplier }: PublicOffer): number => this.sold.get(supplier) ?? 0;
}

const silent = (): void => undefined;

export function random(seed: number): Policy {
  return { name: 'random', hear: silent, answer: (it) => ranking(it, (offer) => chanceOf(seed, it.order, offer.index, 0, 200)) };
}

export const priceOnly = (): Policy => ({ name: 'price-only', hear: silent, answer: (it) => ranking(it, (offer) => -offer.costMinor) });

/** Who sold most sells most; a tenth of the time another one gets the chance to. */
export function popularity(seed: number): Policy {
  const counted = new Counted(1);
  return {
    name: 'popularity',
    hear: (it) => counted.hear(it),
    answer: (it) => ranking(it, (offer) => counted.sales(offer) + (chanceOf(seed, it.order, offer.index, 0, 201) < 0.1 ? 1e6 : 0)),
  };
}

const CRITERIA = [
  (it: PublicOffer) => -it.costMinor,
  (it: PublicOffer, counted: Counted) => counted.rate(it),
  (it: PublicOffer, counted: Counted) => -counted.timeMs(it),
  (it: PublicOffer) => it.stock,
] as const;

/** Each criterion of each offer, from 0 (worst at hand) to 1 (best): cost, success, speed, stock. */
function criteria(counted: Counted, all: readonly PublicOffer[]): ReadonlyMap<number, readonly number[]> {
  const columns = CRITERIA.map((of) => all.map((it) => of(it, counted)));
  const scaled = columns.map((values) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return values.map((it) => (most === least ? 1 : (it - least) / (most - least)));
  });
  return new Map(all.map((it, n) => [it.index, scaled.map((column) => column[n] ?? 0)]));
}

const openFor = ({ offers, quantity }: Question): readonly PublicOffer[] => offers.filter((it) => it.stock >= quantity);

const WEIGHTS = [0.4, 0.3, 0.15, 0.15] as const;

export function weighted(): Policy {
  const counted = new Counted(100);
  return {
    name: 'static-weighted',
    hear: (it) => counted.hear(it),
    answer(question) {
      const table = criteria(counted, openFor(question));
      return ranking(question, ({ index }) => (table.get(index) ?? []).reduce((sum, it, n) => sum + it * (WEIGHTS[n] ?? 0), 0));
    },
  };
}

/** TOPSIS with weights by entropy, anew for each order. */
export function topsis(): Policy {
  const counted = new Counted(100);
  return {
    name: 'topsis-entropy',
    hear: (it) => counted.hear(it),
    answer(question) {
      const table = criteria(counted, openFor(question));
      const weights = entropyWeights([...table.values()]);
      return ranking(question, ({ index }) => closeness(table.get(index) ?? [], weights));
    },
  };
}

function entropyWeights(rows: readonly (readonly number[])[]): number[] {
  const spread = WEIGHTS.map((_, n) => {
    const values = rows.map((it) => (it[n] ?? 0) + 1e-6);
    const sum = values.reduce((a, b) => a + b, 0);
    const entropy = values.reduce((total, it) => total - (it / sum) * Math.log(it / sum), 0) / Math.log(Math.max(2, rows.length));
    return Math.max(0, 1 - entropy);
  });
  const total = spread.reduce((a, b) => a + b, 0);
  return spread.map((it) => (total > 0 ? it / total : 1 / WEIGHTS.length));
}

function closeness(row: readonly number[], weights: readonly number[]): number {
  const distance = (ideal: number): number => Math.sqrt(row.reduce((sum, it, n) => sum + ((weights[n] ?? 0) * (it - ideal)) ** 2, 0));
  const [best, worst] = [distance(1), distance(0)];
  return best + worst === 0 ? 1 : worst / (best + worst);
}

/** Success of the last 200 × margin; a twentieth of the orders hedged at random; below a fifth of successes a supplier goes last. */
export function windowed(seed: number): Policy {
  const counted = new Counted(200);
  return {
    name: 'window-sr-margin',
    hear: (it) => counted.hear(it),
    answer(question) {
      if (chanceOf(seed, question.order, 0, 0, 202) < 0.05)
        return ranking(question, (it) => chanceOf(seed, question.order, it.index, 0, 203));
      return ranking(question, (it) => (counted.rate(it) < 0.2 ? -1e9 : 0) + counted.rate(it) * (it.priceMinor - it.costMinor));
    },
  };
}

/** Thompson sampling on a success rate that forgets, half in a day; times margin. The Beta by its normal, cut to [0, 1]. */
export function thompson(seed: number): Policy {
  const counts = new Map<number, { good: number; bad: number; at: number }>();
  const fadedTo = (supplier: number, at: number): { good: number; bad: number; at: number } => {
    const it = counts.get(supplier) ?? { good: 0, bad: 0, at };
    const fade = 2 ** (-Math.max(0, at - it.at) / DAY_MS);
    return { good: it.good * fade, bad: it.bad * fade, at: Math.max(at, it.at) };
  };
  return {
    name: 'discounted-ts',
    hear(heard) {
      if (heard.kind !== 'attempt' || heard.outcome === 'ambiguous' || heard.outcome === 'invalid-code') return;
      const it = fadedTo(heard.offer.supplier, heard.at);
      it[heard.outcome === 'delivered' ? 'good' : 'bad']++;
      counts.set(heard.offer.supplier, it);
    },
    answer: (question) =>
      ranking(question, (offer) => {
        const it = fadedTo(offer.supplier, question.at);
        const [a, b] = [it.good + 8, it.bad + 1.2];
        const [mean, deviation] = [a / (a + b), Math.sqrt((a * b) / ((a + b) ** 2 * (a + b + 1)))];
        const u = (stream: number): number => chanceOf(seed, question.order, offer.index, 0, stream);
        return Math.min(1, Math.max(0, mean + deviation * normalOf(u(204), u(205)))) * (offer.priceMinor - offer.costMinor);
      }),
  };
}

export const BASELINES: readonly ((seed: number) => Policy)[] = [random, priceOnly, popularity, weighted, topsis, windowed, thompson];
