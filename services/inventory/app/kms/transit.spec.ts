import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { kmsOf } from './choose';
import { KmsProblem } from './kms';
import { TransitKms } from './transit';
import { type TransitStandIn, transitStandIn } from './transit.fixtures';

describe('keys in Vault’s transit engine', () => {
  let vault: TransitStandIn;
  let folder: string;
  let kms: TransitKms;
  const dataKey = randomBytes(32);
  before(async () => {
    vault = await transitStandIn('transit', 'midstream');
    folder = mkdtempSync(join(tmpdir(), 'midstream-transit-'));
    kms = new TransitKms({ url: vault.url, key: 'midstream', mount: 'transit', tokenPath: join(folder, 'token'), waitMs: 300 });
  });
  beforeEach(() => {
    vault.mood = 'answers';
    writeFileSync(join(folder, 'token'), `${vault.token}\n`);
  });
  after(async () => {
    await kms.close();
    await vault.close();
    rmSync(folder, { recursive: true });
  });

  it('wrap and unwrap a data key for its row, and for no other', async () => {
    const wrapped = await kms.wrap(dataKey, 'row-1');
    assert.equal(wrapped.kekId, 'transit:midstream:v1');
    assert.deepEqual(await kms.unwrap(wrapped, 'row-1'), dataKey);
    await assert.rejects(
      kms.unwrap(wrapped, 'row-2'),
      /refuses POST transit\/decrypt\/midstream with 400: cipher: message authentication failed/,
    );
  });

  it('have versions: a new one wraps, the old one still unwraps', async () => {
    const old = await kms.wrap(dataKey, 'row-1');
    vault.rotate();
    assert.equal(await kms.newest(), 'transit:midstream:v2');
    assert.equal((await kms.wrap(dataKey, 'row-1')).kekId, 'transit:midstream:v2');
    assert.deepEqual(await kms.unwrap(old, 'row-1'), dataKey);
  });

  it('are asked for with the token that lies in the file now', async () => {
    vault.token = 'hvs.renewed';
    await assert.rejects(kms.newest(), /403: permission denied/);
    writeFileSync(join(folder, 'token'), vault.token);
    await kms.newest();
  });

  it('are asked for twice, and no longer than they may take, where Vault is sealed or says nothing', async () => {
    for (const [mood, words] of [
      ['sealed', /answers 503: Vault is sealed/],
      ['silent', /does not answer \(TimeoutError\)/],
    ] as const) {
      vault.mood = mood;
      const before = vault.asked.length;
      await assert.rejects(kms.unwrap({ kekId: 'transit:midstream:v1', wrapped: Buffer.from('vault:v1:AAAA') }, 'row-1'), words);
      assert.equal(vault.asked.length, before + 2);
    }
  });

  it('say which setting is missing', () => {
    assert.throws(
      () => kmsOf({ kms: 'vault-transit' }),
      new KmsProblem('MIDSTREAM_KMS=vault-transit needs MIDSTREAM_KMS_URL, where Vault is'),
    );
    assert.throws(() => kmsOf({ kms: 'cloud' }), /MIDSTREAM_KMS is local, vault-transit, pkcs11, not cloud/);
    assert.throws(() => kmsOf({}), /MIDSTREAM_VAULT_KEY/);
  });
});
