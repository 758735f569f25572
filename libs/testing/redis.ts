import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@midstream/local/ports';
import { endWithUs } from './tidy';

/** Debian: apt-get install redis-server. */
const PROGRAM = 'redis-server';
const START_MS = 10_000;

export interface TestRedis {
  readonly url: string;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** On the same port again, empty. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** For a suite's `skip`: said aloud where there is no Redis; with CI=true the suite runs, and fails. */
export function skipWithoutRedis(suite: string): string | false {
  if (process.env['CI'] === 'true' || spawnSync(PROGRAM, ['--version']).status === 0) return false;
  const reason = `there is no ${PROGRAM} on this machine (Debian: apt-get install ${PROGRAM})`;
  console.error(`SKIPPED: ${suite}: ${reason}`);
  return reason;
}

/** A real Redis of its own that keeps nothing. */
export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  const launch = async () => {
    const child = endWithUs(
      spawn(PROGRAM, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { cwd: '/', stdio: 'ignore' }),
    );
    const ended = once(child, 'exit');
    for (const endsAt = Date.now() + START_MS; !(await listens(port)); await sleep(20)) {
      if (child.exitCode !== null || Date.now() > endsAt) throw new Error(`${PROGRAM} does not listen on ${port}`);
    }
    return { child, ended };
  };
  let server = await launch();
  const kill = async (signal: NodeJS.Signals) => {
    server.child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await server.ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    restart: async () => {
      server = await launch();
    },
    stop: async () => {
      if (server.child.exitCode === null && server.child.signalCode === null) await kill('SIGKILL');
    },
  };
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true))).once('error', () => resolve(false));
  });
