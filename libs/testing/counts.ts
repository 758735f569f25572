import fs from 'node:fs';
import path from 'node:path';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** A line of tally.cjs. */
interface Finished {
  passed: boolean;
  suite: boolean;
  /** Skipped or still to do. */
  passedOver: boolean;
  name: string;
  file?: string;
  nesting: number;
}

/** Tests, not suites. A run that ended badly has at least one failure, whatever its tests said. */
export function countTests(tally: string, endedBadly: boolean): Counts {
  const tests = readLines<Finished>(tally).filter((each) => !each.suite && !(each.passed && standsForFile(each)));
  const skipped = tests.filter((test) => test.passedOver).length;
  const failed = tests.filter((test) => !test.passed && !test.passedOver).length;
  return { passed: tests.length - skipped - failed, failed: endedBadly ? Math.max(failed, 1) : failed, skipped };
}

/** Node reports a file as a test of its own: when it crashed, which counts, and when it holds no test, which does not. */
function standsForFile({ name, file, nesting }: Finished): boolean {
  return nesting === 0 && name.endsWith('.spec.ts') && (file === undefined || path.resolve(name) === path.resolve(file));
}

const SLOWEST_MAX = 10;

export function slowestFiles(clock: string): string[] {
  const files = readLines<{ file: string; ms: number }>(clock).sort((a, b) => b.ms - a.ms);
  const lines = files.slice(0, SLOWEST_MAX).map(({ file, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${path.relative('', file)}`);
  return lines.length === 0 ? [] : ['Slowest files:', ...lines];
}

/** "3 passed, 0 failed", and ", 1 skipped" where there are some. */
export function lastLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

function readLines<Line>(file: string): Line[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Line);
}
