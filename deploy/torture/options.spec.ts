import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageProblem } from '../drill/options';
import { optionsOf } from './options';

const NOW = 1_700_000_000_000;

describe('the options of a torture', () => {
  it('kill a standalone, or besiege five processes', () => {
    const common = { seed: '7', keep: false, json: true };
    assert.deepEqual(optionsOf(['--kills', '3', '--seed', '7', '--json'], NOW), { ...common, kills: 3 });
    assert.deepEqual(optionsOf(['--minutes', '0.5', '--seed', '7', '--json'], NOW), { ...common, minutes: 0.5 });
    assert.deepEqual(optionsOf([], NOW), { kills: 20, seed: String(NOW), keep: false, json: false });
  });

  for (const [why, args, words] of [
    ['both at once', ['--kills', '3', '--minutes', '3'], /give one of them/],
    ['a seed that is no number', ['--minutes', '3', '--seed', 'seven'], /--seed is a whole number .*, not seven/],
    ['a seed that is no number for kills', ['--seed', '7.5'], /--seed is a whole number .*, not 7\.5/],
    ['minutes that are no number', ['--minutes', 'soon'], /--minutes is a number .*, not soon/],
    ['no minutes', ['--minutes', '0'], /--minutes is a number/],
    ['more minutes than a day', ['--minutes', '1441'], /--minutes is a number/],
    ['kills that are no number', ['--kills', '1.5'], /--kills is a whole number .*, not 1\.5/],
    ['an option that is not there', ['--hours', '1'], /Unknown option '--hours'/],
  ] as const)
    it(`are refused, with a word of why: ${why}`, () => {
      assert.throws(
        () => optionsOf(args, NOW),
        (error) => error instanceof UsageProblem && words.test(error.message) && error.message.includes('--kills N'),
      );
    });
});
