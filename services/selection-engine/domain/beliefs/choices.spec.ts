import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { chanceOf } from '../chain/explore';
import { type Beliefs, createBeliefs } from './beliefs';
import { KNOWN_GOODS_MAX, OPTIONS_MAX } from './choices';
import { BadNumber, type MarketObservation } from './observation';
import { observe } from './observe';
import { acceptanceOf, forgetBuyer, type Substitute } from './substitutes';
import { TASTES_MAX, TRAITS, USUAL, WEIGHT_AWAY_MAX, weightsOf } from './tastes';

const NOON = Date.UTC(2026, 10, 24, 12);
const GOODS = ['a', 'b', 'c', 'd'];
type Purchase = Extract<MarketObservation, { type: 'purchase' }>;
type Answer = Extract<MarketObservation, { type: 'substitute-answered' }>;
type Reason = (price: number, isSecond: boolean) => number;

/** Forty buyers of one category, each with a favourite and a second; one time in three a favourite is passed by, for `reason`. */
function choicesIn(category: string, reason: Reason, rounds = 24): Purchase[] {
  const choices: Purchase[] = [];
  const first = (buyer: number, n: number): string => GOODS[(buyer + n) % 4] ?? '';
  for (let round = 0; round < rounds; round++)
    for (let buyer = 0; buyer < 40; buyer++) {
      const chance = (of: string): number => chanceOf(`${category}/${round}/${buyer}/${of}`);
      const [favourite, second] = [first(buyer, 0), first(buyer, 1 + (buyer % 3))];
      const prices = new Map(GOODS.map((it) => [it, 800 + 400 * chance(it)]));
      const others = GOODS.filter((it) => it !== favourite);
      const liking = (it: string): number => reason(prices.get(it) ?? 0, it === second) - Math.log(-Math.log(chance(`luck ${it}`)));
      const best = others.reduce((one, it) => (liking(it) > liking(one) ? it : one));
      const sku = round > 2 && chance('passes') < 1 / 3 ? best : round === 0 ? second : favourite;
      const options = GOODS.map((it) => ({ sku: `${category}-${it}`, priceMinor: prices.get(it) ?? 0 }));
      choices.push({ type: 'purchase', at: NOON, buyer: `${category}${buyer}`, sku: `${category}-${sku}`, category, options });
    }
  return choices;
}
const sensitive = choicesIn('cheap', (price) => -price / 100);
const faithful = choicesIn('true', (_, isSecond) => (isSecond ? 3 : 0));

const knowing = (...facts: readonly MarketObservation[]): Beliefs => {
  const beliefs = createBeliefs();
  for (const it of facts) observe(beliefs, it);
  return beliefs;
};
const weight = (beliefs: Beliefs, category: string, trait: (typeof TRAITS)[number]): number =>
  weightsOf(beliefs.tastes, category)[TRAITS.indexOf(trait)] ?? NaN;
const aPair = (it: Partial<Substitute> = {}): Substitute => ({
  ...{ sku: 'b', insteadOf: 'a', sameCategory: true, referenceMinor: 1_000, priceMinor: 1_000, preApproved: true },
  ...it,
});
const isNear = (a: number, b: number, within = 1e-9): void => assert.ok(Math.abs(a - b) < within, `${a} is not ${b}`);

describe('what buyers take in place of their favourite', () => {
  it('is a matter of the price in one category, and of habit in another', () => {
    const beliefs = knowing(...sensitive, ...faithful);
    assert.ok(weight(beliefs, 'cheap', 'price') < weight(beliefs, 'true', 'price') - 0.25);
    assert.ok(weight(beliefs, 'true', 'habit') > weight(beliefs, 'cheap', 'habit') + 0.3);
    // Buyer 0 is used to his favourite, `a`, and after it to `b`; `c` is cheaper than it usually is
    const kept = (category: string, sku: string, priceMinor: number) =>
      acceptanceOf(beliefs, aPair({ sku: `${category}-${sku}`, insteadOf: `${category}-a`, buyer: `${category}0`, priceMinor }), NOON);
    assert.ok(kept('cheap', 'c', 850) > kept('cheap', 'b', 1_000));
    assert.ok(kept('true', 'c', 850) < kept('true', 'b', 1_000));
  });

  it('is in a new category what it is in all others', () => {
    const beliefs = knowing(...sensitive, ...faithful);
    for (const it of ['price', 'habit'] as const) {
      const [one, other] = [weight(beliefs, 'cheap', it), weight(beliefs, 'true', it)];
      const between = weight(beliefs, 'new', it);
      assert.ok(between > Math.min(one, other) && between < Math.max(one, other), it);
    }
  });

  it('is learnt alike, whichever of two categories is heard of first', () => {
    const [one, other] = [knowing(...sensitive, ...faithful), knowing(...faithful, ...sensitive)];
    const mixed = knowing(...sensitive.flatMap((it, n) => [it, ...faithful.slice(n, n + 1)]));
    for (const category of ['cheap', 'true', 'new'])
      for (const [n, it] of weightsOf(one.tastes, category).entries())
        for (const those of [other, mixed]) isNear(weightsOf(those.tastes, category)[n] ?? NaN, it, 1e-6);
  });

  it('is taken oftener than by chance, or seldomer; of a good that nobody was offered nothing is known', () => {
    const beliefs = knowing(...choicesIn('one', (price) => -price / 1e6).map((it) => (it.sku === 'one-d' ? { ...it, sku: 'one-c' } : it)));
    const kept = (sku: string) => acceptanceOf(beliefs, aPair({ sku, insteadOf: 'one-a', category: 'one', priceMinor: 1_000 }), NOON);
    assert.ok(kept('one-c') > kept('unseen') && kept('unseen') > kept('one-d'));
  });

  it('is as it is usual, where nothing was chosen and nothing said', () => {
    const beliefs = knowing(...['x', 'x', 'y'].map((sku) => ({ type: 'purchase', at: NOON, buyer: 'ann', sku }) as const));
    const [x, y] = [0.36 * 0.8, 0.2];
    for (const [sku, insteadOf, loyalty] of [
      ['x', 'y', x - y / 2],
      ['y', 'x', y - x / 2],
      ['z', 'x', -x / 2],
    ] as const)
      // prettier-ignore
      for (const preApproved of [true, false]) {
        const pair = aPair({ sku, insteadOf, buyer: 'ann', category: 'c', similarity: 0.9, priceMinor: 750, preApproved });
        const z = (preApproved ? 1.6 : 0.2) + 0.8 * 0.4 + 0.6 * 0.25 + 0.7 + 2 * loyalty;
        isNear(acceptanceOf(beliefs, pair, NOON), 1 / (1 + Math.exp(-z)));
      }
  });

  it('teaches nothing where the favourite was taken, there was no choice, or what was taken was not on offer', () => {
    const [a, b, c] = GOODS.map((sku) => ({ sku, priceMinor: 1_000 }));
    assert.ok(a && b && c);
    const buys = (sku: string, ...options: Purchase['options'] & object) =>
      ({ type: 'purchase', at: NOON, buyer: 'ann', sku, options }) as const;
    const beliefs = knowing(buys('a', a, b, c), buys('a', a, b, c), buys('b', a, b), buys('d', a, b, c));
    assert.equal(beliefs.tastes.observations, 0);
    observe(beliefs, buys('b', a, b, c));
    assert.equal(beliefs.tastes.observations, 1);
  });

  it('is learnt from what is asked for as from what is bought; only what is bought is a habit', () => {
    const [bought] = sensitive.slice(-1);
    assert.ok(bought);
    const [one, other] = [knowing(...sensitive), knowing(...sensitive.slice(0, -1), { ...bought, type: 'choice' })];
    assert.deepEqual(weightsOf(other.tastes, 'cheap'), weightsOf(one.tastes, 'cheap'));
    assert.notDeepEqual(other.loyalty, one.loyalty);
  });
});

describe('what buyers say of a substitute', () => {
  const answered = (n: number, similarity: number, isKept: boolean): Answer => ({
    ...{ type: 'substitute-answered', at: NOON, sku: `s${n}`, insteadOf: `i${n}`, category: 'c', similarity, preApproved: true },
    ...{ referenceMinor: 1_000, priceMinor: 1_000, answer: isKept ? 'accepted' : 'refunded' },
  });
  const strict = Array.from({ length: 200 }, (_, n) => answered(n, n % 2 === 0 ? 0.95 : 0.05, n % 2 === 0 || n % 4 === 1));

  it('tells how much likeness counts there, and hardly less in other categories', () => {
    const [beliefs, usual] = [knowing(...strict), USUAL[TRAITS.indexOf('likeness')] ?? NaN];
    assert.ok(weight(beliefs, 'c', 'likeness') > usual + 0.5);
    assert.ok(weight(beliefs, 'other', 'likeness') > usual + 0.3);
    const kept = (similarity: number, of = beliefs) => acceptanceOf(of, aPair({ sku: 'n', category: 'c', similarity }), NOON);
    assert.ok(kept(0.9) - kept(0.1) > kept(0.9, createBeliefs()) - kept(0.1, createBeliefs()));
  });

  it('counts for a good as far as it was not foreseen', () => {
    const often = (similarity: number) =>
      knowing(...strict, ...Array.from({ length: 10 }, (): Answer => ({ ...answered(0, similarity, false), sku: 'bad' })));
    const kept = (of: Beliefs) => acceptanceOf(of, aPair({ sku: 'bad', category: 'c', similarity: 0.5 }), NOON);
    assert.ok(kept(often(0.95)) < kept(often(0.05))); // one that is alike had been expected to be kept
    assert.ok(kept(often(0.05)) < kept(knowing(...strict)));
  });

  it('counts without its prices for the good alone', () => {
    const bare = { type: 'substitute-answered', at: NOON, sku: 'b', insteadOf: 'a', answer: 'refused' } as const;
    const beliefs = knowing(bare);
    assert.equal(beliefs.tastes.observations, 0);
    assert.ok(acceptanceOf(beliefs, aPair(), NOON) < acceptanceOf(createBeliefs(), aPair(), NOON));
  });
});

describe('what is learnt of choices', () => {
  it('names no buyer, and outlives none that is forgotten', () => {
    const beliefs = knowing(...sensitive);
    assert.equal(JSON.stringify([[...beliefs.tastes.goods], [...beliefs.tastes.categories.keys()]]).includes('cheap0'), false);
    const pair = aPair({ sku: 'cheap-b', insteadOf: 'cheap-a', buyer: 'cheap0' });
    forgetBuyer(beliefs, 'cheap0');
    assert.equal(acceptanceOf(beliefs, pair, NOON), acceptanceOf(beliefs, { ...pair, buyer: 'nobody' }, NOON));
  });

  it('keeps within its limits: goods on offer, goods, categories', () => {
    const beliefs = createBeliefs();
    const options = Array.from({ length: 2 * OPTIONS_MAX }, (_, n) => ({ sku: `g${n}`, priceMinor: n }));
    const chosen = `g${2 * OPTIONS_MAX - 1}`;
    for (const sku of ['g0', chosen]) observe(beliefs, { type: 'purchase', at: NOON, buyer: 'ann', sku, category: 'c', options });
    assert.equal(beliefs.tastes.goods.size, OPTIONS_MAX + 1); // the last of the first hundred gave way to the one that was chosen
    assert.equal(beliefs.tastes.categories.get('c')?.offered, OPTIONS_MAX - 1);
    for (let n = 0; n < KNOWN_GOODS_MAX / 100 + 2; n++) {
      const more = options.slice(0, 100).map(({ sku }) => ({ sku: `${n}-${sku}` }));
      observe(beliefs, { type: 'choice', at: NOON, buyer: 'bob', sku: `${n}-g0`, category: 'c', options: more });
    }
    assert.equal(beliefs.tastes.goods.size, KNOWN_GOODS_MAX);
    assert.equal(beliefs.tastes.goods.has('g0'), false);
    const answer = { type: 'substitute-answered', at: NOON, sku: 's', insteadOf: 'i', answer: 'refused', referenceMinor: 1, priceMinor: 1 } as const; // prettier-ignore
    for (let n = 0; n <= TASTES_MAX; n++) observe(beliefs, { ...answer, category: `k${n}` });
    assert.deepEqual([beliefs.tastes.categories.size, beliefs.tastes.categories.has('c')], [TASTES_MAX, false]);
  });

  it('refuses by name what is no number, and learns nothing of it', () => {
    const beliefs = createBeliefs();
    const named = (field: string, fact: MarketObservation): void =>
      assert.throws(() => observe(beliefs, fact), (error) => error instanceof BadNumber && error.field === field); // prettier-ignore
    for (const value of [NaN, Infinity, -1]) {
      const options = [{ sku: 'a', priceMinor: 1 }, { sku: 'b', priceMinor: value }]; // prettier-ignore
      named('purchase.options[b].priceMinor', { type: 'purchase', at: NOON, buyer: 'ann', sku: 'a', options });
      named('choice.options[b].similarity', {
        type: 'choice',
        at: NOON,
        buyer: 'ann',
        sku: 'a',
        options: [{ sku: 'b', similarity: value }],
      });
      const answer = { type: 'substitute-answered', at: NOON, sku: 'b', insteadOf: 'a', answer: 'refused' } as const;
      for (const field of ['similarity', 'referenceMinor', 'priceMinor'])
        named(`substitute-answered.${field}`, { ...answer, [field]: value });
    }
    const { tastes, loyalty, substitutes } = createBeliefs();
    assert.deepEqual([beliefs.tastes, beliefs.loyalty, beliefs.substitutes], [tastes, loyalty, substitutes]);
  });

  it('gives a chance and bounded weights, whatever was chosen and said', () => {
    const good = fc.constantFrom(...GOODS);
    const option = fc.record({ sku: good, priceMinor: fc.constantFrom(0, 1, 999, 1e12), similarity: fc.constantFrom(0, 0.5, 1, 1e9) });
    const choice = fc.record({
      ...{
        type: fc.constantFrom('purchase' as const, 'choice' as const),
        at: fc.nat(1e9),
        buyer: fc.constantFrom('ann', 'bob'),
        sku: good,
      },
      options: fc.array(option, { maxLength: 6 }),
    });
    const answer = fc.record({
      ...{
        type: fc.constant('substitute-answered' as const),
        at: fc.nat(1e9),
        sku: good,
        insteadOf: good,
        similarity: fc.constantFrom(0, 1, 1e9),
      },
      ...{ referenceMinor: fc.constantFrom(0, 5, 1e12), priceMinor: fc.constantFrom(0, 5, 1e12), preApproved: fc.boolean() },
      answer: fc.constantFrom('accepted' as const, 'refused' as const, 'expired' as const, 'refunded' as const),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(choice, answer), { maxLength: 60 }), (facts) => {
        const beliefs = knowing(...facts);
        for (const [n, it] of weightsOf(beliefs.tastes, '').entries())
          assert.ok(Math.abs(it - (USUAL[n] ?? NaN)) <= WEIGHT_AWAY_MAX, `${TRAITS[n]}: ${it}`);
        for (const buyer of ['ann', 'carl'])
          for (const priceMinor of [0, 1e12]) {
            const kept = acceptanceOf(beliefs, aPair({ buyer, priceMinor }), 2e9);
            assert.ok(kept > 0 && kept < 1);
          }
      }),
    );
  });
});
