import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

export const USAGE = `npm run drill -- [options]
  runs suppliers dry in the middle of a replayed evening, and checks what becomes of every line

  --url URL           where Midstream is              (default: keys.json, or http://localhost:3000)
  --data DIR          data folder with keys.json      (default: MIDSTREAM_DATA, or .midstream)
  --operator-key KEY  --merchant-key KEY  --merchant ID  --sandbox URL
                      instead of keys.json            (or MIDSTREAM_OPERATOR_KEY, MIDSTREAM_MERCHANT_KEY, …)
  --seed SEED         what buyers answer, and names   (default: the time)
  --orders N          orders of the trace at most     (default: all of the peak, some 560)
  --replay-ms MS      time for placing them           (default: 60000)
  --json              one JSON object as the last line`;

/** A drill has an end, whatever happens: bars of issue 3. */
export const DRILL_MAX_MS = 5 * 60_000;

export interface DrillOptions {
  readonly url: string;
  readonly operatorKey: string;
  readonly merchantKey: string;
  readonly merchantId: string;
  readonly sandboxUrl?: string;
  readonly seed: string;
  readonly ordersMax: number;
  readonly replayMs: number;
  readonly json: boolean;
}

/** What cannot be understood, or is missing; the message is for the person at the terminal. */
export class UsageProblem extends Error {}

interface Keys {
  readonly url?: string;
  readonly sandboxUrl?: string;
  readonly operatorKey?: string;
  readonly merchantKey?: string;
  readonly merchantId?: string;
}

/** Reads the options from flags, environment and the data folder, in this order. @throws UsageProblem */
export function optionsOf(args: readonly string[], env: Readonly<Record<string, string | undefined>>, now: number): DrillOptions | 'help' {
  const flags = flagsOf(args);
  if (flags.help === true) return 'help';
  const dir = flags.data ?? env['MIDSTREAM_DATA'] ?? '.midstream';
  const kept = keysOf(join(dir, 'keys.json'));
  const needed = (name: string, value: string | undefined): string => {
    if (value !== undefined && value !== '') return value;
    throw new UsageProblem(`no ${name}: start Midstream first (npm start), or name its data folder with --data\n\n${USAGE}`);
  };
  const sandboxUrl = flags.sandbox ?? env['MIDSTREAM_SANDBOX_URL'] ?? kept.sandboxUrl;
  return {
    url: (flags.url ?? env['MIDSTREAM_URL'] ?? kept.url ?? 'http://localhost:3000').replace(/\/+$/, ''),
    operatorKey: needed('operator key', flags['operator-key'] ?? env['MIDSTREAM_OPERATOR_KEY'] ?? kept.operatorKey),
    merchantKey: needed('merchant key', flags['merchant-key'] ?? env['MIDSTREAM_MERCHANT_KEY'] ?? kept.merchantKey),
    merchantId: needed('merchant', flags.merchant ?? env['MIDSTREAM_MERCHANT'] ?? kept.merchantId),
    ...(sandboxUrl !== undefined && { sandboxUrl }),
    seed: flags.seed ?? String(now),
    ordersMax: countOf('orders', flags.orders, 10_000),
    replayMs: countOf('replay-ms', flags['replay-ms'], 60_000),
    json: flags.json === true,
  };
}

function flagsOf(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        url: text,
        data: text,
        'operator-key': text,
        'merchant-key': text,
        merchant: text,
        sandbox: text,
        seed: text,
        orders: text,
        'replay-ms': text,
        json: flag,
        help: flag,
      },
    }).values;
  } catch (error) {
    throw new UsageProblem(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function keysOf(file: string): Keys {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Keys) : {};
}

function countOf(name: string, text: string | undefined, fallback: number): number {
  const count = text === undefined ? fallback : Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new UsageProblem(`--${name} is a whole number from 1, not ${text}\n\n${USAGE}`);
}
