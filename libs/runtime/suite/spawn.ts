import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { endWithUs } from '@midstream/testing/tidy';
import { eventually } from './checker';
import type { ChildOrders } from './child';

const ROOT = path.resolve(__dirname, '../../..');

export interface Child {
  readonly process: ChildProcess;
  /** The last that it said, for a failure. */
  words(): string;
}

export function spawnChild(orders: ChildOrders, crashAt = ''): Child {
  const flags = ['--conditions=@midstream/source', '-r', path.join(ROOT, 'deploy/local/typescript.cjs')];
  const child = spawn(process.execPath, [...flags, path.join(__dirname, 'child.ts'), JSON.stringify(orders)], {
    cwd: ROOT,
    env: { ...process.env, MIDSTREAM_CRASH_AT: crashAt, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4_000)));
  return { process: endWithUs(child), words: () => words };
}

const CHILD_MS_MAX = 60_000;

/** How it ended; one that does not is told to. */
export async function ended({ process: child }: Child): Promise<[code: number | null, signal: NodeJS.Signals | null]> {
  if (child.exitCode !== null || child.signalCode !== null) return [child.exitCode, child.signalCode];
  const late = setTimeout(() => child.kill('SIGTERM'), CHILD_MS_MAX);
  await once(child, 'exit');
  clearTimeout(late);
  return [child.exitCode, child.signalCode];
}

/** Waits until it has said it, so often. */
export async function heardSay(child: Child, word: string, times = 1, timeoutMs = 120_000): Promise<void> {
  await eventually(async () => {
    const over = child.process.exitCode !== null || child.process.signalCode !== null;
    assert.ok(child.words().split(word).length > times, `it says "${word}"${over ? ' before it ends' : ''}: ${child.words()}`);
  }, timeoutMs);
}
