import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { leash } from './leash';
import { assertPortFree, freePort, portTaken } from './ports';
import { type Account, firstUnreachable, postgresBinaries, serverAccount, unreachable } from './postgres.binaries';
import { childGone, endProcess, isOrphan, lookAt, readNumber, signalChild, tail } from './processes';

export { createServiceDatabase, type ServiceDatabase } from './postgres.database';

export interface PostgresOptions {
  /** Made on the first start. Beside it lie `<dataDir>.password` (mode 0600), `.log` and `.owner`. */
  dataDir: string;
  /** Default: a free one. */
  port?: number;
  /** False: no fsync, for data that may be lost with the machine. */
  durable: boolean;
  settings?: Record<string, string>;
  /** A folder that is removed when this process has ended without stop(). */
  scratch?: string;
  log?: (line: string) => void;
}

/** A running server. It does not keep this process alive, and it is stopped when this process ends in any way. */
export interface LocalPostgres {
  port: number;
  pid: number;
  /** As superuser. */
  url(database: string): string;
  /** The same without the network: over a socket in the data folder, where the folder's path is short enough for one. */
  nearUrl(database: string): string;
  /** Fast shutdown: open transactions are rolled back. */
  stop(): Promise<void>;
  /** Resolves when the server is gone, if the signal is one that ends it. */
  kill(signal: NodeJS.Signals): Promise<void>;
  gone: Promise<void>;
}

const SHUTDOWN_STEPS = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const;
const START_MS = 60_000; // crash recovery after a long run included
const RETRY_MS = 20_000;

interface Plan {
  bin: string;
  account: Account | undefined;
  dataDir: string;
  port: number;
  options: PostgresOptions;
}

/** Starts PostgreSQL on this folder; takes the folder over from a server whose own parent has died. */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const account = serverAccount();
  const bin = postgresBinaries(account);
  const dataDir = makeDataDir(options.dataDir, account);
  await takeOver(dataDir, options.log);
  if (options.port !== undefined) await assertPortFree(options.port, 'PostgreSQL');
  if (!fs.existsSync(path.join(dataDir, 'PG_VERSION'))) await initialise(bin, dataDir, account, options.durable);
  const password = readPassword(dataDir);
  const { child, port } = await launchPatiently({ bin, account, dataDir, options });
  options.log?.(`PostgreSQL is ready on 127.0.0.1:${port}`);
  const url = (database: string): string => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
  const near = canHoldSocket(dataDir) ? `?host=${encodeURIComponent(dataDir)}` : '';
  return {
    port,
    pid: child.pid as number,
    url,
    nearUrl: (database) => `${url(database)}${near}`,
    stop: () => stop(child),
    kill: (signal) => signalChild(child, signal),
    gone: new Promise((resolve) => (hasEnded(child) ? resolve() : child.once('exit', () => resolve()))),
  };
}

function makeDataDir(dataDir: string, account: Account | undefined): string {
  fs.mkdirSync(path.dirname(path.resolve(dataDir)), { recursive: true });
  const parent = fs.realpathSync(path.dirname(path.resolve(dataDir)));
  const blocked = account && firstUnreachable(parent, account);
  if (blocked) throw new Error(unreachable(dataDir, blocked, account));
  return path.join(parent, path.basename(dataDir));
}

async function takeOver(dataDir: string, log: PostgresOptions['log']): Promise<void> {
  const lock = path.join(dataDir, 'postmaster.pid');
  const pid = readNumber(lock);
  if (pid === undefined) return;
  if (!servesFolder(pid, dataDir)) {
    // Stale. PostgreSQL asks only whether the pid is alive, and would take a stranger's or a zombie's for its own.
    fs.rmSync(lock, { force: true });
    return;
  }
  if (!isOrphan(pid, readNumber(`${dataDir}.owner`))) {
    throw new Error(`PostgreSQL already runs on ${dataDir} (process ${pid}, started by ${lookAt(pid)?.parent}): stop that first`);
  }
  log?.(`PostgreSQL ${pid} was left behind on ${dataDir}: stopping it`);
  await endProcess(pid, SHUTDOWN_STEPS);
}

function servesFolder(pid: number, dataDir: string): boolean {
  const view = lookAt(pid);
  return view !== undefined && /\bpostgres\b/.test(view.command) && (view.cwd === dataDir || view.command.includes(`-D ${dataDir} `));
}

/** In a folder beside, moved when complete: a crash in between leaves nothing half made. */
async function initialise(bin: string, dataDir: string, account: Account | undefined, durable: boolean): Promise<void> {
  const unfinished = `${dataDir}.new`;
  const passwordFile = `${dataDir}.new-password`;
  const password = randomBytes(24).toString('hex');
  fs.rmSync(unfinished, { recursive: true, force: true });
  fs.mkdirSync(unfinished, { mode: 0o700 });
  fs.rmSync(passwordFile, { force: true });
  fs.writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  if (account) for (const file of [unfinished, passwordFile]) fs.chownSync(file, account.uid, account.gid);
  // Locale C: the same order and the same answers on every machine.
  const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions', ...(durable ? [] : ['--no-sync'])];
  try {
    await runInitdb(path.join(bin, 'initdb'), ['-D', unfinished, '-U', 'postgres', `--pwfile=${passwordFile}`, ...flags], account);
    fs.writeFileSync(`${dataDir}.password`, `${password}\n`, { mode: 0o600 });
    fs.renameSync(unfinished, dataDir);
  } finally {
    fs.rmSync(passwordFile, { force: true });
  }
}

async function runInitdb(initdb: string, args: string[], account: Account | undefined): Promise<void> {
  const child = spawn(initdb, args, { ...identity(account), env: serverEnv(), cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`initdb failed (${code}):\n${output}`);
}

function readPassword(dataDir: string): string {
  const file = `${dataDir}.password`;
  if (!fs.existsSync(file)) throw new Error(`${file} is missing: without it the data in ${dataDir} cannot be opened`);
  return fs.readFileSync(file, 'utf8').trim();
}

async function launchPatiently(plan: Omit<Plan, 'port'>): Promise<{ child: ChildProcess; port: number }> {
  for (const startedAt = Date.now(); ; await sleep(100)) {
    const port = plan.options.port ?? (await freePort());
    try {
      return { child: await launch({ ...plan, port }), port };
    } catch (error) {
      const message = String(error);
      const inUse = message.includes('Address already in use') || message.includes('could not bind');
      if (inUse && plan.options.port !== undefined) throw portTaken(port, 'PostgreSQL');
      // After a SIGKILL of the postmaster its back ends need a moment to notice; a chosen port can be lost to somebody.
      const passes = inUse || message.includes('shared memory block') || message.includes('postmaster.pid');
      if (!passes || Date.now() - startedAt > RETRY_MS) throw error;
    }
  }
}

async function launch(plan: Plan): Promise<ChildProcess> {
  const { bin, account, dataDir, port, options } = plan;
  const logFile = `${dataDir}.log`;
  const logged = openLog(logFile);
  const settings = Object.entries({ ...serverSettings(options.durable), ...socketSettings(dataDir), ...options.settings });
  const args = ['-D', dataDir, '-p', String(port), ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  // Its own session, or Ctrl-C in a terminal would stop the database before the services that still write to it.
  const spawning = { ...identity(account), env: serverEnv(), cwd: dataDir, detached: true };
  const child = spawn(path.join(bin, 'postgres'), args, { ...spawning, stdio: ['ignore', logged.fd, logged.fd] });
  fs.closeSync(logged.fd);
  if (child.pid === undefined) throw await new Promise<Error>((resolve) => child.once('error', resolve));
  const letGo = leash(child.pid, { signal: 'SIGINT', scratch: options.scratch });
  child.once('exit', letGo);
  child.unref();
  fs.writeFileSync(`${dataDir}.owner`, `${process.pid}\n`);
  await untilReady(child, dataDir, () => tail(logFile, logged.size));
  return child;
}

async function untilReady(child: ChildProcess, dataDir: string, lastWords: () => string): Promise<void> {
  for (const endsAt = Date.now() + START_MS; ; await sleep(10)) {
    if (hasEnded(child)) throw new Error(`PostgreSQL ended while starting (${child.exitCode ?? child.signalCode}):\n${lastWords()}`);
    // Lines of postmaster.pid: pid, folder, start, port, socket folder, address, shared memory, status.
    const lines = tail(path.join(dataDir, 'postmaster.pid')).split('\n');
    if (lines[0] === String(child.pid) && lines[7]?.trim() === 'ready') return;
    if (Date.now() > endsAt) {
      await signalChild(child, 'SIGKILL');
      throw new Error(`PostgreSQL was not ready after ${START_MS / 1000} s:\n${lastWords()}`);
    }
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  await endProcess(child.pid as number, SHUTDOWN_STEPS);
  await childGone(child);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Of a socket's whole path; the address has room for 107 bytes (unix(7)). */
const SOCKET_PATH_MAX = 100;

/** The setting is a list with commas, and Windows has no such sockets in its PostgreSQL client. */
const canHoldSocket = (dataDir: string): boolean =>
  process.platform !== 'win32' && !/[\s,"]/.test(dataDir) && Buffer.byteLength(path.join(dataDir, '.s.PGSQL.65535')) <= SOCKET_PATH_MAX;

const socketSettings = (dataDir: string): Record<string, string> => ({ unix_socket_directories: canHoldSocket(dataDir) ? dataDir : '' });

function serverSettings(durable: boolean): Record<string, string> {
  const sync = durable ? 'on' : 'off';
  return {
    listen_addresses: '127.0.0.1',
    max_connections: '300',
    jit: 'off', // our statements are short; compiling them costs more than running them
    timezone: 'UTC',
    log_timezone: 'UTC',
    fsync: sync,
    full_page_writes: sync,
    synchronous_commit: sync,
  };
}

const LOG_BYTES_MAX = 10_000_000;

function openLog(file: string): { fd: number; size: number } {
  if (fs.existsSync(file) && fs.statSync(file).size > LOG_BYTES_MAX) fs.renameSync(file, `${file}.old`);
  const fd = fs.openSync(file, 'a', 0o600);
  return { fd, size: fs.fstatSync(fd).size };
}

function identity(account: Account | undefined): { uid?: number; gid?: number } {
  return account ? { uid: account.uid, gid: account.gid } : {};
}

function serverEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}
