import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Fact } from '@midstream/contracts';
import type { OfferBook } from '@midstream/selection-engine-domain';
import { anOffer, aProduct, aRequest } from '@midstream/selection-engine-domain/selection.fixtures';
import { type Engine, startEngine } from '../selection.app.fixtures';
import { endsLoop } from '../cases/ends';
import { casesLoop } from '../cases/loop';
import { buyersLoop, erasuresLoop } from './loops';

const [ANN, BOB] = ['a'.repeat(32), 'b'.repeat(32)] as [string, string];
const RAW = 'ann@shop-of-m1';
const WANTED = { need: { sku: 'video' }, region: 'CN-31', quantity: 1 };

describe('what is remembered of buyers', () => {
  let engine: Engine;
  let book: OfferBook;
  before(async () => {
    const goods = ['video', 'music', 'film'].flatMap((it) => [aProduct(it), anOffer('a', it)]);
    engine = await startEngine('selection_buyers', ...goods);
    book = engine.service.view as OfferBook;
  });
  after(() => engine.stop());

  const follow = buyersLoop();
  const turn = async () => {
    const context = { database: engine.service.database, handle: () => Promise.resolve() };
    for (const it of [endsLoop(), casesLoop(), erasuresLoop(), follow]) await it.run(context);
  };
  const buy = async (orderId: string, buyerKey: string, sku: string) => {
    const ofLine = { orderId, merchantId: 'm1', lineId: '1' };
    const deliverBy = new Date(Date.now() + 86_400_000).toISOString();
    const request = aRequest({ orderId, buyerKey, need: { sku }, tier: 'gold', deliverBy });
    const { need, quantity, priceCapMinor: maxUnitPriceMinor, substitution } = request;
    const placed: Fact<'OrderPlaced'> = {
      ...{ type: 'OrderPlaced', orderId, merchantId: 'm1', clientReference: 'c', buyerKey, currency: 'CNY', heldMinor: 2600 },
      buyer: { reference: RAW, region: 'CN-31', segment: 'retail', tier: 'gold', scenario: 'general' },
      lines: [{ lineId: '1', need, quantity, maxUnitPriceMinor, substitution, deliverBy }],
    };
    const served = [{ offerId: `a~${sku}`, sku, units: 1 }];
    await engine.tell(placed, { type: 'LineSelectionRequested', ...ofLine, request });
    await engine.tell({
      ...{ type: 'LineClosed', ...ofLine, status: 'delivered', ordered: 1, delivered: 1, capturedMinor: 2500, buyerKey, served },
    });
    await turn();
  };
  /** Everything that the service keeps, as text, but the log: that forgets by itself, day by day. */
  const rows = async (...but: string[]) => {
    const { pool } = engine.service.database;
    const { rows: tables } = await pool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    const texts = tables
      .filter(({ name }) => !but.some((it) => name.startsWith(it)))
      .map(async ({ name }) =>
        (await pool.query<{ text: string }>(`SELECT t::text AS text FROM "${name}" t`)).rows.map((it) => `${name} ${it.text}`),
      );
    return (await Promise.all(texts)).flat();
  };
  const cards = async (buyerKey: string, key = 'k1') => {
    const { body } = await engine.ask('/recommendations', { key, body: { ...WANTED, buyerKey } });
    return (body['cards'] as { sku: string; buyer?: { orders: number; returns: number; tier: string; influence: number } }[])[0]?.buyer;
  };

  it('is each one’s own: history, tier, whether he comes again', async () => {
    await buy('o1', ANN, 'video');
    await buy('o2', ANN, 'video');
    await buy('o3', BOB, 'music');
    const [ann, bob] = [await cards(ANN), await cards(BOB)];
    assert.deepEqual([ann?.orders, ann?.returns, ann?.tier], [2, 1, 'gold']);
    assert.deepEqual([bob?.orders, bob?.returns, bob?.influence], [1, 0, 0]);
    assert.ok((ann?.influence ?? 0) > 0 && (ann?.influence ?? 1) <= 0.02);
    const { served, judged, returned } = book.afterSales.get('a~video') ?? {};
    assert.deepEqual(
      [served, judged, returned].map((it) => Math.round(it ?? 0)),
      [2, 1, 1],
    ); // she came back after it had served her
  });

  it('is told to nobody but the buyer’s own merchant', async () => {
    assert.equal(await cards(ANN, 'k2'), undefined);
    assert.equal((await engine.ask('/recommendations', { body: { ...WANTED, buyerKey: RAW } })).status, 400);
  });

  it('teaches what buyers take instead, when one asks for another good than usual', async () => {
    const taught = () => book.beliefs.tastes.observations;
    const asks = async (orderId: string, sku: string) => {
      const request = aRequest({ orderId, buyerKey: ANN, need: { sku }, deliverBy: new Date(Date.now() + 86_400_000).toISOString() });
      await engine.tell({ type: 'LineSelectionRequested', orderId, merchantId: 'm1', lineId: '1', request });
    };
    await asks('t1', 'video');
    assert.equal(taught(), 0);
    await asks('t2', 'film');
    assert.equal(taught(), 1);
    assert.deepEqual([...book.beliefs.tastes.goods.keys()].sort(), ['film', 'music', 'video']);
  });

  it('never names a buyer: not in a row, not in an event', async () => {
    assert.deepEqual((await rows()).filter((it) => it.includes(RAW)), []); // prettier-ignore
  });

  it('is gone when it is to be forgotten, in rows and in memory, and the other’s is not', async () => {
    await engine.tell({ type: 'BuyerErased', merchantId: 'm1', buyerKey: ANN });
    await turn();
    assert.equal(await cards(ANN), undefined);
    assert.equal((await cards(BOB))?.orders, 1);
    assert.equal(book.buyers.has(ANN) || book.beliefs.loyalty.has(ANN), false);
    const left = (await rows('event', 'inbox')).filter((it) => it.includes(ANN));
    assert.equal(left.length, 1, left.join('\n')); // the mark, for an hour, with nothing in it
    const { rows: marks } = await engine.service.database.query('SELECT merchant_id, state FROM buyer WHERE id = $1', [ANN]);
    assert.deepEqual(marks, [{ merchant_id: '', state: null }]);
  });

  it('counts by offer who did not come back in time, once, and codes that did not work', async () => {
    await engine.service.database.query(`UPDATE buyer SET seen_at = now() - interval '31 days' WHERE id = $1`, [BOB]);
    const end = { type: 'LineClosed', orderId: 'o5', merchantId: 'm1', lineId: '1', status: 'unfillable' } as const;
    await engine.tell({ ...end, ordered: 1, delivered: 0, capturedMinor: 0, faulty: ['a~music'] });
    await turn();
    await turn();
    const { served, faulty, judged, returned } = book.afterSales.get('a~music') ?? {};
    assert.deepEqual([served, faulty, judged, returned].map((it) => Math.round(it ?? -1)), [1, 1, 1, 0]); // prettier-ignore
  });

  it('begins anew with the next order', async () => {
    await buy('o4', ANN, 'video');
    assert.deepEqual([(await cards(ANN))?.orders, (await cards(ANN))?.returns], [1, 0]);
  });
});
