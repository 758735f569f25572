import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Fact } from '@midstream/contracts';
import { LABELS_LEAST, type Offer, type OfferBook } from '@midstream/selection-engine-domain';
import { anOffer, aProduct } from '@midstream/selection-engine-domain/selection.fixtures';
import { type Engine, type Replica, startEngine } from '../selection.app.fixtures';
import { nightlyLoop } from './nightly';

const GOODS = 60;
const SUPPLIERS = ['a', 'b'];
const HEAT = 40;

const skuOf = (n: number): string => `g${n}`;
const offer = (n: number, supplier: string, it: Partial<Offer> = {}): Offer =>
  anOffer(supplier, skuOf(n), { available: 30 + n, leadTimeMs: 1_800_000, stockAsOf: new Date().toISOString(), ...it });
const market = (sku: string): Fact<'MarketState'> => ({
  ...{ type: 'MarketState', sku, version: 1, prices: [], updates: [], channels: [] },
  heat: { hour: HEAT, week: HEAT * 168, asOf: new Date().toISOString() },
});
const goods = Array.from({ length: GOODS }, (_, n) => n);

interface Row {
  readonly offer_id: string;
  readonly said: number;
  readonly came: boolean | null;
  readonly hours: number;
}

describe('what was foretold of stocks', () => {
  let engine: Engine;
  let second: Replica;
  before(async () => {
    const facts = goods.flatMap((n) => [aProduct(skuOf(n)), market(skuOf(n)), ...SUPPLIERS.map((it) => offer(n, it))]);
    engine = await startEngine('selection_foretold', ...facts);
    second = await engine.another();
    // What the services' own loops may have told before all of it was heard
    await sql('DELETE FROM stock_foretold; DELETE FROM stock_calibration');
  });
  after(async () => {
    await second.stop();
    await engine.stop();
  });

  const sql = (text: string) => engine.service.database.pool.query<Row>(text);
  const turn = ({ service }: Replica = engine) => nightlyLoop().run({ database: service.database, handle: () => Promise.resolve() });
  const rows = async (): Promise<Row[]> =>
    (
      await sql(
        `SELECT offer_id, said, came, (extract(epoch FROM until - told_at) / 3600)::int AS hours FROM stock_foretold ORDER BY day, offer_id`,
      )
    ).rows;
  const riskAt = async ({ ask }: Replica): Promise<number> => {
    const body = { need: { sku: skuOf(0) }, region: 'CN-31', quantity: 8 };
    const { cards } = (await ask('/recommendations', { body })).body as { cards: { sku: string; stockRisk: { probability: number } }[] };
    return cards.find((it) => it.sku === skuOf(0))?.stockRisk.probability ?? NaN;
  };
  /** As if it had been told a day before, and its time were just over. */
  const aDayPasses = () =>
    sql(
      `UPDATE stock_foretold SET day = day - 1, told_at = now() - interval '1 day', until = now() - interval '1 second' WHERE came IS NULL`,
    );
  const heard = (version: number, it: (n: number) => Partial<Offer>) =>
    engine.tell(...goods.flatMap((n) => SUPPLIERS.map((supplier) => offer(n, supplier, { version, ...it(n) }))));
  const heardBy = async ({ service }: Replica, version: number): Promise<void> => {
    const { offers } = service.view as OfferBook;
    for (let tries = 0; tries < 200 && [...offers.values()].some((it) => it.version < version); tries++)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const calibration = async () => (await sql('SELECT ended, slope, shift FROM stock_calibration')).rows;

  it('is told of each offer once a night, uncorrected, for an hour, six and a day', async () => {
    await turn();
    const told = await rows();
    assert.equal(told.length, GOODS * SUPPLIERS.length);
    assert.deepEqual([...new Set(told.map((it) => it.hours))].sort((a, b) => a - b), [1, 6, 24]); // prettier-ignore
    assert.ok(told.every((it) => it.said >= 0 && it.said <= 1 && it.came === null) && told.some((it) => it.said > 0.05 && it.said < 0.95));
    await turn(second);
    assert.deepEqual(await rows(), told);
  });

  it('has come where the offer is empty, has not where its time is over, and tells nothing without a newer figure', async () => {
    await aDayPasses();
    await heard(2, (n) => (n < 40 ? { available: 0 } : n < 50 ? { stockAsOf: '2026-01-01T00:00:00.000Z' } : {}));
    await heardBy(engine, 2);
    await turn();
    const labelled = (await rows()).filter((it) => it.came !== null);
    assert.deepEqual(
      [true, false].map((came) => labelled.filter((it) => it.came === came).length),
      [80, 20],
    );
  });

  it('is written down once, whatever is heard later', async () => {
    await sql(`DELETE FROM stock_foretold WHERE came IS NULL`);
    const before = await rows();
    await heard(3, (n) => ({ available: n < 40 ? 100 : 0 }));
    await heardBy(engine, 3);
    await turn();
    assert.deepEqual((await rows()).filter((it) => it.came !== null), before); // prettier-ignore
  });

  it('corrects the cards of every replica, once enough has ended', async () => {
    await heard(4, (n) => ({ available: 24 + n }));
    await heardBy(engine, 4);
    await heardBy(second, 4);
    await sql(`DELETE FROM stock_foretold WHERE came IS NULL OR offer_id = 'a~g0'; DELETE FROM stock_calibration`);
    await turn();
    assert.deepEqual(await calibration(), [{ ended: LABELS_LEAST - 1, slope: null, shift: null }]);
    const before = await riskAt(second);
    await sql(`DELETE FROM stock_calibration`);
    // a night before, of which all came, though little was said
    await sql(
      `INSERT INTO stock_foretold SELECT day - 1, offer_id, 0.05, told_at - interval '1 day', until - interval '1 day', true
         FROM stock_foretold WHERE came IS NOT NULL`,
    );
    await turn();
    const [fitted] = (await calibration()) as unknown as { ended: number; slope: number; shift: number }[];
    assert.equal(fitted?.ended, 2 * (LABELS_LEAST - 1));
    await turn(second);
    const { by } = (second.service.view as OfferBook).calibration;
    assert.deepEqual(by, { slope: fitted?.slope, shift: fitted?.shift });
    const risk = await riskAt(second);
    assert.ok(before < 0.5 && risk > before + 0.02, `${before} ${risk}`);
    assert.ok(Math.abs(risk - (await riskAt(engine))) < 0.02);
  });

  it('refuses what is no probability and no correction', async () => {
    const told = (said: string) => sql(`INSERT INTO stock_foretold VALUES (1, 'x', '${said}', now(), now() + interval '1 hour')`);
    for (const said of ['NaN', 'Infinity', '-0.1', '1.1']) await assert.rejects(told(said), /stock_foretold_said_check/);
    for (const [slope, shift] of [
      ['NaN', '0'],
      ['Infinity', '0'],
      ['0', '0'],
      ['1', 'NaN'],
      ['1', '-Infinity'],
    ] as const)
      // prettier-ignore
      await assert.rejects(sql(`UPDATE stock_calibration SET slope = '${slope}', shift = '${shift}'`), /check/);
  });
});
