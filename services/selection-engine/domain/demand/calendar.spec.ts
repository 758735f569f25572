import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { holidaysOf } from './calendar';
import { InvalidDemand } from './checks';
import { factorAt } from './context';

const at = (date: string): number => Date.parse(`${date}T00:00:00Z`);
const namesAt = (date: string): string[] => holidaysOf(at(date), at(date)).map((it) => it.name);

describe('the calendar', () => {
  it('knows the holidays of China as they are announced, and no worked weekend', () => {
    assert.deepEqual(namesAt('2026-02-17'), ['Spring Festival']);
    assert.deepEqual(namesAt('2026-10-01'), ['National Day']);
    assert.deepEqual(namesAt('2026-02-14'), []);
    assert.deepEqual(namesAt('2026-07-11'), []);
  });

  it('knows the days of cross-border trade', () => {
    assert.deepEqual(
      [...namesAt('2026-11-27'), ...namesAt('2026-11-30'), ...namesAt('2026-11-11')],
      ['Black Friday', 'Cyber Monday', 'Singles Day'],
    );
    assert.deepEqual(namesAt('2026-11-20'), []);
  });

  it('lifts demand from three days before a holiday', () => {
    const holidays = holidaysOf(at('2026-09-20'), at('2026-10-20'));
    assert.ok(factorAt({ holidays }, at('2026-09-29')) > 1);
    assert.equal(factorAt({ holidays }, at('2026-10-18')), 1);
  });

  it('refuses a time that is none, or runs backwards, or is too long', () => {
    for (const [from, to] of [
      [NaN, 0],
      [at('2026-02-02'), at('2026-01-01')],
      [0, at('2026-01-01')],
    ] as const)
      // prettier-ignore
      assert.throws(() => holidaysOf(from, to), InvalidDemand);
  });
});
