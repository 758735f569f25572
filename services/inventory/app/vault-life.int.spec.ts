import assert from 'node:assert/strict';
import { createCipheriv, randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import pino from 'pino';
import { House } from './house';
import { DataKeys } from './keys';
import { aWorld, buys, offer, product, until, type World } from './inventory.app.fixtures';
import { idOfKey, LocalKms } from './kms/kms';

const CANARY = 'CANARY-7KQ2-XM1D-00017';
const ndjson = { type: 'application/x-ndjson' };
const csv = { type: 'text/csv' };
const lines = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `"${prefix}-${n}"\n`).join('');

describe('the life of a code', () => {
  let world: World;
  let said = '';
  const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
  const codesOf = (supplierId: string, query = '') => `/suppliers/${supplierId}/offers/vip/codes${query}`;
  const keysKnown = () =>
    world.sql(
      `INSERT INTO watermark (topic, partition, partitions, at) VALUES ('order.by-api-key', 0, 1, clock_timestamp())
           ON CONFLICT (topic, partition) DO UPDATE SET at = excluded.at`,
    );
  const deliveriesOf = async (orderId: string) => {
    const { body } = await world.call('GET', `/deliveries?orderId=${orderId}`, undefined, { key: 'm-key' });
    return (body['items'] as { deliveryId: string }[]).map((it) => it.deliveryId);
  };
  const reveal = async (deliveryId: string, idempotencyKey: string) => {
    await keysKnown();
    return world.call('POST', `/deliveries/${deliveryId}/reveal`, { reason: 'the buyer asks' }, { key: 'm-key', idempotencyKey });
  };
  before(async () => {
    const log = new Writable({ write: (chunk: Buffer, _, done) => ((said += chunk.toString()), done()) });
    const settings = { vaultKey: `${newKey.toString('base64')},${oldKey.toString('base64')}`, revealsPerKey: '8' };
    world = await aWorld('inventory_vault_life', { settings, logger: pino({ level: 'trace' }, log) });
    await world.call('PUT', '/products/vip', product());
    for (const it of ['house', 'partner']) {
      await world.call('PUT', `/suppliers/${it}`, { name: { zh: it, en: it }, kind: 'vault', upstreamGroup: it });
      await world.call('PUT', `/suppliers/${it}/offers/vip`, offer({ capacityPerMinute: 100_000 }));
    }
  });
  after(() => world.end());

  describe('comes in a batch', () => {
    it('that may break off and be sent again under its name, and counts nothing twice', async () => {
      const first = await world.call('POST', codesOf('house', '?batchId=b1'), lines('B1', 700), ndjson);
      assert.deepEqual([first.body['batchId'], first.body['stored'], first.body['available']], ['house~vip/b1', 700, 700]);
      const again = await world.call('POST', codesOf('house', '?batchId=b1'), `${lines('B1', 700)}"B1-0"\n"B1-700"\n`, ndjson);
      const { stored, repeated, duplicates, problems, available } = again.body;
      assert.deepEqual([stored, repeated, duplicates, available], [1, 701, 0, 701]);
      assert.deepEqual(problems, []);
      const { body } = await world.call('GET', `/code-batches/${encodeURIComponent('house~vip/b1')}`);
      assert.deepEqual(
        [body['state'], body['stored'], body['read'], body['importedBy'], body['source']],
        ['done', 701, 702, 'operator:bootstrap', 'ndjson'],
      );
      assert.match(String(body['contentHash']), /^[0-9a-f]{64}$/);
    });

    it('that tells duplicates of any batch and supplier by their lines', async () => {
      const { body } = await world.call('POST', codesOf('partner', '?batchId=p1'), 'code\nP-1\nP-1\nB1-5\n', csv);
      assert.deepEqual([body['stored'], body['duplicates']], [1, 2]);
      const from = (batchId: string) => ({ batchId, supplierId: batchId.split('~')[0], sku: 'vip', importedBy: 'operator:bootstrap' });
      assert.deepEqual(body['problems'], [
        ...[['partner~vip/p1', 3, 2] as const, ['house~vip/b1', 4, 6] as const].map(([batchId, line, known]) => ({
          ...{ line, code: 'duplicate', batchId },
          knownFrom: { ...from(batchId), line: known },
        })),
      ]);
    });

    it('that tells its progress where it is asked to, and its end in the last line', async () => {
      const answer = await fetch(`${world.service.url}/v1${codesOf('house', '?batchId=b2')}`, {
        method: 'POST',
        headers: { authorization: 'Bearer op', 'content-type': 'text/csv', accept: 'application/x-ndjson' },
        body: 'code\nB2-1\n',
      });
      const last = JSON.parse((await answer.text()).trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
      assert.deepEqual(
        [last['state'], last['stored'], answer.headers.get('content-type')],
        ['done', 1, 'application/x-ndjson; charset=utf-8'],
      );
    });

    it('that is refused, and said to be stopped, where it is none', async () => {
      const cases: readonly [body: string | Buffer, query: string, status: number, code: string][] = [
        ['code,pin\nX-1,1\n', '?batchId=bad', 422, 'unknown-column'],
        [Buffer.from('\ufeffcode', 'utf16le'), '', 422, 'wrong-encoding'],
        ['code\n', '?expiresAt=2020-01-01T00:00:00Z', 422, 'batch-expired'],
        ['code\n', '?expiresAt=tomorrow', 400, 'invalid-body'],
        ['code\n', '?expiresAt=2099-02-30T00:00:00Z', 400, 'invalid-body'],
        ['code\n', '?batchId=a/b', 400, 'invalid-body'],
      ];
      for (const [body, query, status, code] of cases) {
        const answer = await fetch(`${world.service.url}/v1${codesOf('house', query)}`, {
          method: 'POST',
          headers: { authorization: 'Bearer op', 'content-type': 'text/csv' },
          body,
        });
        assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [status, code]);
      }
      assert.equal((await world.call('GET', `/code-batches/${encodeURIComponent('house~vip/bad')}`)).body['state'], 'stopped');
      const packed = await fetch(`${world.service.url}/v1${codesOf('house')}`, {
        method: 'POST',
        headers: { authorization: 'Bearer op', 'content-type': 'text/csv', 'content-encoding': 'gzip' },
        body: gzipSync('A-1\n'),
      });
      assert.deepEqual([packed.status, ((await packed.json()) as { code: string }).code], [415, 'content-encoding-unknown']);
      const empty = await world.call('POST', codesOf('house', '?batchId=empty'), '\n', csv);
      assert.deepEqual([empty.status, empty.body['read'], empty.body['stored']], [200, 0, 0]);
    });

    it('whose bad lines stop nothing: a megabyte, GBK, quotes, a long code', async () => {
      const body = Buffer.concat([
        Buffer.from('\ufeffcode\r\nL-1\r\n'),
        Buffer.alloc(1_048_576, 'x'),
        Buffer.from('\r\n'),
        Buffer.from([0xbf, 0xa8, 0xc3, 0xdc]),
        Buffer.from(`\r\n"open\r\n${'y'.repeat(4_097)}\r\n"L,2"\r\n`),
      ]);
      const answer = await fetch(`${world.service.url}/v1${codesOf('house')}`, {
        method: 'POST',
        headers: { authorization: 'Bearer op', 'content-type': 'text/csv' },
        body,
      });
      const { stored, invalid, problems } = (await answer.json()) as Record<string, unknown>;
      assert.deepEqual([stored, invalid], [2, 4]);
      assert.deepEqual(problems, [
        { line: 3, code: 'line-too-long' },
        { line: 4, code: 'not-utf-8-maybe-gbk' },
        { line: 5, code: 'bad-quotes' },
        { line: 6, code: 'code-too-long' },
      ]);
    });

    it('that operators see, and a supplier its own, without a word of others’', async () => {
      const { body } = await world.call('GET', '/code-batches?limit=2&supplierId=house');
      assert.equal((body['items'] as object[]).length, 2);
      const next = await world.call('GET', `/code-batches?limit=2&supplierId=house&after=${encodeURIComponent(String(body['next']))}`);
      assert.notDeepEqual(next.body['items'], body['items']);
      assert.equal((await world.call('GET', '/code-batches', undefined, { key: 'm-key' })).status, 403);
      const as = { key: 's-key' };
      const none = await world.call('GET', '/code-batches?supplierId=house', undefined, as);
      assert.deepEqual(none.body, { items: [] });
      const others = await world.call('GET', `/code-batches/${encodeURIComponent('house~vip/b1')}`, undefined, as);
      assert.deepEqual([others.status, others.body['code']], [404, 'unknown-code-batch']);
      await world.call('PUT', '/suppliers/a', { name: { zh: '甲', en: 'A' }, kind: 'vault', upstreamGroup: 'a' });
      await world.call('PUT', '/suppliers/a/offers/vip', offer());
      await world.call('POST', codesOf('a', '?batchId=by-hub'), 'OWN-1\nOWN-1\nB1-5\n', csv);
      const own = (await world.call('GET', '/code-batches', undefined, as)).body['items'] as { problems: object[]; stored: number }[];
      const from = { sku: 'vip', line: 1, batchId: 'a~vip/by-hub', supplierId: 'a', importedBy: 'operator:bootstrap' };
      assert.deepEqual(
        own.map((it) => [it.stored, it.problems]),
        [
          [
            1,
            [
              { line: 2, code: 'duplicate', batchId: from.batchId, knownFrom: from },
              { line: 3, code: 'duplicate' },
            ],
          ],
        ],
      );
    });
  });

  it('expires: it is written off, never given to a unit, and those that expire sooner go first', async () => {
    const soon = new Date(Date.now() + 3_000).toISOString();
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const body = [`{"code":"E-soon","expiresAt":"${soon}"}`, `{"code":"E-later","expiresAt":"${later}"}`].join('\n');
    const before = await world.call('GET', '/suppliers/house/offers/vip');
    const { available } = (await world.call('POST', `${codesOf('house')}?marginDays=0`, body, ndjson)).body;
    assert.equal(available, Number(before.body['available']) + 2);
    await until(async () => Number((await world.call('GET', '/suppliers/house/offers/vip')).body['available']) === Number(available) - 1);
    assert.deepEqual(await world.sql(`SELECT count(*)::int AS n FROM code WHERE state = 'expired'`), [{ n: 1 }]);
    await buys(world, 'e1', 'vip', 1, ['house']);
    await world.facts('UnitsDelivered', 'e1');
    const [deliveryId = ''] = await deliveriesOf('e1');
    const shown = await reveal(deliveryId, 'e1');
    assert.deepEqual([shown.body['code'], shown.body['expiresAt']], ['E-later', later]);
  });

  it('is no longer sold so many days before it expires: by its batch, else by its category; the ledger says why', async () => {
    const inDays = (days: number, moreMs = 0) => new Date(Date.now() + days * 86_400_000 + moreMs).toISOString();
    const take = async (query: string, ...lines: readonly string[]) => {
      const codes = lines.map((it, n) => `{"code":"M${n}-${query.slice(1)}","expiresAt":"${it}"}`).join('\n');
      return (await world.call('POST', `${codesOf('house')}${query}`, codes, ndjson)).body;
    };
    const usual = await take('?batchId=usual', inDays(1, -60_000), inDays(40));
    assert.deepEqual([usual['stored'], usual['problems']], [1, [{ line: 1, code: 'near-expiry' }]]);
    const { body: batch } = await world.call('GET', `/code-batches/${encodeURIComponent('house~vip/usual')}`);
    assert.equal(batch['marginDays'], 1);
    const late = await world.call('POST', `${codesOf('house')}?marginDays=5&expiresAt=${inDays(4)}`, 'code\n', { type: 'text/csv' });
    assert.deepEqual([late.status, late.body['code'], late.body['field']], [422, 'batch-near-expiry', 'expiresAt']);
    assert.equal((await world.call('POST', `${codesOf('house')}?marginDays=366`, 'A', ndjson)).status, 400);

    await take('?marginDays=5&batchId=five', inDays(5, 2_500), inDays(6));
    const turnover = async () => ((await world.call('GET', '/turnover?supplierId=house')).body['items'] as Record<string, unknown>[])[0];
    const { nextSellUntil, withdrawnUnits } = (await turnover()) ?? {};
    assert.ok(Date.parse(String(nextSellUntil)) < Date.now() + 2_500 && withdrawnUnits === 0);
    await until(async () => (await turnover())?.['withdrawnUnits'] === 1);
    await until(async () => {
      const { body } = await world.call('GET', '/suppliers/house/offers/vip/movements');
      return (body['items'] as Record<string, unknown>[]).some((it) => it['reason'] === 'near-expiry' && it['units'] === 1);
    });
    await world.call('POST', '/stock-books/reconcile');
    assert.deepEqual((await world.call('GET', '/stock-books/differences')).body, { items: [] });
  });

  it('goes to one unit only, however many ask for how few at once', async () => {
    const { codes, stocking, keys } = House.of(world.service.database);
    const key = await keys.ownFor('batch', 300);
    await stocking.take(
      { offerId: 'scarce~vip', sku: 'vip', key },
      Array.from({ length: 300 }, (_, n) => ({ line: n, code: `S-${n}` })),
    );
    const asked = Array.from({ length: 64 }, (_, n) => ({ purchaseId: `p${n}`, offerId: 'scarce~vip', sku: 'vip' }));
    const given = await Promise.all(
      asked.flatMap((it) =>
        [0, 1].map(() =>
          codes.assign(
            it,
            Array.from({ length: 7 }, (_, n) => `${it.purchaseId}/${n}`),
          ),
        ),
      ),
    );
    const units = new Set(given.flat());
    assert.equal(units.size, 300, 'all are given, none is left behind a lock');
    const [found] = await world.sql<{ codes: number; units: number }>(
      `SELECT count(*)::int AS codes, count(DISTINCT unit_id)::int AS units FROM code WHERE offer_id = 'scarce~vip' AND state = 'assigned'`,
    );
    assert.deepEqual(found, { codes: 300, units: 300 });
  });

  it('is nowhere in clear on its way from the import to the reveal', async () => {
    await world.call('POST', codesOf('partner', '?batchId=canary'), `"${CANARY}"\n"${CANARY}"\n${CANARY}\n`, ndjson);
    await world.sql(
      `UPDATE code SET state = 'invalid', unit_id = id::text WHERE offer_id = 'partner~vip' AND state = 'free' AND batch_id <> 'partner~vip/canary'`,
    );
    await buys(world, 'c1', 'vip', 1, ['partner']);
    await world.facts('UnitsDelivered', 'c1');
    const [deliveryId = ''] = await deliveriesOf('c1');
    assert.equal((await reveal(deliveryId, 'c1')).body['code'], CANARY);
    assert.equal((await reveal(deliveryId, 'c1')).body['code'], CANARY);
    assert.equal((await reveal(deliveryId, 'c2')).status, 409);
    assert.equal(
      (await world.call('POST', `/deliveries/${deliveryId}/reveal`, { reason: 'x' }, { key: 'other', idempotencyKey: 'c1' })).status,
      404,
    );
    const forms = [CANARY, Buffer.from(CANARY).toString('hex'), Buffer.from(CANARY).toString('base64')];
    const tables = await world.sql<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`,
    );
    assert.ok(tables.length > 15);
    for (const { name } of tables)
      assert.deepEqual(await world.sql(`SELECT 1 FROM "${name}" t WHERE t::text LIKE ANY ($1)`, [forms.map((it) => `%${it}%`)]), [], name);
    assert.ok(said.length > 0, 'the log was kept');
    for (const it of forms) assert.ok(!said.includes(it), 'a code was logged');
  });

  it('leaves a chain of records, in which each change is found', async () => {
    const verify = async (query = '') => (await world.call('GET', `/audit/reveals/verify?merchantId=m${query}`)).body;
    const whole = await verify();
    assert.deepEqual([whole['intact'], whole['verified']], [true, 3]);
    assert.deepEqual((await verify('&after=1'))['verified'], 2);
    const spoiled = async (seq: number, why: string, spoil: string) => {
      await world.sql('CREATE TABLE kept AS SELECT * FROM reveal');
      await world.sql(spoil);
      assert.deepEqual((await verify())['broken'], { seq, why });
      await world.sql('TRUNCATE reveal');
      await world.sql('INSERT INTO reveal SELECT * FROM kept');
      await world.sql('DROP TABLE kept');
    };
    await spoiled(2, 'changed', `UPDATE reveal SET reason = 'nothing' WHERE seq = 2`);
    await spoiled(2, 'missing', 'DELETE FROM reveal WHERE seq = 2');
    await spoiled(3, 'missing', 'DELETE FROM reveal WHERE seq = 3');
    await spoiled(1, 'missing', `UPDATE reveal SET seq = CASE seq WHEN 1 THEN 12 ELSE 11 END WHERE seq < 3`);
    assert.equal((await verify())['intact'], true);
    assert.equal((await world.call('GET', '/audit/reveals/verify?merchantId=m', undefined, { key: 'm-key' })).status, 403);
  });

  it('is shown no faster than a key may ask', async () => {
    await buys(world, 'r1', 'vip', 8, ['house']);
    await until(async () => (await deliveriesOf('r1')).length === 8);
    const answers: number[] = [];
    for (const [n, it] of (await deliveriesOf('r1')).entries()) answers.push((await reveal(it, `r${n}`)).status);
    assert.deepEqual(answers, [200, 200, 200, 200, 200, 429, 429, 429]);
  });

  it('stays readable while all keys are wrapped anew, and after the old one is gone', async () => {
    const { keys } = House.of(world.service.database);
    const old = new LocalKms(oldKey.toString('base64'));
    const rows = await world.sql<{ id: string; kek_id: string; wrapped: Buffer }>('SELECT id, kek_id, wrapped FROM data_key');
    for (const { id, kek_id: kekId, wrapped } of rows) {
      const bytes = await keys.kms.current.unwrap({ kekId, wrapped }, `hub|data-key|${id}`);
      const { kekId: by, wrapped: anew } = await old.wrap(bytes, `hub|data-key|${id}`);
      await world.sql('UPDATE data_key SET kek_id = $2, wrapped = $3 WHERE id = $1', [id, by, anew]);
    }
    // one from before there were data keys
    const [bare] = await world.sql<{ id: string; unit_id: string }>(`SELECT id, unit_id FROM code WHERE unit_id LIKE 'r1/%' LIMIT 1`);
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', oldKey, iv).setAAD(Buffer.from(`code|vip|${bare?.id}|${idOfKey(oldKey)}`));
    const sealed = Buffer.concat([cipher.update('BARE-1'), cipher.final()]);
    await world.sql('UPDATE code SET key_id = $2, sealed = $3 WHERE id = $1', [
      ...[bare?.id, idOfKey(oldKey), Buffer.concat([iv, cipher.getAuthTag(), sealed])],
    ]);
    const opens = async () => {
      const found = await world.sql<{ id: string; key_id: string; sealed: Buffer }>(
        `SELECT id, key_id, sealed FROM code WHERE unit_id LIKE 'r1/%' ORDER BY id`,
      );
      const fresh = new DataKeys(world.service.database, keys.kms);
      return Promise.all(found.map((it) => fresh.open({ keyId: it.key_id, sealed: it.sealed }, ['code', 'vip', it.id])));
    };
    const before = await opens();
    assert.ok(before.includes('BARE-1'));
    const asked = await world.call('POST', '/vault/rotation');
    assert.deepEqual([asked.status, (asked.body['rotation'] as { left: number }).left], [202, rows.length + 1]);
    const rotation = async () => {
      assert.deepEqual(await opens(), before, 'while it goes on');
      return (await world.call('GET', '/vault')).body as {
        rotation: { state: string; done: number; left: number };
        keys: object[];
        newest: string;
      };
    };
    await until(async () => (await rotation()).rotation.state === 'done');
    const { rotation: ended, keys: left, newest } = await rotation();
    assert.deepEqual([ended.done, ended.left], [rows.length + 1, 0]);
    assert.deepEqual(left, [{ kekId: newest, dataKeys: (await world.sql('SELECT 1 FROM data_key')).length }]);
    const only = { local: new LocalKms(newKey.toString('base64')) };
    const without = new DataKeys(world.service.database, { current: only.local, all: [only.local], ...only });
    const found = await world.sql<{ id: string; key_id: string; sealed: Buffer }>(
      `SELECT id, key_id, sealed FROM code WHERE unit_id LIKE 'r1/%' ORDER BY id`,
    );
    assert.deepEqual(
      await Promise.all(found.map((it) => without.open({ keyId: it.key_id, sealed: it.sealed }, ['code', 'vip', it.id]))),
      before,
    );
  });
});
