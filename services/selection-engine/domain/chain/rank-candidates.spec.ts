import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  ATTEMPT_OUTCOMES,
  BadNumber,
  type CandidateOffer,
  type CandidateRequest,
  createBeliefs,
  type MarketObservation,
  observe,
  qualityOf,
  rankCandidates,
} from '../index';

const NOON = Date.UTC(2026, 10, 24, 12);
const HOUR = 3_600_000;

const offer = (supplierId: string, it: Partial<CandidateOffer> = {}): CandidateOffer => {
  const sku = it.sku ?? 'video';
  return { offerId: `${supplierId}~${sku}`, supplierId, sku, category: 'membership', priceMinor: 2500, costTiers: [{ from: 1, costMinor: 2000 }], leadTimeMs: 5000, stock: 100, stockAt: NOON, ...it }; // prettier-ignore
};
type Line = CandidateRequest['line'];
const request = (
  offers: readonly CandidateOffer[],
  it: Omit<Partial<CandidateRequest>, 'line'> & { line?: Partial<Line> } = {},
): CandidateRequest => ({
  at: NOON,
  offers,
  ...it,
  line: { sku: 'video', quantity: 1, priceCapMinor: 2600, deliverByAt: NOON + HOUR, segment: 'retail', ...it.line },
});
const attempts = (
  supplierId: string,
  count: number,
  it: Partial<Extract<MarketObservation, { type: 'attempt' }>> = {},
): MarketObservation[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{ type: 'attempt', at: NOON - HOUR + n, offerId: `${supplierId}~video`, supplierId, category: 'membership', sku: 'video' },
    ...{ outcome: 'delivered', responseMs: 5000 },
    ...it,
  }));
const believing = (...facts: readonly MarketObservation[]) => {
  const beliefs = createBeliefs();
  for (const it of facts) observe(beliefs, it);
  return beliefs;
};
const orderOf = (...it: Parameters<typeof rankCandidates>): string[] =>
  rankCandidates(...it).candidates.map(({ offerId }) => offerId[0] ?? '');
const sumOf = (parts: { readonly [part: string]: number }): number => Object.values(parts).reduce((sum, it) => sum + it, 0);
const costing = (costMinor: number) => ({ costTiers: [{ from: 1, costMinor }] });

it('buys at the tier of its quantity, in whatever order the tiers are told', () => {
  const tiers = [{ from: 10, costMinor: 1900 }, { from: 50, costMinor: 1800 }, { from: 1, costMinor: 2000 }]; // prettier-ignore
  const marginOf = (quantity: number) =>
    rankCandidates(createBeliefs(), request([offer('a', { costTiers: tiers })], { line: { quantity } })).candidates[0]?.parts.marginMinor ??
    0;
  const margins = [1, 10, 49, 50].map((it) => marginOf(it) / marginOf(1));
  assert.deepEqual(margins.map((it) => Math.round(it * 500)), [500, 600, 600, 700]); // prettier-ignore
});

describe('a chain of attempts', () => {
  it('begins with the cheap offer when a failure is cheap, and with the sure one when time is short', () => {
    const beliefs = believing(...attempts('a', 60), ...attempts('b', 45), ...attempts('b', 15, { outcome: 'failed', responseMs: 60_000 }));
    const offers = [offer('a', costing(2100)), offer('b', costing(1900))];
    assert.deepEqual(orderOf(beliefs, request(offers)), ['b', 'a']);
    const hurried = request(offers, { line: { deliverByAt: NOON + 20_000 }, economics: { lateMinor: 1500, lostSaleMinor: 600 } });
    assert.deepEqual(orderOf(beliefs, hurried), ['a', 'b']);
  });

  it('falls back on another source rather than on the same one again', () => {
    const offers = [offer('a', { ...costing(1900), upstreamGroup: 'g' }), offer('b', { ...costing(1990), upstreamGroup: 'g' }), offer('c', { ...costing(1991), upstreamGroup: 'h' })]; // prettier-ignore
    const ranked = rankCandidates(createBeliefs(), request(offers, { attemptsMax: 2 }));
    assert.deepEqual(ranked.candidates.map((it) => it.offerId[0]), ['a', 'c', 'b']); // prettier-ignore
    assert.equal(ranked.independentFallback, true);
  });

  it('prefers, at equal value, the good that has several sources', () => {
    const offers = [offer('a', { sku: 'music' }), offer('x'), offer('y')];
    assert.equal(rankCandidates(createBeliefs(), request(offers)).candidates[0]?.offerId, 'x~video');
  });

  it('looks at the worst tenth for those who are averse to risk', () => {
    const beliefs = believing(...attempts('a', 90), ...attempts('b', 45), ...attempts('b', 15, { outcome: 'failed' }));
    const offers = [offer('a', costing(2090)), offer('b', costing(1550))];
    const economics = { failedAttemptMinor: 300, lostSaleMinor: 900 };
    assert.equal(orderOf(beliefs, request(offers, { economics, attemptsMax: 1 }))[0], 'b');
    assert.equal(orderOf(beliefs, request(offers, { economics: { ...economics, riskAversion: 0.9 }, attemptsMax: 1 }))[0], 'a');
  });

  it('uses up prepaid codes that would else lie and cost', () => {
    const offers = [offer('a'), offer('b', { costTiers: [{ from: 1, costMinor: 2005 }], holding: { minorPerDay: 1, days: 30 } })];
    assert.deepEqual(orderOf(createBeliefs(), request(offers)), ['b', 'a']);
  });

  it('never swaps the good for a fatter margin, and takes the substitute where nothing else is left', () => {
    const substitute = offer('m', { sku: 'music', step: 'same-category', ...costing(1800) });
    const line = { substitution: { upTo: 'same-category', consent: 'ask' } } as const;
    assert.deepEqual(orderOf(createBeliefs(), request([substitute, offer('v', costing(2450))], { line })), ['v', 'm']);
    assert.deepEqual(orderOf(createBeliefs(), request([substitute], { line })), ['m']);
  });

  it('tells what a candidate is worth in parts that add up', () => {
    const ranked = rankCandidates(believing(...attempts('a', 9)), request([offer('a'), offer('b', costing(1800))]));
    for (const { parts, valueMinor } of ranked.candidates) assert.ok(Math.abs(sumOf({ ...parts }) - valueMinor) < 1e-9);
  });

  it('counts which gate stopped how many, and is worth a lost sale where none passes', () => {
    const offers = [offer('a', { stock: 0 }), offer('b', { closed: true }), offer('c', { regions: ['US'] }), offer('d', costing(2501))];
    const { gates, candidates, valueMinor } = rankCandidates(createBeliefs(), request(offers, { line: { region: 'CN-31' } }));
    assert.deepEqual([gates, candidates], [{ stock: 1, closed: 1, region: 1, price: 1 }, []]);
    assert.equal(valueMinor, -2600 * 0.03);
  });
});

describe('what attempts that do not deliver tell', () => {
  const late = (outcome: 'delivered' | 'failed', ms: number): MarketObservation[] =>
    Array.from({ length: 40 }, (_, n) => NOON - HOUR * (41 - n)).flatMap((at) => [
      ...attempts('b', 1, { at, outcome: 'ambiguous', responseMs: 120_000 }),
      ...attempts('b', 1, { at: at + ms, outcome, responseMs: 120_000 + ms, late: true }),
    ]);
  const valueOf = (facts: readonly MarketObservation[]): number =>
    rankCandidates(believing(...facts), request([offer('b')], { attemptsMax: 1 })).valueMinor;

  it('takes a time-out for a failure and not for a slow delivery, and knows how long it costs', () => {
    const beliefs = believing(...attempts('a', 60), ...attempts('a', 60, { outcome: 'timed-out', responseMs: 120_000 }));
    const hurried = { line: { deliverByAt: NOON + 60_000 } };
    const [first] = rankCandidates(beliefs, request([offer('a')], hurried)).candidates;
    assert.ok(first && first.onTime > 0.99, `${first?.onTime} in time`);
    const second = (leftMs: number): number => {
      const offers = [offer('a', costing(1500)), offer('b')];
      const line = { deliverByAt: NOON + leftMs };
      return rankCandidates(beliefs, request(offers, { line, economics: { lateMinor: 2000, lostSaleMinor: 0, failedAttemptMinor: 0 } })).chainLength; // prettier-ignore
    };
    assert.deepEqual([second(90_000), second(300_000)], [1, 2]);
  });

  it('fears an unknown end as often as it turned out to be bought twice', () => {
    const [known, twice] = [valueOf(late('delivered', 20_000)), valueOf(late('delivered', HOUR))];
    assert.ok(twice < known - 150, `${twice} against ${known}`);
  });

  it('does not take the time of a late label for the time of an answer', () => {
    const quality = qualityOf(believing(...late('delivered', HOUR)), offer('b'), NOON);
    assert.ok(quality.timeB / quality.timeA < 10_000);
  });
});

describe('exploration', () => {
  it('draws a cold offer now and then, as often as it says', () => {
    const beliefs = believing(...attempts('a', 100));
    const draws = Array.from({ length: 4000 }, (_, n) =>
      rankCandidates(beliefs, request([offer('a'), offer('b', costing(2050))], { exploration: { seed: `s${n}` } })),
    );
    const explored = draws.filter((it) => it.explored);
    const propensity = explored[0]?.propensity ?? 0;
    assert.ok(propensity > 0 && propensity <= 0.02);
    assert.ok(Math.abs(explored.length / draws.length - propensity) < 4 * Math.sqrt(propensity / draws.length));
    assert.ok(draws.every((it) => it.propensity === (it.explored ? propensity : 1 - propensity)));
  });

  it('is left alone where the line is worth much', () => {
    const ranked = rankCandidates(
      createBeliefs(),
      request([offer('a'), offer('b')], { line: { quantity: 3 }, exploration: { seed: 's' } }),
    );
    assert.deepEqual([ranked.propensity, ranked.explored], [1, false]);
  });
});

describe('a number that cannot be reckoned with', () => {
  const bad = fc.constantFrom(NaN, Infinity, -Infinity, -1);
  it('is refused by name, and nothing is learnt of it', () =>
    fc.assert(
      fc.property(bad, fc.constantFrom('at', 'responseMs', 'quantity'), (value: number, field) => {
        const beliefs = createBeliefs();
        const [fact] = attempts('a', 1);
        assert.ok(fact);
        assert.throws(() => observe(beliefs, { ...fact, [field]: value }), BadNumber);
        assert.equal(beliefs.offers.size, 0);
      }),
    ));

  it('is refused in a request, too', () =>
    fc.assert(
      fc.property(bad, fc.constantFrom('priceMinor', 'leadTimeMs', 'stock', 'stockAt', 'similarity'), (value, field) => {
        assert.throws(() => rankCandidates(createBeliefs(), request([{ ...offer('a'), [field]: value }])), BadNumber);
        assert.throws(() => rankCandidates(createBeliefs(), request([], { economics: { lateMinor: value } })), BadNumber);
      }),
    ));
});

it('gives finite numbers, in range, for any history', () =>
  fc.assert(
    fc.property(
      fc.array(fc.record({ supplier: fc.constantFrom('a', 'b'), outcome: fc.constantFrom(...ATTEMPT_OUTCOMES), ago: fc.integer({ min: 0, max: 1e9 }), responseMs: fc.integer({ min: 0, max: 1e7 }) }), { maxLength: 60 }),
      (history) => {
        const beliefs = believing(...history.flatMap(({ supplier, ago, ...it }) => attempts(supplier, 1, { ...it, at: NOON - ago, upstreamGroup: 'g' })));
        const ranked = rankCandidates(beliefs, request([offer('a', { upstreamGroup: 'g' }), offer('b', { upstreamGroup: 'g' })]));
        for (const it of ranked.candidates) {
          for (const value of [it.success, it.onTime, it.up, it.stock]) assert.ok(value >= 0 && value <= 1);
          for (const value of [it.valueMinor, it.chainMinor, sumOf({ ...it.parts })]) assert.ok(Number.isFinite(value));
        }
        assert.ok(Number.isFinite(ranked.valueMinor));
      },
    ),
    { numRuns: 200 },
  )); // prettier-ignore
