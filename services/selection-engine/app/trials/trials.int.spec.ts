import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AnyFact, Fact } from '@midstream/contracts';
import type { RunningService } from '@midstream/runtime';
import type { OfferBook } from '@midstream/selection-engine-domain';
import { anOffer, aProduct, aRequest } from '@midstream/selection-engine-domain/selection.fixtures';
import { writeEnds } from '../cases/ends';
import { type Engine, startEngine } from '../selection.app.fixtures';
import { trialsLoop } from './loops';
import type { OneTrialView } from './views';

const DAY_MS = 86_400_000;
const plenty = { available: 1_000_000, maxQuantity: 1_000_000, stockAsOf: new Date().toISOString() };
/** Of each good: cheap, and of five that are bought there two do not come; or dearer, and sure. */
const offersOf = (sku: string) => [
  anOffer('a', sku, { ...plenty, outcomes: { fulfilled: 60, failed: 40, responseMsSum: 100_000 }, costMinor: 2_000 }),
  anOffer('b', sku, { ...plenty, outcomes: { fulfilled: 100, failed: 0, responseMsSum: 100_000 }, costMinor: 2_100 }),
];

interface Decided {
  readonly order_id: string;
  readonly offer: string;
  readonly model: string;
  readonly challenger: boolean | null;
}

describe('a trial of other settings', () => {
  let engine: Engine;
  let second: RunningService;
  before(async () => {
    engine = await startEngine('selection_trials', aProduct('video'), aProduct('music'), ...offersOf('video'), ...offersOf('music'));
    second = (await engine.another()).service;
  });
  after(async () => {
    await second.stop();
    await engine.stop();
  });

  const post = (path: string, body: object, key = 'op') => engine.ask(`/trials${path}`, { key, body });
  const calm = { name: 'calm', settings: { failureTimes: 5 }, share: 0.5 };
  const one = async (name: string) => (await engine.ask(`/trials/${name}`)).body as unknown as OneTrialView;
  const modelOf = ({ view }: RunningService) => (view as OfferBook).models;
  const eventually = async (is: () => boolean | Promise<boolean>) => {
    for (let tries = 0; tries < 200 && !(await is()); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(await is());
  };
  const runningAt = (name: string) => eventually(() => [engine.service, second].every((it) => modelOf(it).running?.name === name));
  const deliverBy = new Date(Date.now() + DAY_MS).toISOString();

  /** So many enterprises' lines, from their request to their end: what they were sent to first delivers, or does not, and nothing else does. */
  async function live(prefix: string, count: number, sku = 'video'): Promise<Decided[]> {
    const requests = Array.from({ length: count }, (_, n) =>
      aRequest({ orderId: `${prefix}${n}`, need: { sku }, segment: 'enterprise', deliverBy }),
    );
    await engine.tell(
      ...requests.map((request): AnyFact => {
        const { orderId, merchantId, lineId } = request;
        return { type: 'LineSelectionRequested', orderId, merchantId, lineId, request };
      }),
    );
    const { database } = engine.service;
    const { rows } = await database.pool.query<Decided>(
      `SELECT d.order_id, record #>> '{candidates,0,offerId}' AS offer, model, challenger
         FROM decision d LEFT JOIN trial_line USING (order_id) WHERE d.order_id ^@ $1 ORDER BY 1`,
      [prefix],
    );
    const isGood = (offer: string, n: number) => offer.startsWith('b~') || n % 5 < 3;
    await engine.tell(
      ...rows.map(({ order_id: orderId, offer }, n): AnyFact => {
        const came = isGood(offer, n);
        const [status, delivered] = came ? (['delivered', 1] as const) : (['unfillable', 0] as const);
        const end = { orderId, merchantId: 'm1', lineId: '1', status, ordered: 1, delivered, capturedMinor: 2_500 * delivered };
        return { type: 'LineClosed', ...end, ...(came && { served: [{ offerId: offer, sku, units: 1 }] }) };
      }),
    );
    while ((await writeEnds(database, engine.service.view as OfferBook)) > 0);
    return rows;
  }

  /** Three days later: the loop that judges has its turn, as it has every ten seconds. */
  async function judge(name: string): Promise<void> {
    const { database, commands } = engine.service;
    const [loop, handle] = [trialsLoop(), (command: object) => commands.outcome(command as never)];
    const open = async () =>
      (await database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM trial_line WHERE ended_at IS NULL')).rows[0]?.n;
    await eventually(async () => {
      await loop.run({ database, handle });
      return (await open()) === 0;
    });
    await database.pool.query(`UPDATE trial_line SET ended_at = ended_at - interval '3 days' WHERE trial = $1`, [name]);
    await eventually(async () => {
      await trialsLoop().run({ database, handle });
      return (await one(name)).status !== 'running';
    });
  }

  it('is refused where it cannot be, with the field named', async () => {
    for (const [body, field] of [
      [{ ...calm, share: 0 }, /share/],
      [{ ...calm, share: 2 }, /share/],
      [{ ...calm, settings: { failureTimes: 'NaN' } }, /failureTimes/],
      [{ ...calm, settings: { failureTimes: 50 } }, /failureTimes/],
      [{ ...calm, settings: { patience: 1 } }, /patience/],
      [{ ...calm, settings: [] }, /settings/],
      [{ ...calm, name: 'A trial' }, /name/],
    ] as const) {
      const { status, body: problem } = await post('', body);
      assert.equal(status, 400, JSON.stringify(body));
      assert.match(JSON.stringify(problem), field);
    }
    assert.equal((await post('', { ...calm, settings: { failureTimes: 1 } })).status, 422);
    assert.equal((await post('', calm, 'k1')).status, 403);
    assert.equal((await engine.ask('/trials/calm')).status, 404);
    assert.equal((await post('/calm/end', { why: 'x' })).status, 404);
  });

  it('draws a share of the lines on every replica, one trial at a time', async () => {
    assert.equal((await post('', calm)).status, 201);
    assert.equal((await post('', { ...calm, name: 'other' })).body['code'], 'trial-running');
    await runningAt('calm');
    const rows = await live('t', 2_300);
    const [tried, kept] = [rows.filter((it) => it.challenger === true), rows.filter((it) => it.challenger === false)];
    assert.ok(tried.length > 1_050 && tried.length + kept.length === 2_300, `${tried.length}`);
    assert.ok(tried.every((it) => it.offer === 'b~video' && it.model === 'chain-money-6+calm'));
    assert.ok(kept.every((it) => it.offer === 'a~video' && it.model === 'chain-money-6'));
    const { body } = await engine.ask(`/decisions/${tried[0]?.order_id}:1:1:1/replay`, { body: {} });
    assert.deepEqual([body['identical'], body['model']], [true, 'chain-money-6+calm']);
    const complained = tried[0]?.order_id ?? '';
    const from = [
      { holdId: `${complained}/1/1/b~video`, offerId: 'b~video', supplierId: 'b', sku: 'video', units: 1, deliveredAt: deliverBy },
    ];
    const filed: Fact<'ComplaintFiled'> = {
      ...{ type: 'ComplaintFiled', orderId: complained, merchantId: 'm1', lineId: '1', complaintId: 'c1', units: 1, reason: 'late' },
      ...{ filedAt: new Date().toISOString(), from },
    };
    await engine.tell(filed);
  });

  it('whose challenger is better is promoted, and every replica follows within seconds', async () => {
    await judge('calm');
    const { status, verdict, changes } = await one('calm');
    assert.ok(verdict);
    assert.deepEqual([status, verdict.n, verdict.why], ['promoted', 2_300, 'better']);
    assert.ok(verdict.ess > 1_000 && verdict.lowerBound > 0 && verdict.meanGain > verdict.lowerBound);
    assert.ok(verdict.guards.late < -0.3 && verdict.guards.complaints > 0);
    const history = changes.map((it) => [it.what, it.champion.name, it.verdict !== undefined]);
    assert.deepEqual(history, [['started', 'chain-money-6', false], ['promoted', 'chain-money-6+calm', true]]); // prettier-ignore
    assert.match(changes[0]?.who ?? '', /^operator/);
    await eventually(() => [engine.service, second].every((it) => modelOf(it).champion.name === 'chain-money-6+calm'));
    assert.deepEqual(modelOf(second), modelOf(engine.service));
    assert.deepEqual(await live('u', 1), [{ order_id: 'u0', offer: 'b~video', model: 'chain-money-6+calm', challenger: null }]);
    assert.equal((await post('', calm)).body['code'], 'trial-name-used');
  });

  it('whose challenger is worse is ended, and nothing changes', async () => {
    assert.equal((await post('', { name: 'hasty', settings: { failureTimes: 1 }, share: 0.5, why: 'cheaper?' })).status, 201);
    await runningAt('hasty');
    // Another good: so many lines at once are a burst of demand for the first, in which shaky offers get no new line
    await live('w', 700, 'music');
    await judge('hasty');
    const { status, verdict, against } = await one('hasty');
    assert.deepEqual([status, against.name, verdict?.harm], ['ended', 'chain-money-6+calm', 'surely-worse']);
    assert.equal(((await engine.ask('/trials')).body['champion'] as { name: string }).name, 'chain-money-6+calm');
    assert.equal((await post('/hasty/rollback', { why: 'x' })).body['code'], 'trial-not-champion');
    assert.equal((await post('/hasty/end', { why: 'x' })).body['code'], 'trial-not-running');
  });

  it('that was promoted is rolled back by an operator, on every replica', async () => {
    assert.equal((await post('/calm/rollback', {})).status, 400);
    assert.equal((await post('/calm/rollback', { why: 'season is over' })).body['status'], 'rolled-back');
    await eventually(() => [engine.service, second].every((it) => modelOf(it).champion.name === 'chain-money-6'));
    assert.equal((await live('v', 1, 'music'))[0]?.offer, 'a~music');
    assert.equal((await one('calm')).changes.length, 3);
  });
});
