import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { faultOf } from '@midstream/contracts';
import { anOffer, aProduct, aRequest } from '@midstream/selection-engine-domain/selection.fixtures';
import { type Engine, startEngine } from '../selection.app.fixtures';
import { additionsLoop } from './loop';

const MINUTE = 60_000;

describe('more units for running orders', () => {
  let engine: Engine;
  before(async () => void (engine = await startEngine('selection_additions', aProduct('video'), anOffer('a', 'video'))));
  after(() => engine.stop());

  const additions = { maxUnitPriceMinor: 2600, maxQuantity: 10 };
  const deliverBy = new Date(Date.now() + 86_400_000).toISOString();
  const asks = async (orderId: string, more: object = {}) => {
    const request = aRequest({ orderId, quantity: 2, deliverBy, ...more });
    await engine.tell({ type: 'LineSelectionRequested', orderId, merchantId: 'm1', lineId: '1', request });
  };
  const count = (minuteAt: number, orders: number) =>
    engine.service.commands.outcome({ type: 'CountDemand', minuteAt, counts: [{ sku: 'video', orders, units: orders }] } as never);
  const said = async () =>
    (
      await engine.service.database.pool.query<{ data: { orderId: string; sku: string; quantity: number; because: string } }>(
        `SELECT data FROM event WHERE type = 'AdditionProposed' ORDER BY id`,
      )
    ).rows.map((it) => it.data);
  const loop = async () => {
    const commands = engine.service.commands as { outcome(command: object): Promise<unknown> };
    const run = additionsLoop().run({ database: engine.service.database, handle: (command) => commands.outcome(command) });
    assert.equal(await run, false);
  };
  const watched = async () =>
    (await engine.service.database.pool.query<{ id: string; skus: string[] }>(`SELECT id, skus FROM watched ORDER BY id`)).rows;

  it('watches the orders that allow them, and no others', async () => {
    await asks('plain');
    await asks('open', { additions });
    await asks('ended', { additions });
    await engine.tell({
      ...{ type: 'OrderClosed', orderId: 'ended', merchantId: 'm1', status: 'completed', capturedMinor: 0, releasedMinor: 0 },
      additions: true,
    });
    assert.deepEqual(await watched(), [
      { id: 'ended', skus: [] },
      { id: 'open', skus: ['video'] },
    ]);
    await loop();
    assert.deepEqual(await said(), []);
  });

  it('proposes them when the alarm goes, once, in a fact that keeps its schema', async () => {
    const now = Math.floor(Date.now() / MINUTE) * MINUTE;
    await count(now - 400 * MINUTE, 100);
    for (let ago = 20; ago > 2; ago--) await count(now - ago * MINUTE, 30);
    await loop();
    await loop();
    const told = await said();
    assert.deepEqual(told.map((it) => it.orderId), ['open']); // prettier-ignore
    assert.equal(faultOf('AdditionProposed', told[0] ?? {}), undefined);
    assert.deepEqual((await watched())[1], { id: 'open', skus: [] });
  });

  it('proposes them at once to what comes while it lasts', async () => {
    await asks('late', { additions });
    assert.deepEqual((await said()).map((it) => it.orderId), ['open', 'late']); // prettier-ignore
    await asks('plain-too');
    assert.equal((await watched()).length, 3);
  });

  it('finds what heat and a new version call for, and siblings of what is ordered', async () => {
    const farm = { attributes: { game: 'farm', gameRegion: 'CN' } };
    await engine.tell(
      ...[
        aProduct('card', farm),
        aProduct('pack', farm),
        aProduct('film'),
        anOffer('a', 'card'),
        anOffer('a', 'pack'),
        anOffer('a', 'film'),
      ],
    );
    const { products } = engine.service.view as { products: Map<string, unknown> };
    for (let tries = 0; tries < 200 && !products.has('film'); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
    await asks('farmer', { additions, need: { sku: 'card' } });
    await asks('viewer', { additions, need: { sku: 'film' } });
    const report = (signal: object, ...skus: string[]) =>
      engine.service.commands.outcome({
        type: 'ReportSignal',
        signalId: skus.join(),
        observedAt: Date.now() - 1_000,
        skus,
        signal,
      } as never);
    const found = async () => (await said()).slice(2).map((it) => [it.orderId, it.sku, it.because]);
    await loop();
    assert.deepEqual(await found(), []);
    await report({ kind: 'heat', views: 0, searches: 0, carts: 4 }, 'film');
    await loop();
    assert.deepEqual(await found(), []);
    await report({ kind: 'heat', views: 10, searches: 20, carts: 100 }, 'film');
    await report({ kind: 'version-update', game: 'farm', title: '2.0' }, 'pack');
    await loop();
    await loop();
    assert.deepEqual((await found()).toSorted(), [['farmer', 'pack', 'version-update'], ['viewer', 'film', 'heat']]); // prettier-ignore
  });
});
