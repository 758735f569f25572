import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@midstream/local/ports';
import { scratchFolder } from '@midstream/local/scratch';
import { Client } from 'pg';
import { type DrillOptions, optionsOf } from './options';

const ROOT = join(__dirname, '../..');
const READY_MS = 120_000;

/** A whole Midstream of its own, with the doors to its databases: for tests that tamper. */
export interface Standalone {
  readonly options: (...args: string[]) => DrillOptions;
  sql(service: 'order' | 'inventory', text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export async function startStandalone(): Promise<Standalone> {
  const dir = scratchFolder('drill');
  const child = spawn(
    process.execPath,
    ['--conditions=@midstream/source', '-r', './deploy/local/typescript.cjs', 'services/standalone/main.ts'],
    {
      cwd: ROOT,
      env: { ...process.env, PORT: String(await freePort()), MIDSTREAM_DATA: dir },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  await untilReady(child);
  const options = (...args: string[]): DrillOptions => {
    const read = optionsOf(['--data', dir, ...args], {}, Date.now());
    if (read === 'help') throw new Error('a test asks for no help');
    return read;
  };
  return {
    options,
    sql: (service, text, values = []) => query(dir, service, text, values),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function untilReady(child: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Midstream was not ready within ${READY_MS / 1_000} s:\n${said}`)), READY_MS);
    const hear = (part: Buffer): void => {
      said += part.toString();
      if (!said.includes('Midstream is ready')) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`Midstream ended with ${code}:\n${said}`));
    });
  });
}

async function query(dir: string, service: string, text: string, values: readonly unknown[]): Promise<Record<string, unknown>[]> {
  const { passwords } = JSON.parse(readFileSync(join(dir, 'secrets.json'), 'utf8')) as { passwords: Record<string, string> };
  const port = Number(readFileSync(join(dir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3]);
  const client = new Client({ host: '127.0.0.1', port, user: service, database: service, password: passwords[service] });
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(text, [...values]);
    return Array.isArray(result) ? [] : result.rows;
  } finally {
    await client.end();
  }
}
