import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { optionsOf, UsageProblem } from './options';
import { randomOf } from './random';
import { simulate } from './simulate';

const SEEDS = 300;

describe('the simulated world', () => {
  it(`breaks no rule, whatever happens, in ${SEEDS} seeds`, () => {
    let [lines, faults] = [0, 0];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const outcome = simulate(seed);
      const { violation } = outcome;
      assert.equal(violation, undefined, `seed ${seed}: npm run simulate -- --seeds 1 --seed ${seed}`);
      lines += outcome.lines;
      faults += outcome.faults;
    }
    assert.ok(lines / SEEDS >= 40 && faults / SEEDS >= 10, `${lines} lines and ${faults} faults are too few to tell anything`);
  });

  it('closes what has grown stale after an outage that is longer than a client waits', () => {
    assert.equal(simulate(532).violation, undefined);
  });

  it('is the same for the same seed, to the last step', () => {
    assert.deepEqual(simulate(4711), simulate(4711));
  });

  it('is another world for another seed', () => {
    assert.notDeepEqual(simulate(1).history, simulate(2).history);
  });

  it('leaves out what is not kept', () => {
    const whole = simulate(7).history;
    const kept = [0, 1, 2];
    assert.deepEqual(simulate(7, { keep: kept }).history, whole.slice(0, 3));
  });

  it('says so where it does not come to an end', () => {
    assert.equal(simulate(1, { maxSteps: 100 }).violation?.invariant, 'liveness');
  });
});

describe('the options', () => {
  it('are 300 seeds from 1 where nothing is said', () => {
    assert.deepEqual(optionsOf([]), { seeds: 300, seed: 1, mutants: false, json: false });
  });

  it('refuse a seed that is no number, and say what one is', () => {
    for (const args of [['--seed', 'abc'], ['--seeds', '0'], ['--seeds', '1.5'], ['--seed', ''], ['--bogus']])
      assert.throws(() => optionsOf(args), UsageProblem);
  });

  it('keep actions of one seed only', () => {
    assert.deepEqual(optionsOf(['--seed', '9', '--keep', '1,4']), { seeds: 1, seed: 9, keep: [1, 4], mutants: false, json: false });
    assert.throws(() => optionsOf(['--keep', '1', '--seeds', '2']), UsageProblem);
  });
});

describe('chance', () => {
  it('is the same for the same seed', () => {
    const [a, b] = [randomOf(1, 'x'), randomOf(1, 'x')];
    const draw = (it: typeof a) => Array.from({ length: 20 }, () => it.whole(1, 1000));
    assert.deepEqual(draw(a), draw(b));
  });

  it('reaches both ends of a range', () => {
    const random = randomOf(5);
    const drawn = new Set(Array.from({ length: 200 }, () => random.whole(1, 3)));
    assert.deepEqual([...drawn].sort(), [1, 2, 3]);
  });
});
