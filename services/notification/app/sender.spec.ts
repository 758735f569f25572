import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { isPublic } from './address';
import { TRACE } from '@midstream/runtime/suite/speaking';
import { type Receiver, receiver } from './receiver.fixtures';
import { LANES, laneOf } from './lanes';
import { KEY_LENGTH_MIN, Secrets } from './secrets';
import { patienceOf, sender } from './sender';

const secret = new Secrets('k'.repeat(KEY_LENGTH_MIN)).secretOf('e1', new Secrets('k'.repeat(KEY_LENGTH_MIN)).currentKeyId);
const message = { messageId: 'e1:o1:1', body: '{"type":"webhook.test"}', secret };

describe('a message on its way', () => {
  let merchant: Receiver;
  const send = sender({ allowPrivate: true, deadlineMs: 200 });
  before(async () => {
    merchant = await receiver();
  });
  beforeEach(() => {
    merchant.received.length = 0;
    merchant.headers = {};
  });
  after(() => merchant.close());

  it('is signed as the specification wants it, and carries the trace', async () => {
    const { status } = await send({ ...message, url: merchant.url, traceparent: TRACE });
    const [got] = merchant.received;
    assert.equal(status, 204);
    assert.deepEqual(new Webhook(secret).verify(got?.body ?? '', got?.headers ?? {}), { type: 'webhook.test' });
    assert.equal(got?.headers['webhook-id'], 'e1:o1:1');
    assert.equal(got?.headers['traceparent'], TRACE);
    assert.throws(() => new Webhook(secret).verify(`${got?.body} `, got?.headers ?? {}));
  });

  it('does not follow a redirect', async () => {
    merchant.answers = [302];
    merchant.headers = { location: `${merchant.url}/elsewhere` };
    assert.equal((await send({ ...message, url: merchant.url })).status, 302);
    assert.equal(merchant.received.length, 1);
  });

  it('does not wait for ever', async () => {
    merchant.answers = ['hang'];
    const { error, durationMs } = await send({ ...message, url: merchant.url });
    assert.equal(error, 'timeout');
    assert.ok(durationMs < 1000);
  });

  it('hears how long the receiver wants to be left alone', async () => {
    merchant.answers = [429];
    merchant.headers = { 'retry-after': '7' };
    assert.equal((await send({ ...message, url: merchant.url })).retryAfterMs, 7000);
    assert.equal(patienceOf('Tue, 24 Nov 2026 12:00:10 GMT', Date.UTC(2026, 10, 24, 12)), 10_000);
    assert.equal(patienceOf('soon', 0), undefined);
  });

  it('tells that nobody is there', async () => assert.equal((await send({ ...message, url: 'http://127.0.0.1:1' })).error, 'ECONNREFUSED'));

  for (const host of ['127.0.0.1', 'localhost', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '0'])
    it(`does not reach our own network by ${host}`, async () => {
      const url = merchant.url.replace('127.0.0.1', host);
      assert.equal((await sender({ allowPrivate: false })({ ...message, url })).error, 'address-not-allowed');
      assert.equal(merchant.received.length, 0);
    });
});

describe('an address', () => {
  for (const it1 of ['8.8.8.8', '172.15.255.255', '172.32.0.0', '2606:4700::1111'])
    it(`${it1} is public`, () => assert.equal(isPublic(it1), true));
  for (const it1 of [
    '10.1.2.3',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
  ])
    it(`${it1} is not public`, () => assert.equal(isPublic(it1), false));
  for (const it1 of ['::1', '::', 'fe80::1', 'fd00::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::', '2001:db8::1'])
    it(`${it1} is not public`, () => assert.equal(isPublic(it1), false));
});

describe('the secrets', () => {
  const [old, fresh] = ['o'.repeat(KEY_LENGTH_MIN), 'n'.repeat(KEY_LENGTH_MIN)];

  it('differ by endpoint, and stay when a newer key comes', () => {
    const before = new Secrets(old);
    const after = new Secrets(`${fresh},${old}`);
    assert.notEqual(before.secretOf('e1', before.currentKeyId), before.secretOf('e2', before.currentKeyId));
    assert.equal(after.secretOf('e1', before.currentKeyId), before.secretOf('e1', before.currentKeyId));
    assert.notEqual(after.currentKeyId, before.currentKeyId);
  });

  it('need a key that cannot be guessed', () => {
    assert.throws(() => new Secrets(undefined), /MIDSTREAM_WEBHOOK_KEY is not set/);
    assert.throws(() => new Secrets('k'.repeat(KEY_LENGTH_MIN - 1)), /at least 32/);
  });
});

it('spreads the messages of an endpoint over a few lanes', () => {
  const lanes = new Set(Array.from({ length: 200 }, (_, n) => laneOf({ endpointId: 'e1', messageId: `e1:o${n}:1` })));
  assert.equal(lanes.size, LANES);
});
