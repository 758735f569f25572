import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leash } from '@midstream/local/leash';
import { freePort } from '@midstream/local/ports';
import { scratchFolder } from '@midstream/local/scratch';
import { Client } from 'pg';
import { kindOf, treeOf } from './procs';

const ROOT = join(__dirname, '../..');
const READY_MS = 240_000;
const STOP_MS = 40_000;

export type Bus = 'embedded' | 'kafka';

interface Keys {
  readonly url: string;
  readonly sandboxUrl: string;
  readonly operatorKey: string;
}

/** The whole of Midstream as a person starts it, in a folder of its own, with the doors that a bench needs. */
export interface House extends Keys {
  readonly bus: Bus;
  /** Everything of ours is below this process: services, sandbox, PostgreSQL, broker. */
  readonly pid: number;
  /** As superuser. */
  postgres(database: string): { readonly host: string; readonly port: number; readonly user: string; readonly password: string };
  connect(database: string): Promise<Client>;
  /** Nothing of ours takes a core until `goOn`: SIGSTOP for all but PostgreSQL. */
  pause(): void;
  goOn(): void;
  /** Begins and ends a CPU profile of every process; nothing without `--profile`. */
  toggleProfile(): void;
  readonly profiles: string | undefined;
  stop(): Promise<void>;
}

export interface HouseOptions {
  readonly bus: Bus;
  readonly profile: boolean;
  readonly keep: boolean;
}

export async function openHouse({ bus, profile, keep }: HouseOptions): Promise<House> {
  const scratch = scratchFolder('bench');
  const dir = join(scratch, 'data');
  const profiles = profile ? mkdtempSync(join(tmpdir(), 'midstream-profiles-')) : undefined;
  const child = spawn(process.execPath, startArguments(bus), {
    cwd: ROOT,
    env: {
      ...environment(),
      ...{ PORT: String(await freePort()), MIDSTREAM_DATA: dir, MIDSTREAM_MARKET: 'small' },
      ...(profiles !== undefined && { NODE_OPTIONS: `--require=${join(__dirname, 'profile.cjs')}`, MIDSTREAM_BENCH_PROFILES: profiles }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // its own group: Ctrl-C reaches only us, and we stop it in order
    detached: true,
  });
  if (child.pid === undefined) throw await new Promise<Error>((resolve) => child.once('error', resolve));
  const { pid } = child;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('exit', leash(pid, { signal: 'SIGTERM', scratch: keep ? '' : scratch }));
  await untilReady(child.stdout, child.stderr, gone);
  const keys = JSON.parse(readFileSync(join(dir, 'keys.json'), 'utf8')) as Keys;
  const port = Number(readFileSync(join(dir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3]);
  const password = readFileSync(join(dir, 'postgres.password'), 'utf8').trim();
  const postgres = (database: string) => ({ host: '127.0.0.1', port, user: 'postgres', password, database });
  const signal = (name: NodeJS.Signals, kinds: readonly string[]): void => {
    for (const it of treeOf(pid)) if (kinds.includes(kindOf(it) ?? '')) process.kill(it.pid, name);
  };
  return {
    ...{ url: keys.url, sandboxUrl: keys.sandboxUrl, operatorKey: keys.operatorKey },
    ...{ bus, pid, profiles, postgres },
    async connect(database) {
      const client = new Client(postgres(database));
      client.on('error', () => undefined);
      await client.connect();
      return client;
    },
    pause: () => signal('SIGSTOP', ['node', 'java']),
    goOn: () => signal('SIGCONT', ['java', 'node']),
    toggleProfile: () => profiles !== undefined && signal('SIGUSR2', ['node']),
    async stop() {
      signal('SIGCONT', ['java', 'node']);
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await gone;
      clearTimeout(late);
      if (!keep) rmSync(scratch, { recursive: true, force: true });
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
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MIDSTREAM_|PORT$|SANDBOX_PORT$|NODE_OPTIONS$|OTEL_)/.test(name)));

async function untilReady(out: NodeJS.ReadableStream, err: NodeJS.ReadableStream, gone: Promise<void>): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`Midstream ${what}:\n${said.slice(-3_000)}`));
    const late = setTimeout(() => fail(`was not ready within ${READY_MS / 1_000} s`), READY_MS);
    const hear = (part: Buffer): void => {
      said = (said + part.toString()).slice(-20_000);
      if (said.includes('Midstream is ready')) resolve();
    };
    out.on('data', hear);
    err.on('data', hear);
    void gone.then(() => fail('ended by itself'));
    void gone.then(() => clearTimeout(late));
    out.on('data', () => said.includes('Midstream is ready') && clearTimeout(late));
  });
}
