import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BURST_LASTS_MS, MINUTE_MS, newWatch, type Watch, watched } from './burst';

/** mulberry32: a seed gives the same numbers on every machine. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

const DAY = 24 * 60;
/** Orders a minute at 2 on average, with the tide of a day: from 1 at night to 3 in the evening. */
const tide = (minute: number): number => 2 + Math.sin((2 * Math.PI * minute) / DAY);
const steady = (): number => 2;

interface Run {
  readonly alarms: number;
  /** Minutes from the start of the burst to the first alarm past it. */
  readonly delay: number;
}

/** `days` of ordinary demand, and then a demand that doubles. */
function run(seed: number, days: number, rate: (minute: number) => number): Run {
  const random = randomOf(seed);
  let watch: Watch = newWatch(0);
  let alarms = 0;
  const hear = (minute: number, factor: number): boolean => {
    const orders = poisson(rate(minute) * factor, random);
    if (orders === 0) return false;
    const before = watch.burst;
    watch = watched(watch, minute * MINUTE_MS, orders);
    return watch.burst !== undefined && watch.burst.since !== before?.since;
  };
  const start = days * DAY;
  for (let minute = 0; minute < start; minute++) if (hear(minute, 1)) alarms += 1;
  if (watch.burst !== undefined && watch.burst.until > start * MINUTE_MS) return { alarms, delay: 0 };
  for (let minute = start; minute < start + 240; minute++) if (hear(minute, 2)) return { alarms, delay: minute - start + 1 };
  return { alarms, delay: Infinity };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

describe('a burst of demand', () => {
  for (const [name, rate] of [
    ['steady', steady],
    ['tidal', tide],
  ] as const)
    it(`doubling 2 orders a minute (${name}) is told within 15 minutes by the median, with at most one false alarm in 30 days`, (context) => {
      const runs = Array.from({ length: 10 }, (_, it) => run(4_000 + it, 30, rate));
      const falses = runs.reduce((sum, it) => sum + it.alarms, 0) / runs.length;
      const delay = median(runs.map((it) => it.delay));
      context.diagnostic(`median delay ${delay} min, ${falses.toFixed(2)} false alarms in 30 days`);
      assert.ok(delay <= 15, `median delay ${delay}`);
      assert.ok(falses <= 1, `false alarms ${falses}`);
    });

  it('is not seen in the first orders of a good', () => {
    let watch = newWatch(0);
    for (let minute = 0; minute < 60; minute++) watch = watched(watch, minute * MINUTE_MS, minute < 30 ? 1 : 10);
    assert.equal(watch.burst, undefined);
  });

  it('says by how much, and ends by itself when demand is ordinary again', () => {
    let watch = newWatch(0);
    for (let minute = 0; minute < 2 * DAY; minute++) watch = watched(watch, minute * MINUTE_MS, 2);
    const start = 2 * DAY;
    for (let minute = start; minute < start + 60; minute++) watch = watched(watch, minute * MINUTE_MS, 6);
    assert.ok(watch.burst !== undefined);
    assert.ok(watch.burst.factor > 2.5 && watch.burst.factor < 3.5, String(watch.burst.factor));
    const { until } = watch.burst;
    for (let minute = start + 60; minute < start + 180; minute++) watch = watched(watch, minute * MINUTE_MS, 2);
    assert.equal(watch.burst, undefined);
    assert.ok(until <= (start + 60) * MINUTE_MS + BURST_LASTS_MS);
  });

  it('counts a minute once', () => {
    const once = watched(newWatch(0), 0, 5);
    assert.equal(watched(once, 0, 5), once);
  });
});
