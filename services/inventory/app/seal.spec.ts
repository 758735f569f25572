import assert from 'node:assert/strict';
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { openCode } from './keys';
import { idOfKey, LocalKms } from './kms/kms';
import { DataKey, Fingerprints } from './seal';

const secret = () => randomBytes(32).toString('base64');
const belongsTo = ['hub', 'code', 'vip', 'id-1'];

describe('a sealed code', () => {
  const key = new DataKey('k-1', randomBytes(32));

  it('opens for what it belongs to, and for nothing else', () => {
    const { keyId, sealed } = key.seal('7KQ2-密', belongsTo);
    assert.equal(keyId, 'k-1');
    assert.equal(key.open(sealed, belongsTo), '7KQ2-密');
    for (const other of [
      ['hub', 'code', 'vip', 'id-2'],
      ['hub', 'code', 'other', 'id-1'],
      ['other', 'code', 'vip', 'id-1'],
    ])
      assert.throws(() => key.open(sealed, other));
    assert.throws(() => key.open(Buffer.concat([sealed.subarray(0, -1), Buffer.from([0])]), belongsTo));
    assert.throws(() => new DataKey('k-1', randomBytes(32)).open(sealed, belongsTo));
  });

  it('never looks the same twice, and never has the same nonce', () => {
    const sealed = Array.from({ length: 2_000 }, () => key.seal('x', belongsTo).sealed.toString('hex'));
    assert.equal(new Set(sealed.map((it) => it.slice(0, 24))).size, sealed.length);
  });

  it('leaves nothing of its key behind in the bytes that it was made of', () => {
    const bytes = randomBytes(32);
    const made = new DataKey('k-2', bytes);
    assert.deepEqual(bytes, Buffer.alloc(32));
    assert.equal(made.open(made.seal('x', belongsTo).sealed, belongsTo), 'x');
  });
});

describe('a code that was sealed by the vault’s key itself', () => {
  it('opens as long as that key is there', () => {
    const vaultKey = randomBytes(32);
    const keyId = idOfKey(vaultKey);
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', vaultKey, iv).setAAD(Buffer.from(`code|vip|id-1|${keyId}`));
    const text = Buffer.concat([cipher.update('OLD-1'), cipher.final()]);
    const code = { id: 'id-1', sku: 'vip', keyId, sealed: Buffer.concat([iv, cipher.getAuthTag(), text]) };
    assert.equal(openCode(new LocalKms(`${secret()},${vaultKey.toString('base64')}`), code), 'OLD-1');
    assert.throws(() => openCode(new LocalKms(secret()), code), /has no key/);
  });
});

describe('a fingerprint', () => {
  it('finds a code again, however its letters are composed, and no other by another key', () => {
    const [key, other] = [secret(), secret()];
    const prints = new Fingerprints(key);
    assert.deepEqual(prints.of('caf\u00e9'), new Fingerprints(key).of('cafe\u0301'));
    assert.notDeepEqual(prints.of('x'), prints.of('y'));
    assert.notDeepEqual(prints.of('x'), new Fingerprints(other).of('x'));
  });

  it('is what it was: a hub finds what it has by it', () => {
    const key = Buffer.alloc(32, 7);
    const expected = createHmac('sha256', key).update('\nX-1').digest().subarray(0, 16);
    assert.deepEqual(new Fingerprints(key.toString('base64')).of('X-1'), expected);
  });

  it('needs a whole key', () => assert.throws(() => new Fingerprints(Buffer.from('short').toString('base64')), /32 bytes/));
});

describe('keys from a file', () => {
  it('wrap by the first, and unwrap by all, for the row that they were wrapped for', async () => {
    const [first, second] = [secret(), secret()];
    const dataKey = randomBytes(32);
    const old = await new LocalKms(first).wrap(dataKey, 'row-1');
    const later = new LocalKms(`${second},${first}`);
    assert.deepEqual(await later.unwrap(old, 'row-1'), dataKey);
    await assert.rejects(later.unwrap(old, 'row-2'), /does not open/);
    assert.notEqual((await later.wrap(dataKey, 'row-1')).kekId, old.kekId);
    assert.equal(await later.newest(), (await later.wrap(dataKey, 'row-1')).kekId);
    await assert.rejects(new LocalKms(second).unwrap(old, 'row-1'), /the vault has no key local:/);
    assert.throws(() => new LocalKms('c2hvcnQ='), /32 bytes/);
  });
});
