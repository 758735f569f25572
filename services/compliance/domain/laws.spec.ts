import assert from 'node:assert/strict';
import { it } from 'node:test';
import { faultOf, VERDICTS } from '@midstream/contracts';
import fc from 'fast-check';
import { aProduct, aRanking, aRule, EMPTY, NOON, settle } from './compliance.fixtures';
import { isInForce, judge, matches, type RuleDraft, verdictIn } from './index';

const anyRule: fc.Arbitrary<RuleDraft> = fc
  .record({
    ruleId: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
    effect: fc.constantFrom(...VERDICTS),
    match: fc.constantFrom<RuleDraft['match']>({}, { sku: 'p0' }, { category: 'a' }, { category: 'b' }, { attributes: { x: '1' } }),
    regions: fc.uniqueArray(fc.constantFrom('*', 'CN', 'CN-31', 'US'), { minLength: 1 }),
    from: fc.integer({ min: -3, max: 3 }),
    lasts: fc.integer({ min: 4, max: 8 }),
  })
  .map(({ from, lasts, ...it }) => aRule(it.ruleId, { ...it, from: NOON + from, until: NOON + from + lasts }));
const anyProduct = fc.record({
  sku: fc.constantFrom('p0', 'p1', 'p2'),
  category: fc.constantFrom('a', 'b'),
  attributes: fc.constantFrom<Record<string, string>>({}, { x: '1' }),
});
const anyStep = fc.oneof(
  fc.record({ rule: anyRule }).map(({ rule }) => ({ type: 'PutRule', rule }) as const),
  fc.record({ product: anyProduct }).map(({ product }) => ({ type: 'ScreenProduct', product }) as const),
);

it('every product stands as the rules in force say, whatever order rules and products came in', () =>
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 12 }), (steps) => {
      let rows = EMPTY;
      steps.forEach((it, n) => (rows = settle(rows, it.type === 'PutRule' ? it : { ...it, version: n + 1 }).rows));
      const rules = Object.values(rows.rules['book']?.rules ?? {});
      for (const it of Object.values(rows.verdicts)) {
        assert.deepEqual(it.verdicts, judge(it.product, rules, NOON, it.screenedAt));
        assert.equal(faultOf('VerdictState', { sku: it.product.sku, version: it.version, verdicts: it.verdicts }), undefined);
      }
    }),
  ));

it('a ban in force that covers the buyer is what the buyer gets', () =>
  fc.assert(
    fc.property(fc.array(anyRule), anyProduct, fc.constantFrom('CN', 'CN-31', 'CN-11', 'US', 'DE'), (drafts, product, region) => {
      const rules = drafts.map((it, n) => ({ ...it, version: n + 1 }));
      const verdict = verdictIn(judge(product, rules, NOON, NOON), region);
      const covers = (it: RuleDraft) => it.regions.some((of) => of === '*' || of === region || region.startsWith(`${of}-`));
      const banned = rules.some((it) => it.effect === 'banned' && isInForce(it, NOON) && matches(it.match, product) && covers(it));
      assert.equal(verdict.status === 'banned', banned);
    }),
  ));

it('what is cleared keeps its schema', () => {
  const rows = settle(EMPTY, { type: 'ScreenProduct', product: aProduct('video'), version: 1 }).rows;
  const [event] = settle(rows, { type: 'ClearOffers', ranked: aRanking(['video', 'unknown']) }).events;
  assert.ok(event?.type === 'OffersCleared');
  const { type, ...data } = event;
  assert.equal(faultOf(type, data), undefined);
});
