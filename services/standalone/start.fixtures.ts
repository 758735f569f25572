import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endWithUs } from '@midstream/testing/tidy';
import { until } from './client.fixtures';

const ROOT = join(__dirname, '../..');
export const SOURCES = ['--conditions=@midstream/source', '-r', join(ROOT, 'deploy/local/typescript.cjs')];
const START_MS = 120_000;

export interface Started {
  readonly pid: number;
  /** All that it has said so far. */
  said(): string;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  signal(signal: NodeJS.Signals): Promise<number | string>;
}

/** Runs a file of ours as a process; nothing of the test's own settings reaches it but what is said. */
export function run(file: string, env: Readonly<Record<string, string>>): Started {
  const child: ChildProcess = endWithUs(
    spawn(process.execPath, [...SOURCES, join(ROOT, file)], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => (said += String(part)));
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  return {
    pid: child.pid ?? 0,
    said: () => said,
    ended,
    signal(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** Waits until it says so; what it said instead is in the error. */
export async function untilSaid(it: Started, words: string): Promise<void> {
  let over: number | string | undefined;
  void it.ended.then((how) => (over = how));
  await until(
    `"${words}"`,
    async () => {
      if (it.said().includes(words)) return true;
      if (over !== undefined) throw new Error(`it ended (${over}) before it said "${words}":\n${it.said()}`);
      return false;
    },
    START_MS,
  );
}
