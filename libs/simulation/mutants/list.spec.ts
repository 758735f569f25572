import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { MUTANTS } from './list';
import { type Kind, planted } from './mutant';
import { ROOT, typeFaultsOf } from './types';

/** The kinds that protocol.md asks for, section 9. */
const ASKED_FOR: readonly Kind[] = [
  'a delta where a tally belongs',
  'a release without owner',
  'expiry of a submitted unit',
  'a dropped exclusion',
  'an off-by-one at a limit',
  'capture at the higher price',
  'a late cancel that refunds what is delivered',
  'a delivery after a ban',
  'a second submit after a time-out',
  'a lost drain re-arm',
  'a consent that answers the next question',
  'an inbox claim outside the transaction',
  'a relay by id',
  'a ledger entry without its pair',
];

describe('the list of planted bugs', () => {
  it('names each bug once, and each change', () => {
    assert.equal(new Set(MUTANTS.map((it) => it.id)).size, MUTANTS.length);
    assert.equal(new Set(MUTANTS.map((it) => `${it.file}\n${it.before}\n${it.after}`)).size, MUTANTS.length);
  });

  it('changes one line of a file, at a place that the file has once', () => {
    for (const mutant of MUTANTS) {
      const text = fs.readFileSync(path.join(ROOT, mutant.file), 'utf8');
      const [before, after] = [text.split('\n'), planted(text, mutant).split('\n')];
      assert.ok(linesChanged(before, after) === 1, `${mutant.id} changes one line`);
    }
  });

  it('has every kind that the protocol asks for', () => {
    const kinds = new Set(MUTANTS.map((it) => it.kind));
    assert.deepEqual(
      ASKED_FOR.filter((it) => !kinds.has(it)),
      [],
    );
  });

  it('refuses a text that is not there, or there twice', () => {
    const mutant = { id: 'm', file: 'f', before: 'a', after: 'b' };
    assert.equal(planted('xay', mutant), 'xby');
    assert.throws(() => planted('xy', mutant), /0 times/);
    assert.throws(() => planted('aa', mutant), /2 times/);
  });

  it('type-checks, with each bug planted', () => {
    const [first] = MUTANTS;
    assert.ok(first !== undefined);
    // And a bug of which the compiler speaks, so that its silence means something
    const wrong = { ...first, id: 'wrong', after: `${first.after} const wrong: string = 1;` };
    const faults = typeFaultsOf([...MUTANTS, wrong]);
    assert.equal(faults.length, 1, faults.join('\n'));
    assert.match(faults[0] ?? '', /^[^/]*\bwrong\/.*TS2322/);
  });
});

/** Lines from the first that differs to the last that does; a line that is gone counts as one. */
function linesChanged(before: readonly string[], after: readonly string[]): number {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return Math.max(before.length, after.length) - start - end;
}
