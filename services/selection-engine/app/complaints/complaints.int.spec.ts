import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Fact } from '@midstream/contracts';
import { type OfferBook, qualityOf, selection } from '@midstream/selection-engine-domain';
import { anOffer, aProduct } from '@midstream/selection-engine-domain/selection.fixtures';
import { casesLoop } from '../cases/loop';
import { type Engine, startEngine } from '../selection.app.fixtures';
import { complaintsLoop } from './loop';

const OUTCOMES = { fulfilled: 50, failed: 0, responseMsSum: 0 };

describe('what is learnt of complaints', () => {
  let engine: Engine;
  let book: OfferBook;
  before(async () => {
    engine = await startEngine('selection_complaints', aProduct('video'), anOffer('a', 'video', { outcomes: OUTCOMES }));
    book = engine.service.view as OfferBook;
  });
  after(() => engine.stop());

  const context = () => ({ database: engine.service.database, handle: () => Promise.resolve() });
  const follow = complaintsLoop();
  const turn = () => follow.run(context());
  const complaint = (orderId: string): Omit<Fact<'ComplaintFiled'>, 'type'> => {
    const hold = { holdId: `${orderId}/1/1/a~video`, offerId: 'a~video', supplierId: 'a', sku: 'video', units: 1 };
    const times = { filedAt: new Date().toISOString(), deliveredAt: new Date(Date.now() - 86_400_000).toISOString() };
    return {
      ...{ orderId, merchantId: 'm1', lineId: '1', complaintId: `c-${orderId}`, units: 1, reason: 'invalid-code', filedAt: times.filedAt },
      ...{ buyerKey: 'b'.repeat(32), from: [{ ...hold, deliveredAt: times.deliveredAt }] },
    };
  };
  const [first, second] = [complaint('o1'), complaint('o2')];
  const believed = ({ beliefs }: OfferBook) =>
    qualityOf(beliefs, { offerId: 'a~video', supplierId: 'a', category: 'membership' }, Date.now()).complaint;
  const labels = (it = book) => Math.round((it.beliefs.offers.get('a~video')?.complaint.labels ?? 0) * 1_000) / 1_000;

  it('comes to the replica from the database, each delivery once', async () => {
    await turn();
    const before = believed(book);
    await engine.tell({ type: 'ComplaintFiled', ...first }, { type: 'ComplaintFiled', ...first }, { type: 'ComplaintFiled', ...second });
    await turn();
    await turn();
    assert.equal(labels(), 2);
    assert.ok(believed(book) > before);
    const { body } = await engine.ask('/scorecards/a');
    assert.ok((body['complaint'] as { mean: number }).mean > before);
  });

  it('is taken back where the hub rejects it, and stays where it refunds', async () => {
    const answer = { refundMinor: 0, currency: 'CNY' } as const;
    await engine.tell(
      { type: 'ComplaintResolved', ...first, ...answer, outcome: 'rejected' },
      { type: 'ComplaintResolved', ...second, ...answer, outcome: 'refunded' },
    );
    await turn();
    assert.equal(labels(), 1);
  });

  it('is known again to a replica that has just begun', async () => {
    const fresh = selection.view.create();
    for (const it of [aProduct('video'), anOffer('a', 'video', { outcomes: OUTCOMES })]) selection.view.apply(fresh, it);
    const known = [book.complaints, book.complained, book.beliefs] as const;
    Object.assign(book, { complaints: fresh.complaints, complained: fresh.complained, beliefs: fresh.beliefs });
    await complaintsLoop().run(context());
    assert.equal(labels(), 1);
    Object.assign(book, { complaints: known[0], complained: known[1], beliefs: known[2] });
  });

  it('keeps nothing of who complained, and each row for 120 days', async () => {
    const { pool } = engine.service.database;
    const { rows } = await pool.query<{ text: string }>('SELECT c::text AS text FROM complaint c ORDER BY id');
    assert.equal(rows.length, 2);
    for (const { text } of rows) assert.doesNotMatch(text, /bbbb|m1|invalid-code/);
    await pool.query(`UPDATE complaint SET changed_at = now() - interval '121 days' WHERE id LIKE 'o1/%'`);
    await casesLoop().run(context());
    assert.equal((await pool.query('SELECT 1 FROM complaint')).rowCount, 1);
  });
});
