import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BookEntry } from '../adapters/port';
import { differenceOf, type Ours } from './compare';

const ours = (change: Partial<Ours> = {}): Ours => ({ status: 'fulfilled', bought: 2, failed: 0, unitCostMinor: 2000, ...change });
const theirs = (change: Partial<BookEntry> = {}): BookEntry => ({
  purchaseId: 'p',
  status: 'fulfilled',
  units: 2,
  costMinor: 2000,
  ...change,
});

describe('two books of one purchase', () => {
  it('agree, or differ in one word', () => {
    const cases: [Ours, BookEntry | undefined, string | undefined][] = [
      [ours(), theirs(), undefined],
      [ours(), undefined, 'missing-there'],
      [ours({ status: 'rejected', bought: 0, failed: 2 }), undefined, undefined],
      [ours({ status: 'rejected', bought: 0, failed: 2 }), theirs({ status: 'refused', units: 0 }), undefined],
      [ours({ status: 'unknown', bought: 0 }), undefined, 'outcome-known'],
      [ours({ status: 'unknown', bought: 0 }), theirs(), 'outcome-known'],
      [ours({ status: 'accepted', bought: 0 }), theirs({ status: 'accepted', units: 0 }), undefined],
      [ours({ status: 'rejected', bought: 0, failed: 1 }), theirs(), 'sold-more'],
      [ours(), theirs({ units: 1 }), 'sold-less'],
      [ours({ bought: 1, failed: 1 }), theirs(), 'charged-for-failed'],
      [ours(), theirs({ costMinor: 2100 }), 'cost-differs'],
      [ours({ unitCostMinor: 2145, factor: 7.1234 }), theirs({ costMinor: 301 }), undefined],
      [ours({ unitCostMinor: 2145, factor: 7.1234 }), theirs({ costMinor: 302 }), 'cost-differs'],
      [ours(), theirs({ status: 'unanswered', units: 0 }), 'not-answered'],
    ];
    for (const [a, b, expected] of cases) assert.equal(differenceOf(a, b), expected, JSON.stringify([a, b]));
  });
});
