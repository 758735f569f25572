import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Adapter, CAPABILITIES, type Seller, Unanswered, type Wanted } from './port';

/** A supplier of one kind, with what a test must be able to do to it. What there is not at a kind is left out, and `lacks` says so. */
export interface Stage {
  readonly adapter: Adapter;
  readonly seller: Seller;
  /** Of a purchase: what is the same for all, apart from its id and quantity. */
  wanted(purchaseId: string, quantity: number): Wanted;
  /** Units that the supplier has really sold, by its own book. */
  sold(): Promise<number>;
  /** A person does the work; of kinds where nothing is delivered by itself. */
  fulfil?(purchaseId: string): Promise<void>;
  /** The next purchase finds nothing there. */
  runDry?(): Promise<void>;
  /** The next purchase is charged, and its answer is lost. */
  loseAnswer?(): Promise<void>;
  /** We have no money there. */
  spendAll?(): Promise<void>;
  /** Afterwards all is well again. */
  mend(): Promise<void>;
}

const RESTS = ['pending', 'refused', 'out-of-stock', 'price-risen', 'no-balance', 'capacity'];
const WAIT_MS = 20_000;

/** What there is not at a kind, and what is not asked of it. */
export type Lack = 'running-dry' | 'lost-answers' | 'money' | 'catalogue';

/** What every adapter must do, whatever it speaks. `open`: called once, before the first sentence. */
export function conforms(kind: string, open: () => Promise<Stage>, lacks: readonly Lack[] = []): void {
  const where = (has: Lack, sentence: string, body: () => Promise<void>): void => {
    if (!lacks.includes(has)) it(sentence, body);
  };
  describe(`the adapter ${kind}`, () => {
    let opened: Promise<Stage> | undefined;
    const stage = (): Promise<Stage> => (opened ??= open());
    const signal = (): AbortSignal => AbortSignal.timeout(WAIT_MS);
    let last = 0;
    const next = (): string => `o-${kind}/1/1/s~g/${(last += 1)}`;

    it('bears its folder’s name, and says what it can', async () => {
      const { adapter, seller } = await stage();
      assert.equal(adapter.kind, kind);
      assert.deepEqual(
        adapter.can.filter((it) => !CAPABILITIES.includes(it)),
        [],
      );
      assert.ok(adapter.can.includes('buy') && adapter.can.includes('query'));
      for (const it of ['balance', 'stock', 'catalogue'] as const) assert.equal(seller[it] !== undefined, adapter.can.includes(it), it);
    });

    it('buys what is wanted, a number a unit, and tells no secret', async () => {
      const { seller, wanted, sold, fulfil } = await stage();
      const before = await sold();
      const it = wanted(next(), 2);
      let answer = await seller.buy(it, signal());
      if (fulfil !== undefined) {
        assert.deepEqual([answer.units, answer.rest], [[], 'pending']);
        await fulfil(it.purchaseId);
        answer = await seller.ask(it, signal());
      }
      assert.deepEqual(
        answer.units.map(({ unit, kind: what }) => [unit, what]),
        [
          [1, 'code'],
          [2, 'code'],
        ],
      );
      assert.ok(RESTS.includes(answer.rest) && answer.rest !== 'pending');
      assert.ok(Number.isSafeInteger(answer.unitCostMinor) && answer.unitCostMinor >= 0 && answer.unitCostMinor <= it.maxCostMinor);
      assert.deepEqual(Object.keys(answer).sort(), ['rest', 'unitCostMinor', 'units']);
      for (const unit of answer.units) assert.deepEqual(Object.keys(unit).sort(), ['kind', 'unit']);
      assert.equal((await sold()) - before, 2);
    });

    it('sells once under one purchase, however often it is sent or asked for, and says the same', async () => {
      const { seller, wanted, sold, fulfil } = await stage();
      const before = await sold();
      const it = wanted(next(), 1);
      await seller.buy(it, signal());
      await fulfil?.(it.purchaseId);
      const first = await seller.ask(it, signal());
      assert.deepEqual(await seller.ask(it, signal()), first);
      await seller.buy(it, signal()).catch((error: unknown) => assert.ok(error instanceof Unanswered));
      assert.equal((await sold()) - before, 1);
    });

    it('buys nothing by asking', async () => {
      const { seller, wanted, sold } = await stage();
      const before = await sold();
      const answer = await seller.ask(wanted(next(), 1), signal()).catch((error: unknown) => {
        assert.ok(error instanceof Unanswered);
        return undefined;
      });
      if (answer !== undefined && kind !== 'vault') assert.deepEqual([answer.units, answer.rest], [[], 'refused']);
      // to ask a vault is to look again: a purchase of it is known to have been meant
      if (kind !== 'vault') assert.equal(await sold(), before);
    });

    it('buys nothing above the price', async () => {
      const { seller, wanted, sold } = await stage();
      if (kind === 'vault') return;
      const before = await sold();
      const answer = await seller.buy({ ...wanted(next(), 1), maxCostMinor: 1 }, signal());
      assert.deepEqual([answer.units, answer.rest], [[], 'price-risen']);
      assert.equal(await sold(), before);
    });

    where('running-dry', 'says what is sold out', async () => {
      const { seller, wanted, sold, runDry, mend } = await stage();
      assert.ok(runDry !== undefined, 'the stage can bring it about');
      await runDry();
      const before = await sold();
      const answer = await seller.buy(wanted(next(), 1), signal());
      assert.deepEqual([answer.units, answer.rest], [[], 'out-of-stock']);
      assert.equal(await sold(), before);
      await mend();
    });

    where('lost-answers', 'leaves open what came of a purchase whose answer is lost, and never makes a second', async () => {
      const { seller, wanted, sold, loseAnswer, mend } = await stage();
      assert.ok(loseAnswer !== undefined, 'the stage can bring it about');
      await loseAnswer();
      const before = await sold();
      const it = wanted(next(), 1);
      await assert.rejects(seller.buy(it, AbortSignal.timeout(1_000)));
      await mend();
      const answer = await seller.ask(it, signal()).catch((error: unknown) => assert.ok(error instanceof Unanswered));
      if (answer !== undefined) assert.equal(answer.units.length, 1);
      assert.equal((await sold()) - before, 1);
    });

    where('money', 'says when the money is gone, and what is left', async () => {
      const { seller, wanted, sold, spendAll, mend } = await stage();
      assert.ok(spendAll !== undefined, 'the stage can bring it about');
      const rich = await seller.balance?.(signal());
      assert.ok(rich !== undefined && rich.balanceMinor > 0 && /^[A-Z]{3}$/.test(rich.currency));
      await spendAll();
      const before = await sold();
      const answer = await seller.buy(wanted(next(), 1), signal());
      assert.deepEqual([answer.units, answer.rest, await sold()], [[], 'no-balance', before]);
      assert.equal((await seller.balance?.(signal()))?.balanceMinor, 0);
      await mend();
    });

    where('catalogue', 'lists what it has', async () => {
      const { seller } = await stage();
      assert.ok(seller.catalogue !== undefined && seller.stock !== undefined);
      const [first] = await seller.catalogue(signal());
      assert.ok(first !== undefined && first.name !== '' && first.costMinor > 0);
      const [found] = await seller.stock([first.supplierSku], signal());
      assert.equal(found?.supplierSku, first.supplierSku);
      assert.ok(Number.isSafeInteger(found.available) && found.available >= 0);
    });
  });
}
