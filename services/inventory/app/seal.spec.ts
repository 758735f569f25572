import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { Sealer } from './seal';

const key = () => randomBytes(32).toString('base64');

describe('a sealed code', () => {
  const [first, second, prints] = [key(), key(), key()];
  const sealer = new Sealer(first, prints);
  const belongsTo = ['code', 'vip', 'id-1'];

  it('opens for what it belongs to, and for nothing else', () => {
    const sealed = sealer.seal('7KQ2-密', belongsTo);
    assert.equal(sealer.open(sealed, belongsTo), '7KQ2-密');
    assert.throws(() => sealer.open(sealed, ['code', 'vip', 'id-2']));
    assert.throws(() => sealer.open(sealed, ['code', 'other', 'id-1']));
    assert.throws(() => sealer.open({ ...sealed, sealed: Buffer.concat([sealed.sealed.subarray(0, -1), Buffer.from([0])]) }, belongsTo));
  });

  it('never looks the same twice', () => assert.notDeepEqual(sealer.seal('x', belongsTo).sealed, sealer.seal('x', belongsTo).sealed));

  it('opens with the key that sealed it after another has taken its place', () => {
    const sealed = sealer.seal('x', belongsTo);
    const later = new Sealer(`${second},${first}`, prints);
    assert.equal(later.open(sealed, belongsTo), 'x');
    assert.notEqual(later.seal('x', belongsTo).keyId, sealed.keyId);
    assert.throws(() => new Sealer(second, prints).open(sealed, belongsTo), /has no key/);
  });

  it('is found again by its fingerprint, within its SKU', () => {
    assert.deepEqual(sealer.fingerprint('vip', 'x'), new Sealer(second, prints).fingerprint('vip', 'x'));
    assert.notDeepEqual(sealer.fingerprint('vip', 'x'), sealer.fingerprint('other', 'x'));
    assert.notDeepEqual(sealer.fingerprint('vip', 'x'), new Sealer(first, key()).fingerprint('vip', 'x'));
  });

  it('needs whole keys', () => assert.throws(() => new Sealer(Buffer.from('short').toString('base64'), prints), /32 bytes/));
});
