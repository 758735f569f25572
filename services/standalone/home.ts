import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SERVICES, type Service } from '@midstream/contracts';
import { assertPortFree, freePort } from '@midstream/local/ports';

/** What this installation has made for itself, kept in the data folder with mode 0600. */
interface Secrets {
  readonly operatorKey: string;
  readonly passwords: Readonly<Record<Service, string>>;
  /** 32 bytes, base64: encrypts card codes; and the key of their fingerprints. */
  readonly vaultKey: string;
  readonly fingerprintKey: string;
  /** Signs webhooks: the endpoints' secrets are made from it. */
  readonly webhookKey: string;
}

/** What a person or the drill needs to talk to it: `keys.json`. */
export interface Keys {
  readonly url: string;
  readonly sandboxUrl: string;
  readonly operatorKey: string;
  readonly merchantId: string;
  readonly merchantKey: string;
}

/** Where the suppliers are played: the same at every start where it can be, since offers name it. */
export const sandboxPortOf = async (home: Home): Promise<number> => {
  if (process.env['SANDBOX_PORT'] !== undefined) return Number(process.env['SANDBOX_PORT']);
  const before = Number(new URL(home.keys()?.sandboxUrl ?? 'http://127.0.0.1:0').port);
  return before > 0 && (await isFree(before)) ? before : freePort();
};

const isFree = (port: number): Promise<boolean> =>
  assertPortFree(port, 'the sandbox suppliers').then(
    () => true,
    () => false,
  );

export interface Home {
  readonly dir: string;
  readonly secrets: Secrets;
  readonly isNew: boolean;
  path(...names: string[]): string;
  keys(): Keys | undefined;
  saveKeys(keys: Keys): void;
  /** Whether something that is done once has been done, such as loading the sample market. */
  isDone(what: string): boolean;
  markDone(what: string): void;
}

const key = (prefix: string): string => `${prefix}_${randomBytes(24).toString('base64url')}`;

/** Opens the data folder, and makes its secrets on the first start. */
export function openHome(dir: string = process.env['MIDSTREAM_DATA'] ?? '.midstream'): Home {
  const root = resolve(dir);
  const isNew = !existsSync(join(root, 'secrets.json'));
  mkdirSync(root, { recursive: true });
  const path = (...names: string[]) => join(root, ...names);
  const made = (): Secrets => ({
    operatorKey: key('op'),
    passwords: Object.fromEntries(SERVICES.map((it) => [it, randomBytes(18).toString('base64url')])) as Record<Service, string>,
    vaultKey: randomBytes(32).toString('base64'),
    fingerprintKey: randomBytes(32).toString('base64'),
    webhookKey: randomBytes(32).toString('base64'),
  });
  if (isNew) writePrivate(path('secrets.json'), made());
  const secrets = JSON.parse(readFileSync(path('secrets.json'), 'utf8')) as Secrets;
  return {
    dir: root,
    secrets,
    isNew,
    path,
    keys: () => (existsSync(path('keys.json')) ? (JSON.parse(readFileSync(path('keys.json'), 'utf8')) as Keys) : undefined),
    saveKeys: (keys) => writePrivate(path('keys.json'), keys),
    isDone: (what) => existsSync(path(`${what}.done`)),
    markDone: (what) => writeFileSync(path(`${what}.done`), ''),
  };
}

/** Whole or not at all, and readable for nobody else. */
function writePrivate(file: string, content: object): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}
