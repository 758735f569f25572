import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@midstream/local/ports';
import { lookAt } from '@midstream/local/processes';
import { scratchFolder } from '@midstream/local/scratch';
import { endWithUs } from '@midstream/testing/tidy';
import { postmasterOf } from './databases';

const ROOT = join(__dirname, '../..');
const READY_MS = 180_000;
const STOP_MS = 40_000;

/** It has ended without us, or has not come up: nothing that was killed may stay down. */
export class Down extends Error {}

/** A Midstream of its own, as `npm start` starts it, in a folder that nobody else knows. */
export interface House {
  readonly dir: string;
  readonly url: string;
  /** Everything that its processes have said, one after the other. */
  said(): string;
  launch(): Launched;
  remove(): void;
}

export interface Launched {
  /** Resolves when it says that it is ready; rejects when it ends before, unless it was we who ended it. */
  readonly ready: Promise<void>;
  /** Rejects if it ends without us. */
  readonly alive: Promise<never>;
  /** SIGKILL, which ends the whole application at once; with `powerCut` its database, too. */
  kill(powerCut: boolean): Promise<void>;
  /** As Ctrl-C does it. */
  stop(): Promise<void>;
}

export async function openHouse(): Promise<House> {
  const scratch = scratchFolder('torture');
  const port = await freePort();
  const dir = join(scratch, 'data');
  const logFile = join(scratch, 'said.log');
  return {
    dir,
    url: `http://127.0.0.1:${port}`,
    said: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''),
    launch: () => launch({ dir, port, logFile }),
    remove: () => rmSync(scratch, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }),
  };
}

/** The arguments of the real `npm start`. */
function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } };
  const [node, ...args] = scripts.start.split(' ');
  if (node !== 'node') throw new Error(`npm start is no process of node: ${scripts.start}`);
  return args;
}

function launch({ dir, port, logFile }: { dir: string; port: number; logFile: string }): Launched {
  const child = endWithUs(
    spawn(process.execPath, startArguments(), {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: String(port), MIDSTREAM_DATA: dir },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  let said = '';
  let ours = false;
  const gone = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(String(code ?? signal))));
  const alive = gone.then((how) =>
    ours ? forever : Promise.reject(new Down(`Midstream ended by itself (${how}):\n${said.slice(-2_000)}`)),
  );
  const ready = new Promise<void>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Down(`Midstream was not ready within ${READY_MS / 1_000} s:\n${said.slice(-2_000)}`)),
      READY_MS,
    );
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => {
        said = (said + part.toString()).slice(-100_000);
        appendFileSync(logFile, part, { mode: 0o600 });
        if (said.includes('Midstream is ready')) resolve();
      });
    alive.catch(reject);
    void gone.then(() => clearTimeout(late));
  });
  ready.catch(() => undefined);
  return {
    ready,
    alive,
    async kill(powerCut) {
      ours = true;
      // first the database: as soon as its owner is gone, it begins to end by itself
      if (powerCut) killPostmaster(dir);
      child.kill('SIGKILL');
      await gone;
    },
    async stop() {
      ours = true;
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await gone;
      clearTimeout(late);
    },
  };
}

const forever = new Promise<never>(() => undefined);

/** The server of this folder, if one runs; nobody else's process, whatever an old file says. */
function killPostmaster(dir: string): void {
  try {
    const { pid } = postmasterOf(dir);
    if (lookAt(pid)?.command.includes(join(dir, 'postgres'))) process.kill(pid, 'SIGKILL');
  } catch {
    // it has not started yet, or has ended
  }
}
