// npm test [part of a path…]: runs the spec files with one PostgreSQL and one Kafka for all of them.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startKafka } from '@midstream/local/kafka';
import { leash } from '@midstream/local/leash';
import { startPostgres } from '@midstream/local/postgres';
import { scratchFolder } from '@midstream/local/scratch';
import { type Counts, countTests, lastLine, slowestFiles } from './counts';
import { KAFKA_ENV, NO_KAFKA_ENV, POSTGRES_ENV } from './infrastructure';

const ROOT = path.resolve(__dirname, '../..');
const FOLDERS = ['libs', 'services', 'deploy'];
const PASSED_OVER = ['node_modules', 'dist', '.cache'];
const FILE_MS_MAX = 600_000;
const KILL_MS = 5_000;

interface Server {
  env: Record<string, string>;
  stop(): Promise<void>;
}

async function main(filters: string[]): Promise<Counts> {
  const files = findSpecs(filters);
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const scratch = scratchFolder('test');
  const servers = files.some((file) => file.endsWith('.int.spec.ts')) ? await startServers(scratch) : [];
  try {
    const env = Object.assign({}, ...servers.map((server) => server.env)) as Record<string, string>;
    return await runSpecs(files, env, scratch);
  } finally {
    await Promise.allSettled(servers.map((server) => server.stop()));
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function findSpecs(filters: string[]): string[] {
  const wanted = filters.map((filter) => path.relative(ROOT, path.resolve(filter)));
  const found = FOLDERS.flatMap((folder) => walk(folder)).sort();
  return found.filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
}

function walk(folder: string): string[] {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return PASSED_OVER.includes(entry.name) ? [] : walk(name);
    return name.endsWith('.spec.ts') ? [name] : [];
  });
}

async function startServers(scratch: string): Promise<Server[]> {
  const startedAt = Date.now();
  const log = (line: string) => console.log(`${line} (${Date.now() - startedAt} ms)`);
  const starts = await Promise.allSettled([testPostgres(scratch, log), testKafka(scratch, log)]);
  const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed === undefined) return servers;
  await Promise.allSettled(servers.map((server) => server.stop()));
  throw failed.reason;
}

async function testPostgres(scratch: string, log: (line: string) => void): Promise<Server> {
  const given = process.env[POSTGRES_ENV];
  if (given) return { env: { [POSTGRES_ENV]: given }, stop: async () => undefined };
  const server = await startPostgres({ dataDir: path.join(scratch, 'postgres'), durable: false, scratch, log });
  return { env: { [POSTGRES_ENV]: server.url('postgres') }, stop: () => server.stop() };
}

async function testKafka(scratch: string, log: (line: string) => void): Promise<Server> {
  try {
    const server = await startKafka({ dir: path.join(scratch, 'kafka'), scratch, log });
    return { env: { [KAFKA_ENV]: server.brokers.join(',') }, stop: () => server.stop() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`No Kafka for the tests: ${reason}`);
    return { env: { [NO_KAFKA_ENV]: reason }, stop: async () => undefined };
  }
}

async function runSpecs(files: string[], env: Record<string, string>, scratch: string): Promise<Counts> {
  const tally = path.join(scratch, 'tally');
  const clock = path.join(scratch, 'clock');
  const child = spawn(process.execPath, [...nodeFlags(), ...testFlags(tally), ...files], {
    cwd: ROOT,
    env: { ...process.env, ...env, MIDSTREAM_TEST_CLOCK: clock },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true, // a process group, so that what the specs spawn can be ended with them
  });
  child.once('exit', leash(-(child.pid as number), { signal: 'SIGKILL' }));
  const interrupted = endOnSignal(child);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('exit', (exitCode) => resolve(exitCode ?? 1));
  });
  for (const line of slowestFiles(clock)) console.log(line);
  return countTests(tally, code !== 0 || interrupted());
}

function nodeFlags(): string[] {
  const preloads = [path.join(ROOT, 'deploy/local/typescript.cjs'), path.join(__dirname, 'clock.cjs')];
  return ['--conditions=@midstream/source', ...preloads.flatMap((file) => ['-r', file])];
}

function testFlags(tally: string): string[] {
  const concurrency = process.env['MIDSTREAM_TEST_CONCURRENCY'] ?? '2';
  const reporters = [
    ['spec', 'stdout'],
    [path.join(__dirname, 'tally.cjs'), tally],
  ];
  return [
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${FILE_MS_MAX}`,
    ...reporters.flatMap(([reporter, destination]) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${destination}`]),
  ];
}

/** Ctrl-C and SIGTERM end the specs and all that they spawned; the servers are stopped after them, as always. */
function endOnSignal(child: ChildProcess): () => boolean {
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = true;
      killGroup(child, 'SIGTERM');
      setTimeout(() => killGroup(child, 'SIGKILL'), KILL_MS).unref();
    });
  }
  return () => interrupted;
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

main(process.argv.slice(2)).then(
  (counts) => {
    if (counts.passed + counts.failed + counts.skipped === 0) console.error('No test ran: no spec file holds one, or no path matches');
    process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
    console.log(lastLine(counts));
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
    console.log(lastLine({ passed: 0, failed: 1, skipped: 0 }));
  },
);
