import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import negativeBinomialCdf from '@stdlib/stats-base-dists-negative-binomial-cdf';
import { BASELINES } from './baselines';
import { InvalidDemand } from './checks';
import { burstFactor, elasticityOf, factorAt, inContext } from './context';
import { expectedMarginOf } from './margin';
import { chanceAbove, chances, quantile } from './negative-binomial';
import { outlookOf, type OutlookAsked } from './outlook';
import { forecastOf, recalibrated, type Sample, trainPooled } from './pooled';
import { profitOf, type PurchaseAsked, suggestedPurchase } from './quantity';
import { levelOf, RISK_LEVELS, type RiskAsked, type StockSeen, stockRiskOf } from './risk';

const HOUR = 3_600_000;
const AT = Date.UTC(2026, 10, 25);

const seen = fc.record({
  units: fc.integer({ min: 0, max: 120 }),
  ageMs: fc.integer({ min: 0, max: 48 * HOUR }),
  reservedUnits: fc.integer({ min: 0, max: 20 }),
  unitsPerHour: fc.double({ min: 0, max: 20, noNaN: true }),
  shape: fc.double({ min: 0.05, max: 50, noNaN: true }),
  leadMs: fc.integer({ min: 0, max: 12 * HOUR }),
  deviationMs: fc.integer({ min: 0, max: 6 * HOUR }),
  demand: fc.double({ min: 0, max: 20, noNaN: true }),
  size: fc.double({ min: 0.05, max: 50, noNaN: true }),
});
type Drawn = typeof seen extends fc.Arbitrary<infer T> ? T : never;

function riskOf(it: Drawn): number {
  const stock: StockSeen = {
    ...{ units: it.units, seenAt: AT - it.ageMs, reservedUnits: it.reservedUnits },
    ...{ drain: { unitsPerHour: it.unitsPerHour, shape: it.shape }, leadTimeMs: { mean: it.leadMs, deviation: it.deviationMs } },
    ...{ up: 0.99, invalid: 0.002 },
  };
  return stockRiskOf(stock, { at: AT, demandPerHour: { mean: it.demand, size: it.size }, quantity: 1 }).probability;
}

const purchase: PurchaseAsked = {
  ...{ demand: { mean: 12, size: 3 }, priceMinor: 1_000, tiers: [{ from: 1, costMinor: 900 }], shortageMinor: 30, leftoverShare: 0.05 },
  ...{ onHand: 0, inbound: 0, yield: { mean: 0.95, observations: 50 }, minQuantity: 1, maxQuantity: 200 },
};

const asked: OutlookAsked = {
  ...{ at: AT, quantity: 1, priceMinor: 2_500, lostSaleMinor: 75, horizonMs: 24 * HOUR, leftoverShare: 0.1, onHand: 0, inbound: 0 },
  demand: { history: [3, 0, 5, 2, 4, 1, 0, 6, 3, 2, 4, 5], bucketMs: 24 * HOUR },
  offers: [
    {
      stock: {
        ...{ units: 40, seenAt: AT - HOUR, reservedUnits: 2, drain: { unitsPerHour: 0.5, shape: 4 } },
        ...{ leadTimeMs: { mean: 60_000, deviation: 20_000 }, up: 0.995, invalid: 0.002 },
      },
      ...{ fill: { mean: 0.95, observations: 80 }, tiers: [{ from: 1, costMinor: 2_300 }], afterSalesMinor: 20, failureMinor: 4 },
      ...{ minQuantity: 1, maxQuantity: 500 },
    },
  ],
};

describe('a count', () => {
  it('has the tails of the negative binomial', () => {
    for (const [mean, size, count] of [
      [3, 0.5, 4],
      [12, 3, 20],
      [200, 10, 230],
      [0.2, 2, 0],
    ] as const)
      // prettier-ignore
      assert.ok(Math.abs(chanceAbove({ mean, size }, count) - (1 - negativeBinomialCdf(count, size, size / (size + mean)))) < 1e-10);
  });

  it('sums to one, and has the quantile that its chances say', () => {
    const count = { mean: 7, size: 2 };
    assert.ok(Math.abs(chances(count, 400).reduce((a, b) => a + b, 0) - 1) < 1e-9);
    const at = quantile(count, 0.9);
    assert.ok(1 - chanceAbove(count, at) >= 0.9 && 1 - chanceAbove(count, at - 1) < 0.9);
  });
});

describe('stock risk', () => {
  const never = (change: (it: Drawn) => Drawn, says: (before: number, after: number) => boolean): void =>
    fc.assert(
      fc.property(seen, (it) => says(riskOf(it), riskOf(change(it)))),
      { numRuns: 150 },
    );
  const rises = (before: number, after: number): boolean => after >= before - 1e-9;

  it('never rises with more stock', () => never((it) => ({ ...it, units: it.units + 3 }), (a, b) => b <= a + 1e-9)); // prettier-ignore
  it('never falls with more demand', () => never((it) => ({ ...it, demand: it.demand * 1.3 + 0.1 }), rises));
  it('never falls with more drain', () => never((it) => ({ ...it, unitsPerHour: it.unitsPerHour * 1.3 + 0.1 }), rises));
  it('never falls with age', () => never((it) => ({ ...it, ageMs: it.ageMs + HOUR }), rises));
  it('never falls with what is reserved', () => never((it) => ({ ...it, reservedUnits: it.reservedUnits + 2 }), rises));

  it('has levels at 2, 10 and 30 per cent', () => {
    assert.deepEqual([0, 0.0199, 0.02, 0.0999, 0.1, 0.2999, 0.3, 1].map(levelOf), [
      ...['low', 'low', 'medium', 'medium', 'high', 'high', 'extreme', 'extreme'],
    ]);
    assert.equal(RISK_LEVELS.length, 4);
  });

  it('of a stock that nobody reported is never called low', () => {
    const stock: StockSeen = { ...(asked.offers[0]?.stock as StockSeen), units: undefined };
    const of: RiskAsked = { at: AT, demandPerHour: { mean: 0, size: 1 }, quantity: 1 };
    assert.notEqual(stockRiskOf(stock, of).level, 'low');
    assert.ok(stockRiskOf(stock, { ...of, at: AT + 48 * HOUR }).probability > stockRiskOf(stock, of).probability);
  });
});

describe('the suggested quantity', () => {
  it('is the best of all quantities, with tiers, yield, stock at hand and a least quantity', () => {
    const drawn = fc.record({
      mean: fc.double({ min: 0.2, max: 30, noNaN: true }),
      size: fc.double({ min: 0.3, max: 20, noNaN: true }),
      cost: fc.integer({ min: 500, max: 980 }),
      tierFrom: fc.integer({ min: 2, max: 40 }),
      off: fc.integer({ min: 0, max: 120 }),
      leftoverShare: fc.double({ min: 0.01, max: 1, noNaN: true }),
      onHand: fc.integer({ min: 0, max: 10 }),
      yieldMean: fc.double({ min: 0.5, max: 1, noNaN: true }),
      minQuantity: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(drawn, (it) => {
        const of: PurchaseAsked = {
          ...purchase,
          ...{ demand: { mean: it.mean, size: it.size }, leftoverShare: it.leftoverShare, onHand: it.onHand },
          tiers: [
            { from: 1, costMinor: it.cost },
            { from: it.tierFrom, costMinor: it.cost - it.off },
          ],
          ...{ yield: { mean: it.yieldMean, observations: 30 }, minQuantity: it.minQuantity },
        };
        const profit = profitOf(of);
        const all = [0, ...Array.from({ length: of.maxQuantity }, (_, n) => n + 1).filter((n) => n >= it.minQuantity)];
        const best = Math.max(...all.map(profit));
        return Math.abs(suggestedPurchase(of).expectedProfitMinor - best) < 1e-6 * Math.max(1, Math.abs(best));
      }),
      { numRuns: 100 },
    );
  });

  it('stays in its budget, and is nothing where enough is there', () => {
    assert.ok(suggestedPurchase({ ...purchase, budgetMinor: 4_000 }).quantity <= 4);
    assert.equal(suggestedPurchase({ ...purchase, onHand: 500 }).quantity, 0);
  });
});

describe('the expected margin', () => {
  const attempt = { fill: { mean: 0.9, observations: 40 }, costMinor: 900, afterSalesMinor: 5, failureMinor: 2 };
  it('is the chain’s mean, inside its interval, which narrows with lines', () => {
    const of = (lines: number) => expectedMarginOf({ chain: [attempt, attempt], priceMinor: 1_000, lostSaleMinor: 30, lines });
    // 0.9 × 95 + 0.09 × 93 − 0.01 × 34
    assert.equal(of(1).meanMinor, Math.round(0.9 * 95 + 0.09 * 93 - 0.01 * 34));
    for (const it of [of(1), of(10), of(1_000)]) assert.ok(it.lowMinor <= it.meanMinor && it.meanMinor <= it.highMinor);
    assert.ok(of(1_000).highMinor - of(1_000).lowMinor <= of(10).highMinor - of(10).lowMinor);
  });
});

describe('forecasts', () => {
  const series = Array.from({ length: 60 }, (_, n) =>
    Array.from({ length: 40 }, (__, at) => ((at * 7 + n * 13) % 5 === 0 ? 1 + (n % 4) : 0)),
  );
  const samples = series.flatMap((it): Sample[] => [24, 28, 32].map((at) => ({ history: it.slice(0, at), demand: it.slice(at, at + 3).reduce((a, b) => a + b, 0) }))); // prettier-ignore
  const model = trainPooled(samples, 3);

  it('learn the level of many series together, the same every time', () => {
    assert.deepEqual(trainPooled(samples, 3), model);
    const said = samples.reduce((sum, it) => sum + forecastOf(it.history, 3, model).mean, 0);
    const came = samples.reduce((sum, it) => sum + it.demand, 0);
    assert.ok(Math.abs(said / came - 1) < 0.15, `${said} foreseen, ${came} came`);
    assert.ok(recalibrated(model, samples).meanFactor > 0.85);
  });

  it('take what was sold before a stock-out for a lower bound', () => {
    const censored = trainPooled(samples.map((it) => ({ ...it, censored: true })), 3); // prettier-ignore
    const [history = []] = series;
    assert.ok(forecastOf(history, 3, censored).mean > forecastOf(history, 3, model).mean);
  });

  it('let a dead good die by TSB, and not by Croston', () => {
    const dead = [4, 0, 3, 5, 0, 4, ...Array.from({ length: 40 }, () => 0)];
    const of = (name: string): number => BASELINES[name]?.(dead, 1).mean ?? NaN;
    assert.ok(of('nb-tsb') < 0.5 * of('nb-croston'));
  });

  it('fall back to smoothing where little is known', () => {
    assert.deepEqual(forecastOf([1, 2], 3, model), forecastOf([1, 2], 3));
  });
});

describe('context', () => {
  it('lifts demand before a holiday, after a version, in a burst and where a competitor is dearer; and is neutral without', () => {
    assert.equal(factorAt({}, AT), 1);
    assert.ok(factorAt({ holidays: [{ at: AT + 24 * HOUR, name: 'spring-festival' }] }, AT) > 1);
    assert.ok(
      factorAt({ events: [{ at: AT - HOUR, uplift: 0.5 }] }, AT) > factorAt({ events: [{ at: AT - 100 * HOUR, uplift: 0.5 }] }, AT),
    );
    assert.ok(factorAt({ competitor: { priceMinor: 1_100, ownMinor: 1_000 } }, AT) > 1);
    assert.ok(inContext({ mean: 5, size: 2 }, { burst: { factor: burstFactor(40, 10), at: AT } }, AT, HOUR).mean > 5);
  });

  it('refuses a price a thousand times off', () => {
    assert.throws(() => factorAt({ competitor: { priceMinor: 1_000_000, ownMinor: 1_000 } }, AT), InvalidDemand);
  });

  it('learns elasticity, and is not certain of noise', () => {
    const points = Array.from({ length: 40 }, (_, n) => ({ logRatio: 0.02 * ((n % 9) - 4), logDemand: -3 * 0.02 * ((n % 9) - 4) }));
    assert.ok(elasticityOf(points).mean < -2 && elasticityOf(points).certain);
    assert.equal(elasticityOf([]).certain, false);
  });
});

describe('the outlook of a card', () => {
  it('tells risk, quantity and margin', () => {
    const outlook = outlookOf(asked);
    assert.equal(outlook.stockRisk.level, 'low');
    assert.ok(outlook.suggestedQuantity >= 1 && outlook.suggestedQuantity <= 60);
    assert.ok(outlook.expectedMargin.lowMinor <= outlook.expectedMargin.meanMinor);
    assert.ok((outlook.daysOfCover ?? 0) > 1);
  });

  it('refuses numbers that cannot be true, and names them', () => {
    const [offer] = asked.offers;
    assert.ok(offer !== undefined);
    const wrong: readonly [Partial<OutlookAsked>, string, string][] = [
      [{ priceMinor: NaN }, 'not-finite', 'priceMinor'],
      [{ quantity: 0 }, 'out-of-range', 'quantity'],
      [{ offers: [] }, 'empty', 'offers'],
      [{ at: Infinity }, 'not-finite', 'at'],
      [{ demand: { history: [1, -2, 3], bucketMs: HOUR } }, 'negative', 'history[1]'],
      [{ offers: [{ ...offer, stock: { ...offer.stock, units: -1 } }] }, 'negative', 'units'],
      [{ offers: [{ ...offer, fill: { mean: 1.2, observations: 1 } }] }, 'out-of-range', 'fill.mean'],
    ];
    for (const [change, code, field] of wrong)
      assert.throws(() => outlookOf({ ...asked, ...change }), (it: unknown) => it instanceof InvalidDemand && it.code === code && it.field === field, field); // prettier-ignore
  });
});
