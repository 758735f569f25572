import { parseArgs } from 'node:util';
import { UsageProblem } from '../drill/options';
import type { Bus } from './house';

export const BENCHES = ['place', 'storm'] as const;
export type Bench = (typeof BENCHES)[number];

export const USAGE = `npm run bench NAME -- [options]
  measures a whole Midstream of its own against the same PostgreSQL used plainly, in turns, and prints the ratio

  place    orders a second, from POST /v1/orders until LineAssigned is committed; without --clients a sweep up to saturation
  storm    one offer of --lines lines runs dry: time until the last line is held again elsewhere

  --bus embedded|kafka   one process, or five over a real Kafka               (default: embedded)
  --clients N            orders on their way at once (place)                  (default: 8, 64, 256, … while it pays)
  --lines N              lines that are hit (storm)                           (default: 10000)
  --lines-per-order N    of the lines that are hit (storm)                    (default: 1)
  --seconds N            length of one measurement                            (default: 10)
  --rounds N             measurements of each side; the medians are compared  (default: 3)
  --substitutes N        other offers of each product                         (default: 5)
  --capacity N           units that each offer sells a minute                 (default: 600, as the API's)
  --merchants N          who order, each with an account of its own           (default: 20)
  --first                before all else on a busy machine (root, Linux): less noise here, more elsewhere
  --profile              CPU profiles and statements of what is measured, in a folder that is printed
  --keep                 leave the data folder behind
  --json                 one JSON object as the last line`;

export interface BenchOptions {
  readonly bench: Bench;
  readonly bus: Bus;
  readonly clients?: number;
  readonly lines: number;
  readonly linesPerOrder: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly substitutes: number;
  readonly capacity: number;
  readonly merchants: number;
  readonly first: boolean;
  readonly profile: boolean;
  readonly keep: boolean;
  readonly json: boolean;
}

/** @throws UsageProblem */
export function optionsOf(args: readonly string[]): BenchOptions | 'help' {
  const { values, positionals } = read(args);
  if (values.help === true) return 'help';
  const [bench, ...more] = positionals;
  if (!isBench(bench) || more.length > 0)
    throw new UsageProblem(`no bench is called ${positionals.join(' ') || 'nothing'}: ${BENCHES.join(', ')}\n\n${USAGE}`);
  const bus = values.bus ?? 'embedded';
  if (bus !== 'embedded' && bus !== 'kafka') throw new UsageProblem(`--bus is embedded or kafka, not ${bus}\n\n${USAGE}`);
  const number = (name: keyof typeof LIMITS, fallback: number): number => numberOf(name, values[name], fallback);
  return {
    ...{ bench, bus },
    ...(values.clients !== undefined && { clients: number('clients', 0) }),
    ...{
      lines: number('lines', 10_000),
      linesPerOrder: number('lines-per-order', 1),
      seconds: number('seconds', 10),
      rounds: number('rounds', 3),
    },
    ...{ substitutes: number('substitutes', 5), merchants: number('merchants', 20), capacity: number('capacity', 600) },
    ...{ first: values.first === true, profile: values.profile === true, keep: values.keep === true, json: values.json === true },
  };
}

const LIMITS = {
  clients: [1, 4_096],
  lines: [1, 1_000_000],
  'lines-per-order': [1, 100],
  seconds: [1, 3_600],
  rounds: [1, 100],
  // none is understood, and refused by the market with a reason
  substitutes: [0, 50],
  merchants: [1, 1_000],
  capacity: [1, 1_000_000],
} as const;

const isBench = (name: string | undefined): name is Bench => (BENCHES as readonly (string | undefined)[]).includes(name);

function numberOf(name: keyof typeof LIMITS, text: string | undefined, fallback: number): number {
  const [least, most] = LIMITS[name];
  const value = text === undefined ? fallback : Number(text);
  if (/^\d+$/.test(text ?? '1') && value >= least && value <= most) return value;
  throw new UsageProblem(`--${name} is a whole number from ${least} to ${most}, not ${text}\n\n${USAGE}`);
}

function read(args: readonly string[]) {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean' }] as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{
          bus: text,
          clients: text,
          lines: text,
          'lines-per-order': text,
          seconds: text,
          rounds: text,
          substitutes: text,
          merchants: text,
          capacity: text,
        },
        ...{ first: flag, profile: flag, keep: flag, json: flag, help: flag },
      },
    });
  } catch (error) {
    throw new UsageProblem(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
