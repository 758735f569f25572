import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { aProduct } from '../selection.fixtures';
import { type Case, CASE_INFLUENCE_MAX, evidenceFor, likest, similarity } from './cases';

const aCase = (it: Partial<Case> = {}): Case => ({
  ...{ caseId: 'c1', origin: 'orders', industry: 'education', scenario: 'online-education', segment: 'retail', region: 'CN' },
  ...{ category: 'membership', skus: ['video'], quantity: 2, priceMinor: 2500, orders: 40, delivered: 1 },
  ...it,
});
const sought = { scenario: 'online-education', segment: 'retail' as const, region: 'CN-31', category: 'membership', quantity: 2 };

describe('a case', () => {
  it('is found by scenario and likeness', () => {
    const cases = [aCase({ caseId: 'far', scenario: 'gaming', quantity: 500 }), aCase()];
    assert.deepEqual(likest(sought, cases, 5).map((it) => it.case.caseId), ['c1', 'far']); // prettier-ignore
    assert.equal(similarity(sought, aCase()), 1);
    assert.equal(similarity({}, aCase()), 0);
  });

  it('is counted as evidence, and never for more than it may', () => {
    const any = fc.array(fc.record({ orders: fc.nat(1e6), delivered: fc.double({ min: 0, max: 1, noNaN: true }) }), { maxLength: 9 });
    fc.assert(
      fc.property(any, (all) => {
        const { influence } = evidenceFor(sought, aProduct('video'), all.map((it) => aCase(it))); // prettier-ignore
        assert.ok(Number.isFinite(influence) && Math.abs(influence) <= CASE_INFLUENCE_MAX);
      }),
    );
    const { influence, resembles } = evidenceFor(sought, aProduct('video'), [aCase()]);
    assert.ok(influence > 0 && resembles?.case.caseId === 'c1');
    assert.ok(evidenceFor(sought, aProduct('video'), [aCase({ delivered: 0.5 })]).influence < 0);
    assert.deepEqual(evidenceFor(sought, aProduct('video'), [aCase({ category: 'other', skus: [] })]), { influence: 0 });
  });
});
