import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { MUTANTS, runMutants } from './index';

const seen = JSON.parse(fs.readFileSync(path.join(__dirname, 'seen.json'), 'utf8')) as Readonly<Record<string, number>>;

describe('the planted bugs', () => {
  it('are all seen by the simulation within 200 seeds, and none of those seeds breaks a rule without the bug', async () => {
    const { rows } = await runMutants({ first: seen });
    assert.deepEqual(
      rows.filter((it) => it.invariant === undefined).map((it) => it.mutant.id),
      [],
    );
    assert.equal(rows.length, MUTANTS.length);
  });

  it('are not seen where there is none', async () => {
    const [first] = MUTANTS;
    assert.ok(first !== undefined);
    const { caught } = await runMutants({ mutants: [{ ...first, id: 'harmless', after: `${first.before} // the same` }], seeds: 3 });
    assert.equal(caught, 0);
  });
});
