import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differences } from './differences';
import { comparable, inParts } from './said';

describe('a comparison of two lives', () => {
  it('says where they differ, and how', () => {
    assert.deepEqual(differences({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }), []);
    assert.deepEqual(differences({ a: [1, { b: 2 }], c: 1 }, { a: [1, { b: 3 }] }), ['/a/1/b: 2 <> 3', '/c: 1 <> nothing']);
    assert.deepEqual(differences(null, {}), [': null <> {}']);
    assert.equal(differences([1, 2, 3], [], 2).length, 2);
  });

  it('leaves out what is a house’s own, and minds no order of properties', () => {
    assert.deepEqual(comparable({ b: 1, a: { url: 'x', n: undefined } }), { a: {}, b: 1 });
    assert.equal(JSON.stringify(comparable({ b: 1, a: 2 })), '{"a":2,"b":1}');
  });

  it('minds the order of facts about one hold, and not between two', () => {
    const of = (holdId: string, version: number) => ({
      topic: 'inventory.by-order' as const,
      key: 'o1',
      fact: { type: 'HoldLost', tally: { holdId, version } },
    });
    assert.deepEqual(inParts([of('a', 1), of('b', 1), of('a', 2)]), inParts([of('b', 1), of('a', 1), of('a', 2)]));
    assert.notDeepEqual(inParts([of('a', 1), of('a', 2)]), inParts([of('a', 2), of('a', 1)]));
  });

  it('minds only the newest of a state', () => {
    const of = (version: number) => ({ topic: 'inventory.by-offer' as const, key: 'x', fact: { version } });
    assert.deepEqual(inParts([of(1), of(2)]), inParts([of(2)]));
  });
});
