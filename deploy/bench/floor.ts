import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { UsageProblem } from '../drill/options';
import type { House } from './house';
import { standStill } from './procs';

const FOLDER = join(__dirname, 'floors');
const DEBIAN = '/usr/lib/postgresql';
const DATABASE = 'floor';

/** Where pgbench is: on the PATH, or Debian's newest. @throws UsageProblem where it is not. */
export function findPgbench(path: string = process.env['PATH'] ?? '', debian: string = DEBIAN): string {
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const places = [...path.split(':'), ...versions.map((it) => join(debian, it, 'bin'))].map((it) => join(it, 'pgbench'));
  const found = places.find((it) => existsSync(it));
  if (found !== undefined) return found;
  throw new UsageProblem(
    'no pgbench: a bench measures against the same database used plainly, and needs it for that (Debian: apt-get install postgresql-contrib; elsewhere it comes with PostgreSQL)',
  );
}

/** The database used plainly: the same server, a database of its own, and scripts of pgbench. */
export interface Floor {
  readonly client: Client;
  /** Runs the script with prepared statements while nothing of ours does, and gives transactions a second. */
  run(script: string, options: FloorRun): Promise<number>;
  close(): Promise<void>;
}

export interface FloorRun {
  readonly clients: number;
  /** How long, or how many transactions of each client. */
  readonly seconds?: number;
  readonly transactions?: number;
  readonly variables?: Readonly<Record<string, number>>;
}

/** In a database of its own, with this schema; or in one that is there. */
export async function openFloor(house: House, { schema, database = DATABASE }: { schema?: string; database?: string }): Promise<Floor> {
  const pgbench = findPgbench();
  if (schema !== undefined) {
    const admin = await house.connect('postgres');
    await admin.query(`DROP DATABASE IF EXISTS ${database}`);
    await admin.query(`CREATE DATABASE ${database}`);
    await admin.end();
  }
  const client = await house.connect(database);
  if (schema !== undefined) await client.query(readFileSync(join(FOLDER, schema), 'utf8'));
  return {
    client,
    async run(script, options) {
      await client.query('CHECKPOINT');
      const goOn = standStill('node', 'java');
      try {
        return await runPgbench([pgbench, database], house, join(FOLDER, script), options);
      } finally {
        goOn();
      }
    },
    close: () => client.end(),
  };
}

async function runPgbench([pgbench, database]: readonly [string, string], house: House, file: string, run: FloorRun): Promise<number> {
  const { host, port, user, password } = house.door;
  const length = run.transactions === undefined ? ['-T', String(run.seconds ?? 5)] : ['-t', String(run.transactions)];
  const variables = Object.entries(run.variables ?? {}).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
  const args = ['-n', '-M', 'prepared', '-c', String(run.clients), '-j', '2', ...length, ...variables, '-f', file];
  const child = spawn(pgbench, [...args, '-h', host, '-p', String(port), '-U', user, database], {
    env: { PATH: process.env['PATH'], PGPASSWORD: password },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [, tps] = /^tps = ([\d.]+)/m.exec(said) ?? [];
  const failed = /number of failed transactions: (\d+)/.exec(said)?.[1] ?? '0';
  if (code !== 0 || tps === undefined || failed !== '0') throw new Error(`pgbench failed (${code}):\n${said.slice(-2_000)}`);
  return Number(tps);
}

/** What makes a commit safe, as the server has it now: the same for the floor and for us. */
export interface Safety {
  readonly fsync: string;
  readonly synchronousCommit: string;
  readonly fullPageWrites: string;
  readonly version: string;
}

export async function safetyOf(client: Client): Promise<Safety> {
  const { rows } = await client.query<Safety>(
    `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS "synchronousCommit",
            current_setting('full_page_writes') AS "fullPageWrites", current_setting('server_version') AS version`,
  );
  const [safety] = rows;
  if (safety === undefined) throw new Error('the server does not tell its settings');
  return safety;
}
