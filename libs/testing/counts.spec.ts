import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { countTests, lastLine } from './counts';

describe('the last line of a run', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'midstream-counts-'));
  after(() => fs.rmSync(folder, { recursive: true }));

  const test = { passed: true, suite: false, passedOver: false, name: 'does', file: '/a.spec.ts', nesting: 1 };
  const fileItself = { ...test, name: '/a.spec.ts', nesting: 0 };
  const lineOf = (finished: object[], endedBadly = false) => {
    const tally = path.join(folder, 'tally');
    fs.writeFileSync(tally, finished.map((each) => `${JSON.stringify(each)}\n`).join(''));
    return lastLine(countTests(tally, endedBadly));
  };

  it('counts tests, not suites', () => {
    assert.equal(lineOf([test, { ...test, passed: false }, { ...test, suite: true, passed: false }], true), '1 passed, 1 failed');
  });

  it('names the skipped tests only where there are some', () => {
    assert.equal(lineOf([test, { ...test, passedOver: true }]), '1 passed, 0 failed, 1 skipped');
  });

  it('counts a file that crashed as failed, and one without a test not at all', () => {
    assert.equal(lineOf([{ ...fileItself, passed: false }], true), '0 passed, 1 failed');
    assert.equal(lineOf([fileItself]), '0 passed, 0 failed');
  });

  it('never reports success for a run that ended badly', () => {
    assert.equal(lineOf([test], true), '1 passed, 1 failed');
  });
});
