import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { leash } from '@midstream/local/leash';

export type Bus = 'embedded' | 'kafka';

const ROOT = join(__dirname, '../..');
const READY_MS = 240_000;
const STOP_MS = 40_000;

export interface Launched {
  readonly pid: number;
  /** As Ctrl-C does it. */
  stop(): Promise<void>;
}

/** Starts Midstream as a person does, and waits until it says that it is ready. @throws Error with its last words where it is not. */
export async function launch(bus: Bus, env: Readonly<Record<string, string>>): Promise<Launched> {
  const child = spawn(process.execPath, startArguments(bus), {
    cwd: ROOT,
    env: { ...environment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // its own group: Ctrl-C reaches only us, and we stop it in order
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw await new Promise<Error>((resolve) => child.once('error', resolve));
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('exit', leash(pid, { signal: 'SIGTERM' }));
  await untilReady(child);
  return {
    pid,
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await gone;
      clearTimeout(late);
    },
  };
}

/** The arguments of the real `npm start`, or of `npm run start:distributed`. */
function startArguments(bus: Bus): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const [node, ...args] = (scripts[bus === 'kafka' ? 'start:distributed' : 'start'] ?? '').split(' ');
  if (node !== 'node') throw new Error('npm start is no process of node');
  return args;
}

/** Nothing of what a person may have set for a Midstream of their own. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(MIDSTREAM_|OTEL_|PORT$|SANDBOX_PORT$|NODE_OPTIONS$|LOG_LEVEL$)/.test(name)),
  );

async function untilReady(child: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (what: string): void => {
      child.kill('SIGTERM');
      reject(new Error(`Midstream ${what}:\n${said.slice(-3_000)}`));
    };
    const late = setTimeout(() => fail(`was not ready within ${READY_MS / 1_000} s`), READY_MS);
    const hear = (part: Buffer): void => {
      said = (said + part.toString()).slice(-20_000);
      if (!said.includes('Midstream is ready')) return;
      clearTimeout(late);
      resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code, signal) => {
      clearTimeout(late);
      fail(`ended by itself (${code ?? signal ?? ''})`);
    });
  });
}
