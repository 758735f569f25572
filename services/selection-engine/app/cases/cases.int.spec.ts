import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { anOffer, aProduct, aRequest } from '@midstream/selection-engine-domain/selection.fixtures';
import { type Engine, startEngine } from '../selection.app.fixtures';
import { endsLoop } from './ends';
import { casesLoop } from './loop';

const WANTED = { need: { sku: 'video' }, region: 'CN-31', quantity: 3, segment: 'retail', scenario: 'gaming' };

describe('the case library', () => {
  let engine: Engine;
  before(async () => {
    engine = await startEngine('selection_cases', aProduct('video'), anOffer('a', 'video'));
  });
  after(() => engine.stop());

  const deliverBy = new Date(Date.now() + 86_400_000).toISOString();
  const finish = async (orderId: string, lineId = '1') => {
    const ofLine = { orderId, merchantId: 'm1', lineId };
    const request = aRequest({ orderId, lineId, scenario: 'gaming', quantity: 3, deliverBy });
    await engine.tell({ type: 'LineSelectionRequested', ...ofLine, request });
    const served = [{ offerId: 'a~video', sku: 'video', units: 3 }];
    await engine.tell({ type: 'LineClosed', ...ofLine, status: 'delivered', ordered: 3, delivered: 3, capturedMinor: 7_500, served });
  };
  const fold = async () => {
    const context = { database: engine.service.database, handle: () => Promise.resolve() };
    await endsLoop().run(context);
    await casesLoop().run(context);
  };
  const cases = async (key: string) => {
    const { body } = await engine.ask('/cases?scenario=gaming', { key });
    return body as { items: { origin: string; orders: number; delivered: number; skus: string[] }[]; withheld: number };
  };

  it('makes one anonymous case of orders alike, each line counted once, shown to merchants and on cards from five orders on', async () => {
    await finish('o1');
    await fold();
    await finish('o1', '2');
    await finish('o2');
    await fold();
    await finish('o2'); // told once more, when it is part of a case already
    await fold();
    const [own] = (await cases('op')).items.filter((it) => it.origin === 'orders');
    assert.deepEqual([own?.orders, own?.delivered, own?.skus], [2, 1, ['video']]);
    assert.equal((await cases('k1')).withheld, 1);
    await finish('o3');
    await finish('o4');
    await fold();
    const onCards = async (): Promise<string> => {
      await cases('op'); // reads the library
      return JSON.stringify((await engine.ask('/recommendations', { key: 'k1', body: WANTED })).body);
    };
    assert.ok(!(await onCards()).includes('"resembles":{"caseId":"'));
    await finish('o5');
    await fold();
    assert.ok((await onCards()).includes('"orders":5'));
    const seen = await cases('k1');
    assert.equal(seen.withheld, 0);
    const text = JSON.stringify(seen);
    for (const it of ['o1', 'o2', 'o3', 'o4', 'o5', '"m1"']) assert.ok(!text.includes(it), it);
  });

  it('takes what operators write, once', async () => {
    const body = {
      ...{ caseId: 'mine', industry: 'gaming', scenario: 'gaming', segment: 'retail', region: 'CN', category: 'membership' },
      ...{ skus: ['video'], quantity: 1, priceMinor: 2500, delivered: 0.9 },
      ...{ title: { zh: '题', en: 'Title' }, story: { zh: '事', en: 'Story' } },
    };
    assert.equal((await engine.ask('/cases', { body })).status, 201);
    assert.equal((await engine.ask('/cases', { body })).status, 409);
    assert.equal((await engine.ask('/cases', { body: { ...body, caseId: 'curated-festival-pack' } })).status, 409);
    assert.equal((await cases('op')).items.filter((it) => it.origin === 'curated' && it.skus.includes('video')).length, 1);
    assert.equal((await engine.ask('/cases', { key: 'k1', body })).status, 403);
    assert.equal((await engine.ask('/cases', { body: { ...body, caseId: 'other', delivered: 1.5 } })).status, 400);
    assert.ok((await cases('k1')).items.some((it) => it.origin === 'curated' && it.skus.includes('video')));
  });

  it('keeps what operators wrote, however many cases of orders there are', async () => {
    await engine.service.database.query(
      `INSERT INTO selection_case (id, origin, scenario, segment, region, category, skus, quantity, price_minor, orders, ordered, delivered)
       SELECT 'o-' || n, 'orders', 'general', 'retail', 'CN', 'membership', '{}', 1, 2500, 9, 9, 9 FROM generate_series(1, 2000) AS n`,
    );
    assert.ok((await cases('k1')).items.some((it) => it.origin === 'curated' && it.skus.includes('video')));
  });

  it('stands beside guides, by scenario and words', async () => {
    const guides = async (query: string) => (await engine.ask(`/guides?${query}`, { key: 'k1' })).body['items'] as { title: object }[];
    assert.ok((await guides('scenario=gaming')).length >= 2);
    assert.equal((await guides('q=surely-nowhere')).length, 0);
    assert.equal((await engine.ask('/guides/stock-out', { key: 'k1' })).status, 200);
  });
});
