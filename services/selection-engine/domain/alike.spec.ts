import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Alike, ALIKE_MAX, alike } from './alike';
import { anOffer } from './selection.fixtures';

const offer = (supplier: string, region = 'CN') => anOffer(supplier, 'video', { regions: [region, 'HK'] });

describe('what offers have alike', () => {
  it('is kept once, and each offer says what it said', () => {
    const known: Alike = new Map();
    const told = [offer('a'), offer('b'), offer('c', 'JP')];
    const kept = told.map((it) => alike(known, it));
    assert.equal(JSON.stringify(kept), JSON.stringify(told));
    assert.ok(kept[0]?.regions === kept[1]?.regions && kept[0]?.closures === kept[2]?.closures);
    assert.deepEqual(kept[2]?.regions, ['JP', 'HK']);
    const closed = anOffer('d', 'video', { closures: [{ cause: 'banned', regions: ['CN-31'] }] });
    assert.deepEqual(alike(known, closed), closed);
  });

  it('is no more than so many lists', () => {
    const known: Alike = new Map();
    for (let n = 0; n <= ALIKE_MAX; n++) alike(known, offer('a', `R-${n}`));
    assert.equal(known.size, ALIKE_MAX);
    assert.deepEqual(alike(known, offer('a', 'R-new')).regions, ['R-new', 'HK']);
  });
});
