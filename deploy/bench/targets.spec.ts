import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Comparison, REGIMES, type Row } from '@midstream/simulation/market/index';
import { targetsOf, toldOf } from './targets';

const interval = (value: number, low = value) => ({ value, low, high: value });
const row = (policy: string, of: Partial<Row>): Row => ({
  ...{ policy, marginPercent: 7, capture: interval(1), fill: 0.99, onTime: 0.98, complaints: 0.01, attemptsPerOrder: 1.2 },
  ...of,
});
const comparison = (ours: Partial<Row>, of: Partial<Comparison> = {}): Comparison => ({
  ...{ rows: [row('random', {}), row('midstream', ours), row('chain-oracle', {})], bestBaseline: 'price-only' },
  ...{ capture: interval(0.93), gapClosed: interval(0.7, 0.6) },
  ...of,
});
const missed = (regime: 'A' | 'B' | 'C', of: Comparison): string[] =>
  targetsOf(REGIMES[regime], of).flatMap((it) => (it.met ? [] : it.claim));

it('asks most of a market where failing is cheap', () => {
  assert.deepEqual(missed('A', comparison({})), ['capture of the oracle’s margin']);
  assert.deepEqual([missed('B', comparison({})), missed('C', comparison({}))], [[], []]);
});

it('holds fill, time and complaints against the oracle’s', () => {
  const worse = comparison({ fill: 0.9849, onTime: 0.9699, complaints: 0.0106 }, { gapClosed: interval(0.7, 0.49) });
  assert.deepEqual(missed('C', worse), ['its lower 95 % bound', 'fill, less the oracle’s', 'on time, less the oracle’s', 'complaints, times the oracle’s']); // prettier-ignore
});

it('holds what was foreseen against what came, and asks nothing where nothing was foreseen', () => {
  const foreseen = (wape: number, bias: number, coverage: number) =>
    comparison({ success: { ece: 0.0151, brier: 0.1 }, stockOut: { ece: 0.021, brier: 0.1 }, money: { wape, bias, coverage } });
  assert.deepEqual(missed('B', foreseen(0.05, 0.01, 0.77)), ['ECE of success', 'ECE of running out']);
  const days = ['day’s money: WAPE', 'day’s money: bias', 'day’s money: within 80 % bounds'];
  assert.deepEqual(missed('B', foreseen(0.051, -0.011, 0.76)).slice(2), days);
  assert.deepEqual(missed('B', foreseen(0.051, 0.011, 0.84)).slice(2), days);
  assert.equal(targetsOf(REGIMES.A, comparison({})).length, 6);
});

it('holds substitutes against nine of ten, where they were played', () => {
  const asked = (share?: number) => targetsOf(REGIMES.C, comparison({}), share).filter((it) => it.claim.startsWith('substitutes'));
  assert.deepEqual([asked(), asked(0.9).map((it) => it.met), asked(0.899).map((it) => it.met)], [[], [true], [false]]);
});

it('says of each whether it is met, and what was wanted', () => {
  const [first, second] = toldOf(targetsOf(REGIMES.A, comparison({})));
  assert.match(first ?? '', /^NOT MET .*0\.9300.*from 0\.95\)$/);
  assert.match(second ?? '', /^met .*0\.7000.*from 0\.65\)$/);
});
