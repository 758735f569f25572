import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readMarket } from '../sample-market/market';
import { check } from './check';
import { figuresOf, percentile } from './figures';
import { gaugesOf } from './metrics';
import { optionsOf, UsageProblem } from './options';
import { MUSIC, planOf, VIDEO, wordOf } from './plan';
import type { Moment, SeenLine } from './seen';
import { storyLine, tell } from './story';
import { holdsOf, momentsOf, timeOf, type TimelineEntry } from './timeline';

/** 2026-11-24T22:00:00.000Z, as an event's id carries it. */
const COMMITTED_AT = Date.parse('2026-11-24T22:00:00.000Z');
const hex = COMMITTED_AT.toString(16).padStart(12, '0');
const CAUSE = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
const at = (ms: number): string => new Date(COMMITTED_AT + ms).toISOString();
const tally = (holdId: string, version: number, moved: object = {}) => ({
  holdId,
  version,
  granted: 2,
  delivered: 0,
  lost: 0,
  released: 0,
  ...moved,
});

const entry = (
  ms: number,
  what: string,
  detail: TimelineEntry['detail'],
  reason: string | null = null,
  cause: string | null = null,
): TimelineEntry => ({
  ...{ lineId: '1', at: at(ms), what, reason, cause, detail },
});
/** A video membership of 25 yuan is lost, and becomes a music membership that costs 30 elsewhere. */
const TIMELINE: readonly TimelineEntry[] = [
  entry(-9_000, 'selecting', { attempt: 1, depth: 1, quantity: 2 }),
  entry(-8_000, 'held', { attempt: 1, held: [{ sku: VIDEO, quantity: 2, priceMinor: 2500, hub: { tally: tally('o/1/1/a', 1) } }] }),
  entry(-8_000, 'assigned', { holds: [{ sku: VIDEO, quantity: 2, priceMinor: 2500, hub: { holdId: 'o/1/1/a', supplierId: 'a' } }] }),
  entry(700, 'lost', { sku: VIDEO, lost: 2, hub: { holdId: 'o/1/1/a', tally: tally('o/1/1/a', 3, { lost: 2 }) } }, 'out-of-stock', CAUSE),
  entry(700, 'selecting', { attempt: 2, depth: 2, quantity: 2, hub: { replaces: 'o/1/1/a' } }, 'out-of-stock'),
  entry(1_500, 'held', { attempt: 2, held: [{ sku: MUSIC, quantity: 2, priceMinor: 3000, hub: { tally: tally('o/1/2/b', 1) } }] }),
  entry(
    1_500,
    'substituted',
    {
      replaces: VIDEO,
      holds: [{ sku: MUSIC, quantity: 2, priceMinor: 3000, hub: { holdId: 'o/1/2/b', supplierId: 'b' } }],
      hub: { replaces: 'o/1/1/a' },
    },
    'out-of-stock',
  ),
  entry(2_000, 'delivered', { sku: MUSIC, delivered: 2, hub: { holdId: 'o/1/2/b', tally: tally('o/1/2/b', 2, { delivered: 2 }) } }),
  entry(2_000, 'line-closed', {}, 'delivered'),
];
const lineOf = (moments: readonly Moment[]): SeenLine => ({
  ...{
    orderId: 'o',
    lineId: '1',
    status: 'delivered',
    ordered: 2,
    delivered: 2,
    givenUp: 0,
    repacked: 0,
    onHolds: 2,
    capturedMinor: 5000,
    refundedMinor: 0,
    moments,
    holds: [],
  },
  wanted: { skus: [VIDEO], quantity: 2, maxUnitPriceMinor: 2500, policy: { upTo: 'same-category', consent: 'pre-approved' } },
});

describe('a timeline', () => {
  it('tells what was lost, why, and when inventory committed it, not when order heard of it', () => {
    const lost = momentsOf(TIMELINE).find((it) => it.what === 'lost');
    assert.deepEqual(lost, {
      what: 'lost',
      at: COMMITTED_AT + 700,
      committedAt: COMMITTED_AT,
      holdId: 'o/1/1/a',
      sku: VIDEO,
      units: 2,
      reason: 'out-of-stock',
    });
  });

  it('tells of a loss that was overtaken by a delivery in one entry', () => {
    const both = entry(0, 'delivered', { sku: VIDEO, delivered: 1, lost: 1, hub: { holdId: 'h' } }, 'refused', CAUSE);
    assert.deepEqual(
      momentsOf([both]).map((it) => it.what),
      ['delivered', 'lost'],
    );
  });

  it('gives the holds by their newest tally, whatever the order, and charges the lower of both prices', () => {
    const holds = holdsOf([...TIMELINE, entry(3_000, 'lost', { hub: { holdId: 'o/1/1/a', tally: tally('o/1/1/a', 2) } })]);
    assert.deepEqual(
      holds.map(({ holdId, lost, delivered, chargeMinor }) => [holdId, lost, delivered, chargeMinor]),
      [
        ['o/1/1/a', 2, 0, 2500],
        ['o/1/2/b', 0, 2, 2500],
      ],
    );
  });

  it('knows no time of an id that carries none', () => {
    assert.deepEqual(
      [timeOf(CAUSE), timeOf(null), timeOf('tamper'), timeOf('0e2b5c1a-0000-4000-8000-000000000000')],
      [COMMITTED_AT, undefined, undefined, undefined],
    );
  });
});

describe('the figures', () => {
  it('time a line from its committed loss to its next goods, and say what of it came after order had heard', () => {
    const { hit, substituted, otherGoods, timed, p50Ms, heard50Ms } = figuresOf({ lines: [lineOf(momentsOf(TIMELINE))] });
    assert.deepEqual(
      { hit, substituted, otherGoods, timed, p50Ms, heard50Ms },
      { hit: 1, substituted: 1, otherGoods: 1, timed: 1, p50Ms: 1500, heard50Ms: 800 },
    );
  });

  it('leave out of the times a line whose loss has no time, rather than flatter', () => {
    const moments = momentsOf(TIMELINE.map((it) => ({ ...it, cause: null })));
    const { hit, timed, p50Ms } = figuresOf({ lines: [lineOf(moments)] });
    assert.deepEqual({ hit, timed, p50Ms }, { hit: 1, timed: 0, p50Ms: 0 });
  });

  it('keep lines that asked apart', () => {
    const moments = momentsOf(TIMELINE).toSpliced(5, 0, {
      what: 'asked',
      at: COMMITTED_AT + 900,
      consentId: 'c',
      sku: MUSIC,
      priceMinor: 2500,
    });
    const { asked, timed, asked50Ms } = figuresOf({ lines: [lineOf(moments)] });
    assert.deepEqual({ asked, timed, asked50Ms }, { asked: 1, timed: 0, asked50Ms: 1500 });
  });

  it('take a percentile by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.deepEqual([percentile(values, 0.5), percentile(values, 0.99), percentile([7], 0.99), percentile([], 0.5)], [50, 99, 7, 0]);
  });
});

describe('the story', () => {
  it('is of a line that became another product, told by its timeline', () => {
    const line = lineOf(momentsOf(TIMELINE));
    assert.equal(storyLine([line], VIDEO, MUSIC), line);
    assert.equal(storyLine([line], MUSIC, VIDEO), undefined);
    const told = tell(line, { product: (it) => it, supplier: (it) => it }).join('\n');
    assert.match(
      told,
      /lost 2 × video-vip-month: out-of-stock\n.*looks again, attempt 2.*\n.*gets 2 × music-vip-month from b .*in place of video-vip-month/,
    );
  });
});

describe('the plan', () => {
  for (const profile of ['full', 'small'] as const)
    it(`takes the video membership from everybody, and the slow suppliers' rest (${profile})`, () => {
      const market = readMarket(undefined, { profile });
      const { orders, waves, banned } = planOf(market, { replayMs: 60_000, ordersMax: 10_000 });
      assert(orders.length > 500);
      const sellers = market.offers.filter((it) => it.sku === VIDEO).map((it) => it.supplierId);
      assert.deepEqual(new Set(waves[0]?.map((it) => it.supplierId)), new Set(sellers));
      assert.deepEqual(new Set(waves[1]?.map((it) => it.supplierId)), new Set(['jiangnan-games', 'skyline-rights', 'swift-line']));
      assert.equal(banned?.sku, 'jianghu-telecom-30');
    });

  it('answers a question by its seed: always the same, and every word there is', () => {
    const words = Array.from({ length: 200 }, (_, index) => wordOf('s', `order-${index}`, '1'));
    assert.deepEqual(
      words,
      Array.from({ length: 200 }, (_, index) => wordOf('s', `order-${index}`, '1')),
    );
    assert.deepEqual(new Set(words), new Set(['yes', 'no', 'silence']));
    assert.notDeepEqual(
      words,
      Array.from({ length: 200 }, (_, index) => wordOf('t', `order-${index}`, '1')),
    );
  });
});

describe('what the terminal says', () => {
  const env = { MIDSTREAM_DATA: '/nowhere', MIDSTREAM_OPERATOR_KEY: 'op', MIDSTREAM_MERCHANT_KEY: 'me', MIDSTREAM_MERCHANT: 'm1' };
  it('is taken from flags, then the environment', () => {
    const options = optionsOf(['--url', 'http://hub:9/', '--merchant', 'm2', '--json', '--seed', 's'], env, 1);
    assert.deepEqual(options, {
      ...{ url: 'http://hub:9', operatorKey: 'op', merchantKey: 'me', merchantId: 'm2', seed: 's' },
      ...{ ordersMax: 10_000, replayMs: 60_000, json: true },
    });
  });

  it('is a clear message where something is missing or wrong', () => {
    assert.throws(
      () => optionsOf([], { MIDSTREAM_DATA: '/nowhere' }, 1),
      (error) => error instanceof UsageProblem && /no operator key: start Midstream first/.test(error.message),
    );
    assert.throws(() => optionsOf(['--orders', 'x'], env, 1), /--orders is a whole number from 1, not x/);
    assert.throws(() => optionsOf(['--ordres', '1'], env, 1), UsageProblem);
    assert.equal(optionsOf(['--help'], {}, 1), 'help');
  });
});

describe('the metrics', () => {
  it('are read by name and service, what is no number as such', () => {
    const text = '# HELP lag x\nlag{service="order"} 0.2\nlag{a="b",service="inventory"} NaN\nother{service="order"} 3\nlag 1\n';
    assert.deepEqual(gaugesOf(text, ['lag']), [
      { name: 'lag', service: 'order', value: 0.2 },
      { name: 'lag', service: 'inventory', value: NaN },
      { name: 'lag', service: '', value: 1 },
    ]);
  });
});

describe('a line whose units became pieces', () => {
  const wanted = { skus: ['card-100'], quantity: 2, maxUnitPriceMinor: 9800, policy: { upTo: 'repack', consent: 'pre-approved' } } as const;
  const line: SeenLine = { ...lineOf([]), wanted, status: 'repacked', delivered: 0, onHolds: 0, capturedMinor: 0, repacked: 2 };
  const got: Moment = { what: 'assigned', at: 0, holdId: 'o/1.p1/1/a', sku: 'card-50', units: 4, priceMinor: 4870 };
  const pieces = (change: Partial<SeenLine> = {}): SeenLine => ({
    ...lineOf([got]),
    wanted: { ...wanted, quantity: 4, maxUnitPriceMinor: 4900 },
    ...{ lineId: '1.p1', ordered: 4, delivered: 4, onHolds: 4, piecesOf: { lineId: '1', pieces: 2 } },
    ...change,
  });
  const brokenBy = (of: SeenLine, at: SeenLine = line, faces = { 'card-100': 10_000, 'card-50': 5_000 }): Set<string> => {
    const seen = { categoryOf: new Map([['card-100', 'card'], ['card-50', 'card']]), faceValueOf: new Map(Object.entries(faces)) }; // prettier-ignore
    const none = { before: NOTHING, after: NOTHING, entries: [], deliveries: [], purchases: [], dry: [], gauges: [] };
    return new Set(check({ ...seen, ...none, lines: [at, of] }).map((it) => it.invariant));
  };

  it('is in order where all of its pieces are there, of its worth, and no dearer', () => {
    const broken = brokenBy(pieces());
    for (const it of ['consent', 'price', 'end'] as const) assert.ok(!broken.has(it), it);
    assert.deepEqual(momentsOf([entry(0, 'repacked', { quantity: 2, pieces: 2, into: { lineId: '1.p1', sku: 'card-50' } })]), [
      { what: 'repacked', at: COMMITTED_AT, units: 2, pieces: 2, sku: 'card-50', lineId: '1.p1' },
    ]);
  });

  it('is not where they come to another worth, are too few, too dear, not agreed to, or not allowed', () => {
    assert.ok(brokenBy(pieces(), line, { 'card-100': 10_000, 'card-50': 4_900 }).has('consent'));
    assert.ok(brokenBy(pieces({ ordered: 3, wanted: { ...pieces().wanted, quantity: 3 } })).has('units'));
    assert.ok(brokenBy(pieces({ moments: [{ ...got, priceMinor: 4901 }] })).has('price'));
    for (const policy of [
      { upTo: 'repack', consent: 'ask' },
      { upTo: 'other-supplier', consent: 'pre-approved' },
    ] as const)
      assert.ok(brokenBy(pieces({ wanted: { ...wanted, quantity: 4, policy } })).has('consent'));
  });

  it('is told of in its story', () => {
    const told = tell({ ...line, moments: [{ what: 'repacked', at: 0, units: 2, pieces: 2, sku: 'card-50', lineId: '1.p1' }] }, NAMES);
    assert.match(told.join(), /repacks 2 into 2 × card-50 each, as line 1\.p1/);
  });
});

const NOTHING = { availableMinor: 0, heldMinor: 0 } as const;
const NAMES = { product: (sku: string) => sku, supplier: (id: string) => id };
