import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AnyFact } from '@midstream/contracts';
import { noDemand, type OfferBook } from '@midstream/selection-engine-domain';
import { anOffer, aProduct, aRequest } from '@midstream/selection-engine-domain/selection.fixtures';
import { type Engine, startEngine } from '../selection.app.fixtures';
import { nightlyLoop } from './nightly';

const DAY_MS = 86_400_000;
const GOODS = 20;

describe('the demand of a night', () => {
  let engine: Engine;
  let book: OfferBook;
  before(async () => {
    engine = await startEngine('selection_nightly', aProduct('video'), anOffer('a', 'video', { available: 1_000 }));
    book = engine.service.view as OfferBook;
  });
  after(() => engine.stop());

  const run = () => nightlyLoop().run({ database: engine.service.database, handle: () => Promise.resolve() });
  const today = () => Math.floor(Date.now() / DAY_MS);
  const perDay = async () => {
    const body = { need: { sku: 'video' }, region: 'CN-31', quantity: 1 };
    const { cards } = (await engine.ask('/recommendations', { body })).body as { cards: { stock: { daysOfCover?: number } }[] };
    return 1_000 / (cards[0]?.stock.daysOfCover ?? Infinity);
  };

  it('is counted from the first request of each line, its units, by days, once', async () => {
    const deliverBy = new Date(Date.now() + DAY_MS).toISOString();
    const asks = (orderId: string, it: object): AnyFact => {
      const request = aRequest({ orderId, deliverBy, ...it });
      return { type: 'LineSelectionRequested', orderId, merchantId: request.merchantId, lineId: request.lineId, request };
    };
    await engine.tell(asks('o1', { quantity: 3 }), asks('o2', { quantity: 500 }), asks('o3', { attempt: 2 }), asks('o4', { quantity: 7 }));
    await engine.service.database.query('DELETE FROM demand_model'); // the loop of the service itself may have been first
    await engine.service.database.query(
      `UPDATE decision SET decided_at = now() - CASE order_id WHEN 'o4' THEN interval '3 days' ELSE interval '1 day' END`,
    );
    book.demand = noDemand();
    await run();
    await run();
    const { rows } = await engine.service.database.query('SELECT day, sku, units::int FROM demand_day ORDER BY day');
    assert.deepEqual(rows, [
      { day: today() - 3, sku: 'video', units: 7 },
      { day: today() - 1, sku: 'video', units: 503 },
    ]);
    assert.deepEqual([book.demand.day, book.demand.units.get('video'), book.demand.model], [today() - 1, [7, 0, 503], undefined]);
  });

  it('teaches one model for all goods, which cards foresee by where a good has days enough', async () => {
    const before = await perDay();
    await engine.service.database.query('DELETE FROM demand_model; DELETE FROM demand_day');
    await engine.service.database.query(
      `INSERT INTO demand_day (day, sku, units)
       SELECT day, CASE n WHEN 1 THEN 'video' ELSE 'g' || n END, 100 + (day * n) % 20
         FROM generate_series($1::int - 40, $1::int - 2) AS day, generate_series(1, ${GOODS}) AS n`,
      [today()],
    );
    book.demand = noDemand();
    await run();
    assert.equal(book.demand.units.size, GOODS);
    assert.equal(book.demand.units.get('g2')?.length, 40);
    assert.ok(book.demand.model !== undefined);
    const after = await perDay();
    assert.ok(after > 10 * before && after > 50 && after < 200, `${before} ${after}`);
  });
});
