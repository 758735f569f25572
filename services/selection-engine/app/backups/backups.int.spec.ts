import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AnyFact } from '@midstream/contracts';
import { holdIdOf } from '@midstream/kernel';
import { anOffer, aProduct, aRequest } from '@midstream/selection-engine-domain/selection.fixtures';
import { endsLoop } from '../cases/ends';
import { type Engine, startEngine } from '../selection.app.fixtures';
import { backupsLoop } from './loop';

interface Line {
  readonly orderId: string;
  readonly supplierId: string;
  readonly since: string;
}

describe('lines without an independent fallback', () => {
  let engine: Engine;
  before(async () => {
    engine = await startEngine('selection_backups', aProduct('video'), anOffer('a', 'video'), anOffer('b', 'video', { version: 1 }));
  });
  after(() => engine.stop());

  const backups = backupsLoop();
  const run = async () => {
    for (const it of [endsLoop(), backups]) await it.run({ database: engine.service.database, handle: () => Promise.resolve() });
  };
  const deliverBy = new Date(Date.now() + 86_400_000).toISOString();
  const held = (orderId: string, supplierId: string): AnyFact => {
    const request = aRequest({ orderId, deliverBy });
    const { merchantId, lineId } = request;
    const offerId = `${supplierId}~video`;
    const tally = { holdId: holdIdOf(orderId, lineId, 1, offerId), version: 1, granted: 1, delivered: 0, lost: 0, released: 0 };
    const holds = [{ tally, offerId, supplierId, sku: 'video', priceMinor: 2500, currency: 'CNY', expiresAt: deliverBy }];
    const answer = { attempt: 1, decisionId: `${orderId}:1:1:1`, request, unheld: 0, tried: [], candidates: [], gates: {} };
    return { type: 'OfferHeld', orderId, merchantId, lineId, ...answer, holds };
  };
  const page = async (query = '') => {
    const { status, body } = await engine.ask(`/plans?flag=no-backup${query}`);
    assert.equal(status, 200);
    return body as { items: Line[]; next?: string };
  };
  const orders = async (query = '') => (await page(query)).items.map((it) => it.orderId);
  const gauge = async () => {
    const text = await (await fetch(`${engine.service.url}/metrics`)).text();
    return /^midstream_lines_without_backup\{.*\} (\d+)$/m.exec(text)?.[1];
  };
  const offerOf = async (it: Parameters<typeof anOffer>[2]) => {
    await engine.tell(anOffer('b', 'video', it));
    const book = engine.service.view as { offers: Map<string, { version: number }> };
    for (let tries = 0; tries < 200 && book.offers.get('b~video')?.version !== it?.version; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it('are none while another source could take them', async () => {
    await engine.tell(held('o1', 'a'), held('o2', 'a'), held('o3', 'b'));
    await run();
    assert.deepEqual([await orders(), await gauge()], [[], '0']);
  });

  it('are told once that source is gone: the newest first, by pages, by supplier, and as a number', async () => {
    await offerOf({ version: 2, available: 0 });
    await run();
    await engine.tell(held('o4', 'a'));
    await run();
    assert.deepEqual([await orders(), await gauge()], [['o4', 'o2', 'o1'], '3']);
    const { next } = await page('&limit=2');
    assert.deepEqual(await orders(`&limit=2&cursor=${next}`), ['o1']);
    assert.deepEqual([await orders('&supplierId=b'), (await orders('&supplierId=a')).length], [[], 3]);
  });

  it('leave the list with their line, though nobody heard of the end of its hold, and when another source is back', async () => {
    const end = { type: 'LineClosed', merchantId: 'm1', lineId: '1', status: 'delivered', ordered: 1, delivered: 1, capturedMinor: 2500 };
    await engine.tell({ ...end, orderId: 'o2' } as AnyFact);
    await run();
    assert.deepEqual(await orders(), ['o4', 'o1']);
    await offerOf({ version: 3, available: 9 });
    // The rows that the service's own loop has told are taken away by that
    for (let tries = 0; tries < 60 && (await orders()).length > 0; tries++, await new Promise((resolve) => setTimeout(resolve, 250)))
      await run();
    assert.deepEqual([await orders(), await gauge()], [[], '0']);
  });

  it('are for operators, and asked for by a flag that is known', async () => {
    assert.equal((await engine.ask('/plans?flag=no-backup', { key: 'k1' })).status, 403);
    for (const bad of ['', '?flag=other', '?flag=no-backup&limit=0', '?flag=no-backup&cursor=none', '?flag=no-backup&other=1'])
      assert.equal((await engine.ask(`/plans${bad}`)).status, 400, bad);
  });
});
