import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { endWithUs } from '@midstream/testing/tidy';

const ROOT = join(__dirname, '../..');
/** What ends by itself is started again, as a cluster would. */
const AGAIN_MS = 1_000;
const STOP_MS = 30_000;

export interface Supervising {
  /** From the root of the checkout. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it says is written to its end. */
  readonly logFile: string;
}

/** One process that is started again whenever it has ended, until it is stopped. */
export interface Supervised {
  /** SIGKILL; the next start comes `backMs` later. Whether there was a process to kill. */
  kill(backMs: number): boolean;
  /** SIGSTOP. Gives what continues the same process, if it still lives; undefined where none runs. */
  freeze(): (() => void) | undefined;
  /** How often it has ended without us. */
  readonly exits: number;
  /** Ends it for good; by SIGTERM in its own time, and by SIGKILL past STOP_MS. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts a file of ours as a process. */
export function supervise(supervising: Supervising): Supervised {
  let stopping = false;
  let exits = 0;
  let wanted = false;
  let backMs = AGAIN_MS;
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();

  const start = (): void => {
    const one = spawnIt(supervising);
    child = one;
    ended = new Promise((resolve) =>
      one.once('exit', () => {
        if (child === one) child = undefined;
        if (!wanted && !stopping) exits += 1;
        setTimeout(() => !stopping && start(), wanted ? backMs : AGAIN_MS);
        wanted = false;
        resolve();
      }),
    );
  };
  start();
  return {
    kill(ms) {
      if (child === undefined || wanted) return false;
      [wanted, backMs] = [true, ms];
      return child.kill('SIGKILL');
    },
    freeze() {
      const one = child;
      if (one === undefined) return undefined;
      one.kill('SIGSTOP');
      return () => void one.kill('SIGCONT');
    },
    get exits() {
      return exits;
    },
    async stop(signal = 'SIGTERM') {
      stopping = true;
      child?.kill('SIGCONT');
      child?.kill(signal);
      const late = setTimeout(() => child?.kill('SIGKILL'), STOP_MS);
      if (child !== undefined) await ended;
      clearTimeout(late);
    },
  };
}

function spawnIt({ file, env, logFile }: Supervising): ChildProcess {
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(
    process.execPath,
    ['--conditions=@midstream/source', '-r', join(ROOT, 'deploy/local/typescript.cjs'), join(ROOT, file)],
    {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn', ...env },
      stdio: ['ignore', log, log],
      // its own group: Ctrl-C reaches only us
      detached: true,
    },
  );
  closeSync(log);
  return endWithUs(child);
}
