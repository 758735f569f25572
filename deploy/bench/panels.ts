import { readFileSync } from 'node:fs';
import { acceptanceOf, type Beliefs, createBeliefs, observe } from '@midstream/selection-engine-domain';
import { UsageProblem } from '../drill/options';
import { rounded } from './figures';
import type { Result } from './result';
import type { Say } from './run';

/** One purchase of a household: what it took of what was on offer, at which prices. */
interface Purchase {
  readonly household: string;
  readonly chosen: string;
  readonly prices: ReadonlyMap<string, number>;
}

/** Households that chose among a few goods, each in the order of time. */
export interface Panel {
  readonly name: string;
  readonly goods: readonly string[];
  readonly purchases: readonly Purchase[];
}

/** What a predictor says of a good that may be taken in place of the favourite; what is said of all of them is compared. */
interface Predictor {
  readonly name: string;
  /** In logits. */
  says(purchase: Purchase, favourite: string, good: string, at: number): number;
  /** A purchase that a household made; `isTest`: weights and popularity are learnt no more. */
  hear(purchase: Purchase, isTest: boolean, at: number): void;
}

/** Of purchases that were not the household's favourite, among the other goods. */
export interface Foretold {
  readonly predictor: string;
  readonly switches: number;
  /** Share of those in which the good that was likeliest was the one that was taken. */
  readonly top1: number;
  /** Mean log-likelihood of what was taken. */
  readonly logLikelihood: number;
}

/** Of each household's purchases, those that are learnt from. */
const LEARNT_SHARE = 0.7;
const DAY_MS = 86_400_000;
const PRICE = 'price.';

type Columns = Readonly<Record<string, readonly (string | number)[]>>;

/** An object of panels by their names. @throws UsageProblem */
export function readPanels(file: string): Panel[] {
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Columns>>;
    return Object.entries(found).map(([name, columns]) => panelOf(name, columns));
  } catch (error) {
    throw new UsageProblem(`--panel ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Columns of equal length: `id` (of the household), `choice`, and `price.GOOD` of each good. @throws UsageProblem */
export function panelOf(name: string, columns: Columns): Panel {
  const goods = Object.keys(columns).flatMap((it) => (it.startsWith(PRICE) ? [it.slice(PRICE.length)] : []));
  const { id = [], choice = [] } = columns;
  const purchases = id.map((household, n): Purchase => ({
    household: String(household),
    chosen: String(choice[n]),
    prices: new Map(goods.map((it) => [it, Number(columns[PRICE + it]?.[n])])),
  }));
  const isWhole = (it: Purchase): boolean => goods.includes(it.chosen) && [...it.prices.values()].every((price) => price >= 0);
  if (goods.length < 3 || purchases.length === 0 || !purchases.every(isWhole))
    throw new UsageProblem(`panel ${name} needs columns of equal length: id, choice, and price.GOOD of three goods or more`);
  return { name, goods, purchases };
}

/** All predictors through one panel: the first 70 % of each household teach, the rest is foretold one after the other. */
export function foretell(panel: Panel): Foretold[] {
  return [popularity(panel), nearestPrice(), history(panel), ours(panel)].map((it) => play(panel, it));
}

function play({ goods, purchases }: Panel, predictor: Predictor): Foretold {
  const { learnt, test, favourites } = split(purchases);
  learnt.forEach((it, n) => predictor.hear(it, false, n * DAY_MS));
  let [switches, hits, sum] = [0, 0, 0];
  test.forEach((it, n) => {
    const at = (learnt.length + n) * DAY_MS;
    const favourite = favourites.get(it.household);
    if (favourite !== undefined && it.chosen !== favourite) {
      const others = goods.filter((good) => good !== favourite);
      const said = others.map((good) => predictor.says(it, favourite, good, at));
      const most = Math.max(...said);
      switches++;
      hits += Number(others[said.indexOf(most)] === it.chosen);
      sum += (said[others.indexOf(it.chosen)] ?? 0) - most - Math.log(said.reduce((all, one) => all + Math.exp(one - most), 0));
    }
    predictor.hear(it, true, at);
  });
  return { predictor: predictor.name, switches, top1: hits / Math.max(1, switches), logLikelihood: sum / Math.max(1, switches) };
}

/** A household's favourite is what it took most in its part that teaches; of equals the first. */
function split(purchases: readonly Purchase[]) {
  const households = new Map<string, Purchase[]>();
  for (const it of purchases) households.set(it.household, [...(households.get(it.household) ?? []), it]);
  const parts = [...households.values()].map((all) => ({ all, cut: Math.floor(LEARNT_SHARE * all.length) }));
  const favourites = new Map<string, string>();
  for (const { all, cut } of parts) {
    const counts = new Map<string, number>();
    for (const { chosen } of all.slice(0, cut)) counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
    const [first] = [...counts].sort((a, b) => b[1] - a[1]);
    if (first !== undefined) favourites.set(all[0]?.household ?? '', first[0]);
  }
  return { learnt: parts.flatMap(({ all, cut }) => all.slice(0, cut)), test: parts.flatMap(({ all, cut }) => all.slice(cut)), favourites };
}

function popularity({ goods }: Panel): Predictor {
  const counts = new Map(goods.map((it) => [it, 1]));
  return {
    name: 'popularity',
    says: (_, __, good) => Math.log(counts.get(good) ?? 1),
    hear: ({ chosen }, isTest) => void (isTest || counts.set(chosen, (counts.get(chosen) ?? 0) + 1)),
  };
}

const nearestPrice = (): Predictor => ({
  name: 'nearest price',
  says({ prices }, favourite, good) {
    const [wanted, price] = [prices.get(favourite) ?? 0, prices.get(good) ?? 0];
    return (-10 * Math.abs(price - wanted)) / Math.max(price, wanted, Number.MIN_VALUE);
  },
  hear: () => undefined,
});

/** What the household took so far, and two purchases as popular as all are. */
function history(panel: Panel): Predictor {
  const all = popularity(panel);
  const own = new Map<string, number>();
  return {
    name: 'household history',
    says: (it, favourite, good, at) => Math.log((own.get(`${it.household} ${good}`) ?? 0) + (2 * Math.exp(all.says(it, favourite, good, at))) / panel.purchases.length), // prettier-ignore
    hear(it, isTest, at) {
      all.hear(it, isTest, at);
      const key = `${it.household} ${it.chosen}`;
      own.set(key, (own.get(key) ?? 0) + 1);
    },
  };
}

/** The service's own domain: it observes purchases, and says how likely a substitute is kept. */
function ours({ name }: Panel): Predictor {
  const beliefs: Beliefs = createBeliefs();
  return {
    name: 'midstream',
    says({ household, prices }, insteadOf, sku, at) {
      const [referenceMinor, priceMinor] = [minor(prices.get(insteadOf)), minor(prices.get(sku))];
      const pair = { sku, insteadOf, buyer: household, category: name, sameCategory: true, preApproved: true, referenceMinor, priceMinor };
      const kept = acceptanceOf(beliefs, pair, at);
      return Math.log(kept / (1 - kept));
    },
    hear({ household, chosen, prices }, isTest, at) {
      const options = [...prices].map(([sku, price]) => ({ sku, priceMinor: minor(price) }));
      observe(beliefs, { type: 'purchase', at, buyer: household, sku: chosen, category: name, ...(!isTest && { options }) });
    },
  };
}

/** Panels tell prices in dollars or cents; what matters are their shares of each other. */
const minor = (price = 0): number => 100 * price;

/** `bench market --panel FILE`: what households take that pass their favourite by. `ours` and `floor` are of the panel in which ours is worst. */
export function panelsBench(file: string, say: Say): Result {
  const panels = readPanels(file).map((panel) => ({ name: panel.name, foretold: foretell(panel) }));
  for (const { name, foretold } of panels) {
    say(`${name}: ${foretold[0]?.switches ?? 0} purchases were not the household’s favourite`);
    for (const it of foretold)
      say(`  ${it.predictor.padEnd(18)} top-1 ${it.top1.toFixed(3)}  log-likelihood ${it.logLikelihood.toFixed(3)}`);
  }
  const sides = panels.map(({ foretold }) => ({ ours: hitsOf(foretold, 'midstream'), floor: hitsOf(foretold, 'popularity') }));
  const worst = sides.reduce((a, b) => (b.ours < a.ours ? b : a));
  return {
    bench: 'market',
    bus: 'none',
    ...(worst.floor > 0 && { ratio: rounded(worst.ours / worst.floor, 4) }),
    ours: rounded(worst.ours, 4),
    floor: rounded(worst.floor, 4),
    unit: 'top-1',
    p50Ms: 0,
    p99Ms: 0,
    peakMb: rounded(process.memoryUsage().rss / 2 ** 20, 0),
    errors: 0,
    fsync: 'none',
    synchronousCommit: 'none',
    fullPageWrites: 'none',
    noisy: [],
    panels,
  };
}

const hitsOf = (foretold: readonly Foretold[], predictor: string): number => foretold.find((it) => it.predictor === predictor)?.top1 ?? 0;
