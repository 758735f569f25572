import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { aRanking } from '@midstream/compliance-domain/compliance.fixtures';
import { type Fact, faultOf } from '@midstream/contracts';
import { hashOfKey, openApiOf, type RunningService, startService } from '@midstream/runtime';
import { postgresForTests, type TestDatabase } from '@midstream/testing/infrastructure';
import pino from 'pino';
import { busToSpeakAt } from '@midstream/runtime/suite/speaking';
import { complianceService } from './service';

const product = (sku: string, it: Partial<Fact<'ProductState'>> = {}): Fact<'ProductState'> => ({
  ...{ type: 'ProductState', sku, version: 1, name: { zh: sku, en: sku }, category: 'membership', fulfilmentKind: 'PIN_PURCHASE' },
  ...{ faceValueMinor: 3000, priceMinor: 2500, currency: 'CNY', regions: ['CN'], attributes: {}, listed: true },
  ...it,
});
const ranking = (orderId: string, skus: readonly string[]): Fact<'OffersRanked'> => {
  const it = aRanking(skus);
  return { type: 'OffersRanked', ...it, orderId, request: { ...it.request, orderId } };
};
const aBan = { ruleId: 'r1', effect: 'banned', match: { category: 'membership' }, regions: ['CN'], reason: '禁售 Taken off sale' };

describe('compliance', () => {
  let database: TestDatabase;
  let service: RunningService;
  const bus = busToSpeakAt('compliance');
  before(async () => {
    database = await (await postgresForTests()).database('compliance');
    const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
    service = await startService(complianceService, { databaseUrl: database.url, bus, port: 0, bootstrapKey: 'op', logger });
    await bus.tell({
      type: 'ApiKeyState',
      keyId: 'k1',
      version: 1,
      hash: hashOfKey('k1'),
      scope: 'merchant',
      merchantId: 'm1',
      revoked: false,
    });
    await bus.tell(product('video'), product('music'), product('game', { category: 'game-card' }));
  });
  after(async () => {
    await service.stop();
    await database.drop();
  });

  const call = async (method: string, path: string, body?: object, key = 'op') => {
    const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(`${service.url}/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  };
  const said = async <Type extends 'VerdictState' | 'OffersCleared'>(type: Type, key: string) => {
    const { rows } = await service.database.pool.query<{ data: Omit<Fact<Type>, 'type'> }>(
      `SELECT data FROM event WHERE type = $1 AND key = $2 ORDER BY id`,
      [type, key],
    );
    for (const { data } of rows) assert.equal(faultOf(type, data), undefined);
    return rows.map((it) => it.data);
  };
  const verdicts = async (orderId: string) =>
    (await said('OffersCleared', orderId)).map((it) => it.candidates.map(({ verdict }) => verdict?.status));
  const eventually = async (isSo: () => Promise<boolean>) => {
    for (let tries = 0; tries < 200 && !(await isSo()); tries++) await new Promise((resolve) => setTimeout(resolve, 25));
    assert.ok(await isSo());
  };
  const statusOf = async (sku: string, region = 'CN-31') =>
    ((await call('GET', `/verdicts?sku=${sku}&region=${region}`, undefined, 'k1')).body['inRegion'] as { status: string }).status;

  it('screens a product when it is listed, once for every change that matters', async () => {
    await bus.tell(product('video'), product('video', { version: 2, priceMinor: 2400 }));
    const states = await said('VerdictState', 'video');
    assert.deepEqual(states.map((it) => [it.version, it.verdicts.map(({ region, status }) => [region, status])]), [[1, [['*', 'compliant']]]]); // prettier-ignore
  });

  it('clears a ranked list, once', async () => {
    const fact = ranking('o1', ['video', 'music']);
    await bus.tell(fact);
    assert.deepEqual(await verdicts('o1'), [['compliant', 'compliant']]);
  });

  it('bans by a rule: every product of the category, in facts, in the answers and on the lists', async () => {
    const put = await call('POST', '/rules', aBan);
    assert.equal(put.status, 201);
    assert.equal(put.body['version'], 1);
    await eventually(async () => (await statusOf('video')) === 'banned' && (await statusOf('music')) === 'banned');
    assert.deepEqual([await statusOf('game'), await statusOf('video', 'US')], ['compliant', 'compliant']);
    const [, state] = await said('VerdictState', 'music');
    assert.deepEqual(state?.verdicts.map(({ region, status, ruleId }) => [region, status, ruleId]), [['*', 'compliant', undefined], ['CN', 'banned', 'r1']]); // prettier-ignore
    await bus.tell(product('books'));
    await bus.tell(ranking('o2', ['game', 'video']), ranking('o3', ['books', 'unknown']));
    assert.deepEqual(await verdicts('o2'), [['compliant', 'banned']]);
    const { reason } = (await said('OffersCleared', 'o2'))[0]?.candidates[1]?.verdict ?? {};
    assert.equal(reason, aBan.reason);
    assert.deepEqual(await verdicts('o3'), [['banned', 'high-risk']]);
  });

  it('says beforehand what the rules would say', async () => {
    const screen = async (category: string) =>
      (await call('POST', '/screenings', { sku: 'new', category })).body['verdicts'] as { status: string }[];
    assert.deepEqual((await screen('membership')).map((it) => it.status), ['compliant', 'banned']); // prettier-ignore
    assert.deepEqual((await screen('game-card')).map((it) => it.status), ['compliant']); // prettier-ignore
    assert.equal((await call('GET', '/verdicts?sku=new')).status, 404);
  });

  it('begins and ends a rule at its times by itself', async () => {
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    const rule = { ...aBan, ruleId: 'soon', match: { sku: 'game' }, effect: 'high-risk', from: at(300), until: at(1_500) };
    assert.equal((await call('POST', '/rules', rule)).status, 201);
    assert.equal(await statusOf('game'), 'compliant');
    await eventually(async () => (await statusOf('game')) === 'high-risk');
    await eventually(async () => (await statusOf('game')) === 'compliant');
    assert.deepEqual((await said('VerdictState', 'game')).map((it) => it.version), [1, 2, 3]); // prettier-ignore
  });

  it('lifts a ban when its rule is withdrawn', async () => {
    assert.equal((await call('DELETE', '/rules/r1')).status, 204);
    await eventually(async () => (await statusOf('video')) === 'compliant');
    assert.deepEqual((await call('GET', '/rules')).body, { rules: [] });
    assert.equal((await call('DELETE', '/rules/r1')).body['code'], 'rule-not-found');
  });

  it('keeps every change with its author, for good', async () => {
    const { body } = await call('GET', '/audit?ruleId=r1');
    const entries = body['entries'] as { what: string; actor: string }[];
    assert.deepEqual(entries.map((it) => [it.what, it.actor]), [['RulePut', 'operator::bootstrap'], ['RuleEnded', 'operator::bootstrap']]); // prettier-ignore
    const page = await call('GET', '/audit?limit=2');
    assert.equal((page.body['entries'] as unknown[]).length, 2);
    const next = await call('GET', `/audit?limit=200&after=${String(page.body['next'])}`);
    assert.equal(next.body['next'], undefined);
    await assert.rejects(service.database.pool.query(`UPDATE audit SET actor = 'nobody'`), /only added to/);
    await assert.rejects(service.database.pool.query(`DELETE FROM audit`), /only added to/);
  });

  it('refuses what is not a rule, and who may not make one', async () => {
    const refused = async (rule: object) => (await call('POST', '/rules', { ...aBan, ...rule })).body['code'];
    assert.equal(await refused({ effect: 'fine' }), 'invalid-body');
    assert.equal(await refused({ regions: ['Shanghai'] }), 'invalid-body');
    assert.equal(await refused({ regions: [] }), 'invalid-body');
    assert.equal(await refused({ match: undefined }), 'invalid-body');
    assert.equal(await refused({ match: { color: 'red' } }), 'invalid-body');
    assert.equal(await refused({ match: { attributes: { age: 3 } } }), 'invalid-body');
    assert.equal(await refused({ from: '2026-12-01' }), 'invalid-body');
    assert.equal(await refused({ until: '2020-01-01T00:00:00Z' }), 'rule-ends-before-it-begins');
    assert.equal((await call('POST', '/rules', aBan, 'k1')).status, 403);
    assert.equal((await call('GET', '/audit', undefined, 'k1')).status, 403);
    assert.equal((await call('GET', '/verdicts?sku=video&region=nowhere')).status, 400);
  });

  it('documents its routes', () => {
    const { paths } = openApiOf(service.app, 'compliance');
    assert.deepEqual(Object.keys(paths).filter((it) => it.startsWith('/v1/')).toSorted(), ['/v1/audit', '/v1/rules', '/v1/rules/{ruleId}', '/v1/screenings', '/v1/verdicts']); // prettier-ignore
  });
});
