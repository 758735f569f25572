import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { aSupplier, aWorld, product, until, type World } from '../inventory.app.fixtures';

describe('a signed feed', () => {
  let world: World;
  let secret: string;
  let sequence = 100;
  before(async () => {
    world = await aWorld('inventory_feed');
    await world.call('PUT', '/products/vip', product());
    await aSupplier(world, 'a', 'vip', 10);
    await aSupplier(world, 'b', 'vip', 10);
    secret = await rotate('a');
  });
  after(() => world.end());

  async function rotate(supplierId: string, body: object = {}): Promise<string> {
    const answer = await world.call('POST', `/suppliers/${supplierId}/feed-secrets`, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return String(answer.body['secret']);
  }

  const message = (quantity: number, change: object = {}) =>
    JSON.stringify({ type: 'stock.changed', data: { changes: [{ sku: 'vip', quantity, sequence: (sequence += 1) }] }, ...change });

  interface Push {
    readonly to?: string;
    readonly id?: string;
    readonly body?: string;
    readonly secrets?: readonly string[];
    readonly at?: Date;
    readonly headers?: Record<string, string>;
  }

  /** Signed by the reference library, which is not ours. */
  async function push({
    to = 'a',
    id = `msg_${(sequence += 1)}`,
    body = message(5),
    secrets = [secret],
    at = new Date(),
    headers,
  }: Push = {}) {
    const signature = secrets.map((it) => new Webhook(it).sign(id, at, body)).join(' ');
    const signed = { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at.getTime() / 1000)), 'webhook-signature': signature };
    const answer = await fetch(`${world.service.url}/v1/suppliers/${to}/feed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(headers ?? signed) },
      body,
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  const available = async () => (await world.call('GET', '/suppliers/a/offers/vip')).body['available'];

  it('is taken without a key of ours, by the signature of another implementation', async () => {
    const { status, body } = await push({ body: message(7) });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body['taken'], body['refused'], await available()], [1, 0, 7]);
  });

  it('that says null of what it does not know leaves that as it was', async () => {
    const of = {
      sku: 'vip',
      quantity: 9,
      sequence: (sequence += 1),
      costTiers: null,
      capacityPerMinute: null,
      leadTimeMs: null,
      offerId: null,
    };
    const { status, body } = await push({ body: message(9, { data: { changes: [of] } }) });
    assert.deepEqual([status, body['taken'], await available()], [200, 1, 9]);
    const [offer] = await world.sql<{ state: { capacityPerMinute: number } }>(`SELECT state FROM offer WHERE id = 'a~vip'`);
    assert.ok(Number(offer?.state.capacityPerMinute) > 0);
  });

  it('with a signature that is wrong, missing or of another body is refused, and changes nothing', async () => {
    const before = await available();
    const stranger = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const wrong = await push({ body: message(1), secrets: [stranger] });
    assert.deepEqual([wrong.status, wrong.body['code']], [401, 'signature-wrong']);
    const missing = await push({ body: message(1), headers: {} });
    assert.deepEqual([missing.status, missing.body['code']], [401, 'signature-missing']);
    const id = 'msg_other';
    const at = new Date();
    const signature = new Webhook(secret).sign(id, at, message(1));
    const swapped = await push({
      body: message(2),
      headers: { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at.getTime() / 1000)), 'webhook-signature': signature },
    });
    assert.deepEqual([swapped.status, swapped.body['code']], [401, 'signature-wrong']);
    const nonsense = await push({ headers: { 'webhook-id': 'x', 'webhook-timestamp': 'noon', 'webhook-signature': 'v1,AAAA' } });
    assert.deepEqual([nonsense.status, nonsense.body['code']], [400, 'signature-malformed']);
    assert.equal(await available(), before);
  });

  it('that is old, or ahead of time, is refused', async () => {
    for (const [minutes, code] of [
      [-6, 'signature-too-old'],
      [6, 'signature-too-new'],
    ] as const) {
      const { status, body } = await push({ at: new Date(Date.now() + minutes * 60_000) });
      assert.deepEqual([status, body['code']], [400, code]);
    }
  });

  it('that comes again is refused, and takes nothing twice', async () => {
    const body = message(6);
    assert.equal((await push({ id: 'msg_once', body })).status, 200);
    const again = await push({ id: 'msg_once', body });
    assert.deepEqual([again.status, again.body['code']], [409, 'message-known']);
  });

  it('is known once it is taken and no sooner: what a process has died with may come again', async () => {
    const body = message(8);
    const locker = await world.service.database.pool.connect();
    await locker.query(`BEGIN; SELECT 1 FROM offer WHERE id = 'a~vip' FOR UPDATE`);
    const first = push({ id: 'msg_slow', body });
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await until(async () => (await world.sql(waiting)).length > 0, 'the change that waits');
    const again = push({ id: 'msg_slow', body });
    assert.deepEqual(await world.sql(`SELECT 1 FROM feed_message WHERE webhook_id = 'msg_slow'`), []);
    await locker.query('ROLLBACK');
    locker.release();
    assert.deepEqual([(await first).status, (await again).status, await available()], [200, 200, 8]);
    assert.equal((await push({ id: 'msg_slow', body })).status, 409);
  });

  it('of one supplier is none of another’s', async () => {
    const foreign = await push({ to: 'b' });
    assert.deepEqual([foreign.status, foreign.body['code']], [401, 'signature-wrong']);
    const nobody = await push({ to: 'nobody' });
    assert.deepEqual([nobody.status, nobody.body['code']], [401, 'signature-wrong']);
    const named = { type: 'stock.changed', data: { changes: [{ sku: 'vip', offerId: 'b~vip', quantity: 0, sequence: (sequence += 1) }] } };
    const { status, body } = await push({ body: JSON.stringify(named) });
    assert.equal(status, 200);
    const refused = { index: 0, sku: 'vip', status: 'refused' };
    assert.deepEqual(body['results'], [{ ...refused, code: 'foreign-offer', title: 'The offer is another supplier’s' }]);
    const known = sequence;
    await push({ body: JSON.stringify({ type: 'stock.changed', data: { changes: [{ sku: 'vip', quantity: 5, sequence: known }] } }) });
    const stale = await push({
      body: JSON.stringify({ type: 'stock.changed', data: { changes: [{ sku: 'vip', quantity: 1, sequence: 1 }] } }),
    });
    const title = 'A report with this sequence, or a higher one, is known already';
    assert.deepEqual(stale.body['results'], [{ ...refused, code: 'stale-report', title, sequence: known }]);
  });

  it('that is genuine and no feed says which field is wrong', async () => {
    const { status, body } = await push({ body: message(1, { data: { changes: [{ sku: 'vip', quantity: -1, sequence: 1 }] } }) });
    assert.deepEqual([status, body['code']], [400, 'invalid-body']);
    assert.match(String(body['detail']), /data\.changes\.0\.quantity/);
    assert.equal((await push({ body: '[]' })).status, 400);
  });

  it('goes on while its secret changes: the old one for a while, both in one message, and no longer than said', async () => {
    const older = secret;
    secret = await rotate('a');
    assert.equal((await push({ secrets: [older] })).status, 200);
    assert.equal((await push({ secrets: [older, secret] })).status, 200);
    secret = await rotate('a', { overlapMs: 0 });
    assert.equal((await push({ secrets: [older] })).body['code'], 'signature-wrong');
    assert.equal((await push()).status, 200);
  });

  it('has its secrets sealed, and none in the log', async () => {
    const plain = Buffer.from(secret).toString('hex');
    const [found] = await world.sql<{ n: string }>(
      `SELECT count(*) AS n FROM feed_secret WHERE position($1 in encode(sealed, 'hex')) > 0`,
      [plain],
    );
    assert.equal(found?.n, '0');
    assert.equal((await world.call('POST', '/suppliers/a/feed-secrets', {}, { key: 'm-key' })).status, 403);
    assert.equal((await world.call('POST', '/suppliers/b/feed-secrets', {}, { key: 's-key' })).status, 404);
  });
});
