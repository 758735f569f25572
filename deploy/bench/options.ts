import { parseArgs } from 'node:util';
import { UsageProblem } from '../drill/options';
import type { Bus } from './launch';

/** What can be measured, and what that is. */
export const BENCHES = {
  place: 'orders a second, from POST /v1/orders until LineAssigned is committed; without --clients a sweep up to saturation',
  storm: 'an offer that holds --lines lines runs dry: seconds until the last of them is held again elsewhere, and what that is worth',
  lap: 'from an order to its delivery by an instant supplier, at --rate orders a second: half of saturation unless said',
  relay: 'events a second from the log to the bus',
  holds: 'units held a second, in batches of up to 500 lines, at five hot offers',
  memory: 'what all of it takes with --offers offers and --lines lines in flight',
  all: 'everything above, one after the other',
  assign: 'a batch of 100,000 and of 1,000,000 lines assigned to offers, exactly, beside HiGHS on the same model; needs no database',
  market: 'selection against its baselines and an oracle in hidden markets: --regime A|B|C --seeds 101-120 --days 45; needs no database',
  forecast: 'demand forecasts beside their baselines, on a generated fixture or --data FILE; needs no database',
  codes: 'card codes a second, encrypted in and given to a unit, by five hundreds',
  import: 'a stream of --lines codes over HTTP into a vault: seconds, and the memory of the service',
  stock: 'answers a second of the open stock query, against a bare Fastify route that answers the same bytes',
  feed: 'changes of stock a second, in calls of 1,000',
  cards: 'recommendations of a market of --offers by 8 callers, against a bare Fastify route that answers the same bytes',
} as const;
export type Bench = keyof typeof BENCHES;

interface NumberOption {
  readonly fallback?: number;
  readonly least: number;
  readonly most: number;
  readonly words: string;
}

/** Whole numbers all of them. */
export const NUMBERS = {
  clients: { least: 1, most: 4_096, words: 'orders on their way at once (place: 8, 64, 256, … while it pays; holds: 64)' },
  lines: { least: 1, most: 1_000_000, words: 'lines that are hit, in flight, or of a stream (storm: 10000; memory, import: 100000)' },
  'lines-per-order': { least: 1, most: 100, words: 'how many of them are one order (storm: 1; memory: 50)' },
  rate: { least: 1, most: 100_000, words: 'orders a second (lap)' },
  events: { fallback: 100_000, least: 500, most: 10_000_000, words: 'events in the log (relay)' },
  offers: { fallback: 50_000, least: 10, most: 1_000_000, words: 'offers in the market (memory, cards)' },
  history: {
    fallback: 0,
    least: 0,
    most: 10_000_000,
    words: 'rows of orders that are long over, in each table that grows with orders (place)',
  },
  seconds: { fallback: 10, least: 1, most: 3_600, words: 'length of one measurement' },
  rounds: { fallback: 3, least: 1, most: 100, words: 'measurements of each side; the medians are compared' },
  // none is understood, and refused by the market with a reason
  substitutes: { fallback: 5, least: 0, most: 50, words: 'other offers of each product' },
  capacity: {
    fallback: 600,
    least: 1,
    most: 1_000_000,
    words: 'units that each offer sells a minute; as an offer that names none (place, storm)',
  },
  days: { least: 3, most: 365, words: 'length of a hidden market (market: 45)' },
  merchants: { fallback: 20, least: 1, most: 1_000, words: 'who order, each with an account of its own' },
} as const satisfies Readonly<Record<string, NumberOption>>;
type NumberName = keyof typeof NUMBERS;

/** Texts, as they are said. */
const TEXTS = {
  bus: 'embedded: one process; kafka: five over a real Kafka (embedded)',
  regime: 'A mild, B harsh, C bulk (market: A)',
  seeds: 'first-last, or one (market: 101-120)',
  data: 'a JSON file of series, arrays of counts of one length (forecast)',
  panel: 'a JSON file of panels of households: what they take that pass their favourite by, in place of hidden markets (market)',
} as const;

/** A range of seeds is no longer. */
const SEEDS_MAX = 1_000;

const FLAGS = {
  scarce: 'fewer units are left elsewhere than lines ask for them, and the lines differ: it matters who gets which (storm)',
  first: 'before all else on a busy machine (root, Linux): less noise here, more elsewhere',
  profile: 'CPU profiles and the dearest statements of what is measured, in a folder that is printed',
  keep: 'leave the data folder behind',
  json: 'one JSON object as the last line',
} as const;

const row = (name: string, words: string, fallback?: number): string =>
  `  ${name.padEnd(20)} ${words}${fallback === undefined ? '' : ` (${fallback})`}`;

export const USAGE = [
  'npm run bench NAME -- [options]',
  '  measures a whole Midstream of its own against the same PostgreSQL used plainly, in turns, and prints the ratio',
  '',
  ...Object.entries(BENCHES).map(([name, words]) => row(name, words)),
  '',
  ...Object.entries(TEXTS).map(([name, words]) => row(`--${name} TEXT`, words)),
  ...Object.entries(NUMBERS as Readonly<Record<string, NumberOption>>).map(([name, { words, fallback }]) =>
    row(`--${name} N`, words, fallback),
  ),
  ...Object.entries(FLAGS).map(([name, words]) => row(`--${name}`, words)),
].join('\n');

export interface BenchOptions {
  readonly bench: Bench;
  readonly bus: Bus;
  /** Where the bench has a default of its own. */
  readonly clients: number | undefined;
  readonly lines: number | undefined;
  readonly linesPerOrder: number | undefined;
  readonly rate: number | undefined;
  readonly events: number;
  readonly offers: number;
  readonly history: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly substitutes: number;
  readonly capacity: number;
  readonly merchants: number;
  readonly regime: 'A' | 'B' | 'C';
  readonly seeds: readonly number[];
  readonly days: number | undefined;
  readonly data: string | undefined;
  readonly panel: string | undefined;
  readonly scarce: boolean;
  readonly first: boolean;
  readonly profile: boolean;
  readonly keep: boolean;
  readonly json: boolean;
}

/** @throws UsageProblem */
export function optionsOf(args: readonly string[]): BenchOptions | 'help' {
  const { values, positionals } = read(args);
  if (values.has('help')) return 'help';
  const [bench = 'nothing', ...more] = positionals;
  if (!isBench(bench) || more.length > 0)
    throw new UsageProblem(`no bench is called ${[bench, ...more].join(' ')}: ${Object.keys(BENCHES).join(', ')}\n\n${USAGE}`);
  const bus = values.get('bus') ?? 'embedded';
  if (bus !== 'embedded' && bus !== 'kafka') throw new UsageProblem(`--bus is embedded or kafka, not ${bus}\n\n${USAGE}`);
  const maybe = (name: NumberName): number | undefined => numberOf(name, values.get(name));
  const number = (name: NumberName): number => maybe(name) ?? fallbackOf(NUMBERS[name]);
  return {
    bench,
    bus,
    clients: maybe('clients'),
    lines: maybe('lines'),
    linesPerOrder: maybe('lines-per-order'),
    rate: maybe('rate'),
    events: number('events'),
    offers: number('offers'),
    history: number('history'),
    seconds: number('seconds'),
    rounds: number('rounds'),
    substitutes: number('substitutes'),
    capacity: number('capacity'),
    merchants: number('merchants'),
    regime: regimeOf(values.get('regime')),
    seeds: seedsOf(values.get('seeds')),
    days: maybe('days'),
    data: values.get('data'),
    panel: values.get('panel'),
    scarce: values.has('scarce'),
    first: values.has('first'),
    profile: values.has('profile'),
    keep: values.has('keep'),
    json: values.has('json'),
  };
}

function regimeOf(text = 'A'): BenchOptions['regime'] {
  if (text === 'A' || text === 'B' || text === 'C') return text;
  throw new UsageProblem(`--regime is A, B or C, not ${text}\n\n${USAGE}`);
}

function seedsOf(text = '101-120'): number[] {
  const [, first, last] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last ?? first)];
  if (from <= to && to - from < SEEDS_MAX) return Array.from({ length: to - from + 1 }, (_, n) => from + n);
  throw new UsageProblem(`--seeds is one seed, or first-last with at most ${SEEDS_MAX}, not ${text || 'nothing'}\n\n${USAGE}`);
}

const fallbackOf = ({ fallback = 0 }: NumberOption): number => fallback;

const isBench = (name: string): name is Bench => name in BENCHES;

function numberOf(name: NumberName, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const { least, most } = NUMBERS[name];
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageProblem(`--${name} is a whole number from ${least} to ${most}, not ${text || 'nothing'}\n\n${USAGE}`);
}

function read(args: readonly string[]): { readonly values: ReadonlyMap<string, string>; readonly positionals: readonly string[] } {
  const texts = [...Object.keys(TEXTS), ...Object.keys(NUMBERS)].map((it) => [it, { type: 'string' }] as const);
  const flags = ['help', ...Object.keys(FLAGS)].map((it) => [it, { type: 'boolean' }] as const);
  try {
    const options = Object.fromEntries<{ type: 'string' | 'boolean' }>([...texts, ...flags]);
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options,
    });
    return { values: new Map(Object.entries(values).map(([name, value]) => [name, String(value)])), positionals };
  } catch (error) {
    throw new UsageProblem(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
