import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';

/** What took the time while something was measured: a CPU profile of every process, and the dearest statements of the database. */
export interface Profiler {
  readonly folder: string;
  begin(): Promise<void>;
  end(): Promise<void>;
}

const STATEMENTS_MAX = 60;

/** For the processes that are to be profiled. */
export const profiled = (folder: string): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--require=${join(__dirname, 'profile.cjs')}`,
  MIDSTREAM_BENCH_PROFILES: folder,
});

export const profileFolder = (): string => mkdtempSync(join(tmpdir(), 'midstream-profiles-'));

/** Takes effect with the next start of the server. */
export const countStatements = async (admin: Client): Promise<void> =>
  void (await admin.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`));

/** `signal` sends SIGUSR2 to every process of ours: the first begins a CPU profile, the second writes it. */
export async function openProfiler(folder: string, admin: Client, signal: () => void): Promise<Profiler> {
  await admin.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  let count = 0;
  return {
    folder,
    async begin() {
      await admin.query('SELECT pg_stat_statements_reset()');
      signal();
    },
    async end() {
      signal();
      const { rows } = await admin.query<{ line: string }>(DEAREST, [STATEMENTS_MAX]);
      writeFileSync(join(folder, `statements-${(count += 1)}.txt`), `${HEAD}\n${rows.map((it) => it.line).join('\n')}\n`);
    },
  };
}

const HEAD = '   total ms    calls  mean ms  rows a call  database';
const DEAREST = `
  SELECT format('%s %s %s %s  %s: %s', lpad(round(s.total_exec_time)::text, 11), lpad(s.calls::text, 8), lpad(round(s.mean_exec_time::numeric, 2)::text, 8),
                lpad(round(s.rows::numeric / s.calls, 1)::text, 12), d.datname, left(regexp_replace(s.query, '\\s+', ' ', 'g'), 400)) AS line
    FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
   ORDER BY s.total_exec_time DESC LIMIT $1`;
