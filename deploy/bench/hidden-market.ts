import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare, type Comparison, type Interval, playAll, REGIMES, type Row, UNDER_TEST } from '@midstream/simulation/market/index';
import { keptShares, playSubstitutes } from '@midstream/simulation/substitutes/index';
import { rounded } from './figures';
import type { BenchOptions } from './options';
import { panelsBench } from './panels';
import type { Result } from './result';
import type { Say } from './run';
import { targetsOf, toldOf } from './targets';

const DAYS = 45;
const MARKET = join(__dirname, '../../libs/simulation/market');
const BUYERS = join(__dirname, '../../libs/simulation/substitutes');
/** What is not the market but a player in it: it may change without making another market. */
const PLAYERS = ['ours.ts', 'choose.ts'];

/**
 * `bench market`: the service's own domain, reached through observe and rankCandidates, against baselines and an oracle that sees what is
 * hidden, in markets that belong to their seeds. `ours` is the capture: the share of the way from random to the oracle.
 */
export async function hiddenMarket(options: BenchOptions, say: Say): Promise<Result> {
  if (options.panel !== undefined) return panelsBench(options.panel, say);
  const days = options.days ?? DAYS;
  const regime = REGIMES[options.regime];
  say(
    `regime ${regime.name} (${regime.words}), seeds ${options.seeds[0]} to ${options.seeds.at(-1)}, ${days} days, simulator ${sourceHash(MARKET)}`,
  );
  const worlds: ReturnType<typeof playAll>[] = [];
  for (const seed of options.seeds) {
    const began = Date.now();
    worlds.push(playAll(seed, regime, days));
    say(`seed ${seed}: ${worlds.at(-1)?.[0]?.orders ?? 0} orders judged, all policies in ${((Date.now() - began) / 1_000).toFixed(0)} s`);
  }
  const comparison = compare(worlds);
  const kept = keptShares(options.seeds.map((seed) => playSubstitutes(seed, days)));
  const targets = targetsOf(regime, comparison, kept.find((it) => it.chooser === UNDER_TEST)?.share); // prettier-ignore
  say(
    `substitutes that buyers keep, buyers ${sourceHash(BUYERS)}: ${kept.map((it) => `${it.chooser} ${(100 * it.share).toFixed(1)} %`).join(', ')}`,
  );
  for (const line of [...table(comparison), ...toldOf(targets)]) say(line);
  const substitutes = { buyers: sourceHash(BUYERS), kept: kept.map((it) => ({ ...it, share: rounded(it.share, 4) })) };
  return { ...resultOf(options, days, comparison), targets, substitutes };
}

function resultOf({ seeds, regime }: BenchOptions, days: number, comparison: Comparison): Result {
  const { capture, gapClosed, bestBaseline, rows } = comparison;
  return {
    bench: 'market',
    bus: 'none',
    ratio: rounded(capture.value, 4),
    ours: rounded(capture.value, 4),
    floor: 0,
    unit: 'capture',
    p50Ms: 0,
    p99Ms: 0,
    peakMb: rounded(process.memoryUsage().rss / 2 ** 20, 0),
    errors: 0,
    fsync: 'none',
    synchronousCommit: 'none',
    fullPageWrites: 'none',
    noisy: [],
    regime,
    seeds: `${seeds[0]}-${seeds.at(-1)}`,
    days,
    simulator: sourceHash(MARKET),
    capture: short(capture),
    gapClosed: short(gapClosed),
    bestBaseline,
    rows: rows.map((it) => ({ ...it, capture: short(it.capture) })),
  };
}

const short = ({ value, low, high }: Interval): Interval => ({ value: rounded(value, 4), low: rounded(low, 4), high: rounded(high, 4) });

/** Of the simulator as it was run: markets of two hashes are not to be compared. */
function sourceHash(sources: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(sources).filter((it) => it.endsWith('.ts') && !it.endsWith('.spec.ts') && !PLAYERS.includes(it));
  for (const it of files.sort()) hash.update(it).update(readFileSync(join(sources, it)));
  return hash.digest('hex').slice(0, 12);
}

function table({ rows, capture, gapClosed, bestBaseline }: Comparison): string[] {
  const percent = (value: number): string => (100 * value).toFixed(1).padStart(6);
  const line = (it: Row): string =>
    [
      it.policy.padEnd(18),
      it.marginPercent.toFixed(3).padStart(7),
      `${percent(it.capture.value)} [${percent(it.capture.low)},${percent(it.capture.high)}]`,
      ...[percent(it.fill), percent(it.onTime), percent(it.complaints)],
      it.attemptsPerOrder.toFixed(3),
      ...[it.success, it.inTime, it.stockOut].map((one) => (one === undefined ? '' : `${one.ece.toFixed(4)}/${one.brier.toFixed(4)}`)),
    ].join('  ');
  return [
    'policy              margin %  capture % [95 %]           fill  on-time  complaints  attempts  ECE/Brier of success, on-time, stock-out',
    ...rows.map(line),
    `capture ${percent(capture.value)} % [${percent(capture.low)}, ${percent(capture.high)}]; of the gap over ${bestBaseline} closed ${percent(gapClosed.value)} % [${percent(gapClosed.low)}, ${percent(gapClosed.high)}]`,
  ];
}
