import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { KEYS_AGE_MS_MAX } from './reveal';
import { aWorld, buys, offer, product, until, type World } from './inventory.app.fixtures';

const ndjson = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => JSON.stringify({ code: `CODE-${from + n}` })).join('\n');
const stream = { type: 'application/x-ndjson' };

describe('the vault', () => {
  let world: World;
  before(async () => {
    world = await aWorld('inventory_vault');
    await world.call('PUT', '/products/vip', product());
    await world.call('PUT', '/suppliers/house', { name: { zh: '自营', en: 'House' }, kind: 'vault', upstreamGroup: 'house' });
    await world.call('PUT', '/suppliers/house/offers/vip', offer({ capacityPerMinute: 100_000 }));
  });
  after(() => world.end());

  it('takes codes once, however often they are sent, and says which lines hold none', async () => {
    const first = await world.call(
      'POST',
      '/suppliers/house/offers/vip/codes',
      `${ndjson(0, 600)}\n{"serial":1}\nnot json\n"PLAIN-1"\n`,
      stream,
    );
    const { batchId, ...counted } = first.body;
    assert.match(String(batchId), /^house~vip\//);
    assert.deepEqual(counted, {
      ...{ state: 'done', read: 603, stored: 601, repeated: 0, duplicates: 0, invalid: 2, available: 601 },
      problems: [
        { line: 601, code: 'no-code' },
        { line: 602, code: 'not-json' },
      ],
    });
    const again = await world.call('POST', '/suppliers/house/offers/vip/codes', ndjson(0, 600), stream);
    assert.deepEqual([again.body['stored'], again.body['duplicates'], again.body['available']], [0, 600, 601]);
    const knownFrom = { sku: 'vip', supplierId: 'house', batchId, line: 1, importedBy: 'operator:bootstrap' };
    assert.deepEqual((again.body['problems'] as object[])[0], { line: 1, code: 'duplicate', batchId, knownFrom });
    const csv = await world.call('POST', '/suppliers/house/offers/vip/codes', 'code\n"CSV-1"\nCSV-2\n', { type: 'text/csv' });
    assert.deepEqual([csv.body['stored'], csv.body['invalid'], csv.body['available']], [2, 0, 603]);
  });

  it('keeps them encrypted, and opens none that was moved', async () => {
    const found = await world.sql<{ id: string; sealed: Buffer }>(`SELECT id, sealed FROM code`);
    assert.ok(found.every((it) => !it.sealed.toString('latin1').includes('CODE-')));
  });

  it('refuses what is not for it', async () => {
    assert.equal((await world.call('POST', '/suppliers/house/offers/none/codes', ndjson(0, 1), stream)).status, 404);
    assert.equal((await world.call('POST', '/suppliers/house/offers/vip/codes', { code: 'x' })).status, 415);
    const feed = await world.call('POST', '/suppliers/house/stock', { changes: [{ sku: 'vip', quantity: 5, sequence: 1 }] });
    assert.deepEqual((feed.body['results'] as object[])[0], {
      ...{ index: 0, sku: 'vip', status: 'refused', code: 'vault-refuses-feeds' },
      title: 'A vault counts its own codes; import them instead',
    });
  });

  it('gives every unit of many orders a code of its own', async () => {
    const orders = Array.from({ length: 40 }, (_, n) => `v${n}`);
    await Promise.all(orders.map((it) => buys(world, it, 'vip', 5, ['house'])));
    for (const it of orders) assert.equal((await world.facts('UnitsDelivered', it))[0]?.tally.delivered, 5);
    const [units] = await world.sql<{ units: string; codes: string; free: string }>(
      `SELECT count(DISTINCT unit_id) AS units, count(*) FILTER (WHERE unit_id IS NOT NULL) AS codes, count(*) FILTER (WHERE state = 'free') AS free FROM code`,
    );
    assert.deepEqual(units, { units: '200', codes: '200', free: '403' });
    assert.equal((await world.call('GET', '/suppliers/house/offers/vip')).body['available'], 403);
  });

  describe('a delivered code', () => {
    const path = async () => {
      const { body } = await world.call('GET', '/deliveries?orderId=v0', undefined, { key: 'm-key' });
      const [first] = body['items'] as { deliveryId: string }[];
      assert.ok(first);
      return { id: first.deliveryId, url: `/deliveries/${encodeURIComponent(first.deliveryId)}/reveal` };
    };
    const reason = { reason: 'the buyer opens the order' };

    /** As order's relay says it every second. */
    const keysKnown = (ageMs = 0) =>
      world.sql(
        `INSERT INTO watermark (topic, partition, partitions, at) VALUES ('order.by-api-key', 0, 1, clock_timestamp() - make_interval(secs => $1))
             ON CONFLICT (topic, partition) DO UPDATE SET at = excluded.at`,
        [ageMs / 1000],
      );
    beforeEach(() => keysKnown());

    it('is not shown while nobody knows which keys were revoked', async () => {
      await keysKnown(KEYS_AGE_MS_MAX + 1_000);
      const { status, body } = await world.call('POST', (await path()).url, reason, { key: 'm-key', idempotencyKey: 'k0' });
      assert.deepEqual([status, body['code']], [503, 'keys-not-fresh']);
    });

    it('is shown to nobody else, and to nobody without a reason or a key', async () => {
      const { url } = await path();
      assert.equal((await world.call('POST', url, reason, { key: 'other', idempotencyKey: 'k1' })).status, 404);
      assert.equal((await world.call('POST', url, reason, { key: 'op', idempotencyKey: 'k1' })).status, 403);
      assert.equal((await world.call('POST', url, reason, { key: 'm-key' })).status, 400);
      for (const no of [{}, { reason: '  ' }])
        assert.equal((await world.call('POST', url, no, { key: 'm-key', idempotencyKey: 'k1' })).status, 400);
      assert.deepEqual((await world.call('GET', '/deliveries?orderId=v0', undefined, { key: 'other' })).body, { items: [] });
    });

    it('is shown once, again for the same key only, each time with a record', async () => {
      const { id, url } = await path();
      const first = await world.call('POST', url, reason, { key: 'm-key', idempotencyKey: 'k1' });
      assert.equal(first.status, 200, JSON.stringify(first.body));
      assert.match(String(first.body['code']), /^(CODE|PLAIN|CSV)-/);
      assert.equal(first.headers.get('cache-control'), 'no-store');
      const again = await world.call('POST', url, reason, { key: 'm-key', idempotencyKey: 'k1' });
      assert.deepEqual(again.body, first.body);
      const other = await world.call('POST', url, reason, { key: 'm-key', idempotencyKey: 'k2' });
      assert.deepEqual([other.status, other.body['code']], [409, 'already-revealed']);
      const second = (
        (await world.call('GET', '/deliveries?orderId=v2', undefined, { key: 'm-key' })).body['items'] as { deliveryId: string }[]
      )[0];
      const reused = await world.call('POST', `/deliveries/${encodeURIComponent(second?.deliveryId ?? '')}/reveal`, reason, { key: 'm-key', idempotencyKey: 'k1' }); // prettier-ignore
      assert.deepEqual([reused.status, reused.body['code']], [422, 'idempotency-key-reused']);
      const records = await world.sql<{ repeat: boolean; reason: string; api_key_id: string }>(
        `SELECT repeat, reason, api_key_id FROM reveal WHERE delivery_id = (SELECT id FROM delivery WHERE public_id = $1) ORDER BY id`,
        [id],
      );
      assert.deepEqual(
        records,
        [false, true].map((repeat) => ({ repeat, reason: reason.reason, api_key_id: 'm-key' })),
      );
    });

    it('is shown once to two who ask at the same time', async () => {
      const { body } = await world.call('GET', '/deliveries?orderId=v1', undefined, { key: 'm-key' });
      const [first] = body['items'] as { deliveryId: string }[];
      const url = `/deliveries/${encodeURIComponent(first?.deliveryId ?? '')}/reveal`;
      const answers = await Promise.all(
        ['x', 'y', 'z'].map((idempotencyKey) => world.call('POST', url, reason, { key: 'm-key', idempotencyKey })),
      );
      assert.deepEqual(answers.map((it) => it.status).sort(), [200, 409, 409]);
    });
  });

  it('changes its keys also while an offer’s codes cannot be counted', async () => {
    const more = (units: number) =>
      world.sql(`UPDATE vault_total SET stocked = stocked + $1, changed_at = clock_timestamp() - interval '1 minute'`, [units]);
    // as many as no row of an offer can count: the loop fails with it
    await more(3_000_000_000);
    assert.equal((await world.call('POST', '/vault/rotation')).status, 202);
    const state = async () => ((await world.call('GET', '/vault')).body['rotation'] as { state: string }).state;
    await until(async () => (await state()) === 'done', 'the rotation');
    assert.deepEqual(await world.sql(`SELECT 1 FROM vault_total WHERE told >= 3000000000`), []);
    await more(-3_000_000_000);
  });
});
