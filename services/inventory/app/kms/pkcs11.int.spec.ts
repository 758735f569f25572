import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { kmsOf } from './choose';
import { loadCryptoki } from './cryptoki';
import { TokenKms } from './pkcs11';

/** SoftHSM2 is Debian's softhsm2, pkcs11-tool is its opensc. */
const MODULE = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/pkcs11/libsofthsm2.so', '/opt/homebrew/lib/softhsm/libsofthsm2.so'].find(
  (it) => existsSync(it),
);
const isThere = (tool: string): boolean => (process.env['PATH'] ?? '').split(':').some((it) => existsSync(join(it, tool)));
const missing = MODULE === undefined || !isThere('softhsm2-util') || !isThere('pkcs11-tool');
const WORDS = 'SKIPPED: no SoftHSM2 on this machine (apt-get install softhsm2 opensc); PKCS#11 is NOT tested';
if (missing) {
  if (process.env['CI'] === 'true') throw new Error(WORDS);
  console.error(WORDS);
}

describe('keys in a PKCS#11 token', { skip: missing && WORDS }, () => {
  const module = MODULE ?? '';
  const pin = '4711-0815';
  let folder: string;
  let kms: TokenKms;
  const settings = (change: object = {}) => ({
    kms: 'pkcs11',
    kmsModule: module,
    kmsTokenLabel: 'midstream',
    kmsPin: pin,
    kmsKey: 'kek-1',
    ...change,
  });
  const run = (tool: string, ...args: string[]) => execFileSync(tool, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const newKey = (label: string, id: string) =>
    run(
      'pkcs11-tool',
      '--module',
      module,
      '--token-label',
      'midstream',
      '--login',
      '--pin',
      pin,
      '--keygen',
      '--key-type',
      'AES:32',
      '--label',
      label,
      '--id',
      id,
    );

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'midstream-token-'));
    mkdirSync(join(folder, 'tokens'));
    process.env['SOFTHSM2_CONF'] = join(folder, 'softhsm2.conf');
    writeFileSync(process.env['SOFTHSM2_CONF'], `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\n`);
    run('softhsm2-util', '--init-token', '--free', '--label', 'midstream', '--pin', pin, '--so-pin', 'so-4711');
    newKey('kek-1', '01');
    newKey('kek-2', '02');
    kms = new TokenKms({ module, tokenLabel: 'midstream', pin, keys: ['kek-1'] });
  });
  after(async () => {
    await kms.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('wrap and unwrap a data key, each time to something else', async () => {
    const dataKey = randomBytes(32);
    const [one, two] = [await kms.wrap(dataKey, 'row-1'), await kms.wrap(dataKey, 'row-1')];
    assert.equal(one.kekId, 'pkcs11:kek-1');
    assert.equal(one.wrapped.length, 12 + 32 + 16);
    assert.notDeepEqual(one.wrapped, two.wrapped);
    assert.ok(!one.wrapped.includes(dataKey));
    assert.deepEqual(await kms.unwrap(one, 'row-1'), dataKey);
    assert.deepEqual(await kms.unwrap(two, 'row-1'), dataKey);
  });

  it('open nothing that was moved to another row, or changed', async () => {
    const one = await kms.wrap(randomBytes(32), 'row-1');
    await assert.rejects(kms.unwrap(one, 'row-2'), /the token answers C_Decrypt/);
    const changed = Buffer.from(one.wrapped);
    changed[20] = (changed[20] ?? 0) ^ 1;
    await assert.rejects(kms.unwrap({ ...one, wrapped: changed }, 'row-1'), /the token answers C_Decrypt/);
    assert.equal((await kms.unwrap(one, 'row-1')).length, 32, 'and the session goes on');
  });

  it('answer many who ask at once', async () => {
    const keys = Array.from({ length: 32 }, () => randomBytes(32));
    const wrapped = await Promise.all(keys.map((it, n) => kms.wrap(it, `row-${n}`)));
    assert.deepEqual(await Promise.all(wrapped.map((it, n) => kms.unwrap(it, `row-${n}`))), keys);
  });

  it('give way to a new one, which is put in front', async () => {
    const dataKey = randomBytes(32);
    const old = await kms.wrap(dataKey, 'row-1');
    const { current } = kmsOf(settings({ kmsKey: 'kek-2,kek-1' }));
    assert.equal(await current.newest(), 'pkcs11:kek-2');
    assert.deepEqual(await current.unwrap(old, 'row-1'), dataKey);
    assert.equal((await current.wrap(dataKey, 'row-1')).kekId, 'pkcs11:kek-2');
    await current.close();
  });

  it('say what is wrong: no such key, no such token, no such module', async () => {
    await assert.rejects(kmsOf(settings({ kmsKey: 'kek-9' })).current.newest(), /has 0 secret keys that are called kek-9/);
    await assert.rejects(kmsOf(settings({ kmsTokenLabel: 'other' })).current.newest(), /no token is called other/);
    assert.throws(() => loadCryptoki('/nowhere/at-all.so'), /is not a PKCS#11 module/);
    assert.throws(() => kmsOf({ kms: 'pkcs11' }), /MIDSTREAM_KMS_MODULE/);
  });
});
