import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyHistory, historyIn, noHistories } from './history';
import { Rows, viewOf } from './rows';

const PairView = viewOf('first', 'second');
const pairs = () => new Rows(2, (numbers, from) => new PairView(numbers, from));

describe('rows of numbers', () => {
  it('keep what is written through any view of a row, each its own', () => {
    const rows = pairs();
    for (let n = 0; n < 1_000; n++) Object.assign(rows.add(`${n}`), { first: n, second: -n / 3 });
    const [one, again] = [rows.get('300'), rows.get('300')];
    assert.ok(one !== undefined && again !== undefined);
    one.second += 1;
    assert.deepEqual([again.first, again.second], [300, 1 - 100]);
    assert.deepEqual([0, 255, 256, 999].map((n) => rows.get(`${n}`)?.first), [0, 255, 256, 999]); // prettier-ignore
    assert.deepEqual([rows.get('1000'), rows.size], [undefined, 1_000]);
  });

  it('come in the order in which they were added, and begin with zeros where another was deleted', () => {
    const rows = pairs();
    for (const id of ['a', 'b', 'c']) rows.add(id).first = 7;
    rows.delete('a');
    rows.delete('none');
    assert.equal(rows.get('a'), undefined);
    assert.deepEqual([rows.add('d').first, rows.add('a').first], [0, 0]);
    assert.deepEqual([...rows].map(([id, it]) => `${id}${it.first}`), ['b7', 'c7', 'd0', 'a0']); // prettier-ignore
    assert.deepEqual([...rows.values()].map((it) => it.first), [7, 7, 0, 0]); // prettier-ignore
  });
});

describe('a history', () => {
  it('has parts that do not touch each other, and begins at its time', () => {
    const histories = noHistories();
    const it = historyIn(histories, 'a', 5);
    const parts = () => [it.fill, it.complaint, it.repurchase, it.invalid, it.ambiguous, it.times, it.failures].map((part) => Object.values(numbersOf(part))); // prettier-ignore
    assert.deepEqual(parts(), [[0, 0, 5], [0, 0, 0, 5], [0, 0, 0, 5], [0, 0, 5], [0, 0, 5], [0, 0, 5], [0, 0, 0, 0, 5]]); // prettier-ignore
    Object.assign(it.complaint, { labels: 1, pending: 2, matured: 3, at: 4 });
    Object.assign(it.failures, { quick: 8, slowSumMs: 9 });
    assert.deepEqual(parts(), [[0, 0, 5], [1, 2, 3, 4], [0, 0, 0, 5], [0, 0, 5], [0, 0, 5], [0, 0, 5], [8, 0, 0, 9, 5]]); // prettier-ignore
    assert.equal(historyIn(histories, 'a', 99).complaint.at, 4);
    assert.equal(emptyHistory(3).failures.at, 3);
  });
});

const numbersOf = (part: object): Record<string, number> =>
  Object.fromEntries(
    ['good', 'bad', 'labels', 'pending', 'matured', 'answers', 'sumMs', 'quick', 'quickSumMs', 'slow', 'slowSumMs', 'at'].flatMap((name) =>
      name in part ? [[name, (part as Record<string, number>)[name] ?? NaN]] : [],
    ),
  );
