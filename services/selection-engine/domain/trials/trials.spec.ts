import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fact, SelectionRequest } from '@midstream/contracts';
import { isRejection } from '@midstream/kernel';
import { given } from '@midstream/testing/given';
import { USUAL } from '../chain/settings';
import { replay } from '../chain/record';
import { selection, type SelectionDecided } from '../index';
import { aBook, anOffer, aProduct, aRequest, NO_ROWS, NOON } from '../selection.fixtures';
import type { Rows } from '../state';
import { challengerOf, drawModel, knowModels, type Models, USUAL_MODELS } from './models';
import { LOOKS, type Verdict } from './verdict';

const { champion } = USUAL_MODELS;
const asked = { type: 'StartTrial', name: 'calm', settings: { failureTimes: 5 }, share: 0.25, why: 'refunds' } as const;
const settings = { ...USUAL, failureTimes: 5 };
const challenger = challengerOf('calm', settings);
const start = () => given(selection, NO_ROWS).has(asked);
const stateOf = (name = 'calm') => ((rows: Rows) => [rows.trials[name]?.status, rows.models['selection']?.champion.name]); // prettier-ignore
const verdict = (it: Partial<Verdict> = {}): Verdict => ({
  ...{ judgedAt: NOON, lines: 2_000, ess: 1_000, gain: 0.01, lower: 0.001, upper: 0.02, guards: { late: 0, complaints: 0 } },
  ...{ promote: true, why: 'better' as const },
  ...it,
});
const judges = (it: Partial<Verdict> = {}) => ({ type: 'JudgeTrial', name: 'calm', verdict: verdict(it) }) as const;
const ends = { type: 'EndTrial', name: 'calm', why: 'enough' } as const;
const backs = { type: 'RollBackTrial', name: 'calm', why: 'complaints' } as const;

describe('a trial', () => {
  it('starts with the champion’s numbers but for its own', () =>
    void given(selection, NO_ROWS)
      .when(asked)
      .thenExactly({
        ...{ type: 'TrialChanged', what: 'started', why: 'refunds', changedAt: NOON },
        trial: { name: 'calm', settings, share: 0.25, status: 'running', startedAt: NOON, before: champion, looks: 0 },
        models: { champion, running: { name: 'calm', share: 0.25, challenger } },
      }));

  it('is refused beside another one, under a name that was used, and where it changes nothing', () => {
    void start()
      .when({ ...asked, name: 'other' })
      .thenRejected('trial-running');
    void start().has(ends).when(asked).thenRejected('trial-name-used');
    void given(selection, NO_ROWS).when({ ...asked, settings: { failureTimes: 1 } }).thenRejected('trial-changes-nothing'); // prettier-ignore
    void given(selection, NO_ROWS)
      .when({ ...asked, settings: {} })
      .thenRejected('trial-changes-nothing');
  });

  it('has numbers within their bounds, and a share up to a half', () => {
    for (const bad of [{ share: 0 }, { share: 2 }, { share: NaN }, { settings: { lateTimes: NaN } }, { settings: { lateTimes: 6 } }])
      assert.throws(() => given(selection, NO_ROWS).when({ ...asked, ...bad }), /broken/);
  });

  it('is ended by an operator, once; the champion stays', () => {
    void start().when(ends).thenState(stateOf(), ['ended', champion.name]).when(ends).thenRejected('trial-not-running');
    for (const name of ['none', 'constructor'])
      void start()
        .when({ ...ends, name })
        .thenRejected('trial-not-found');
  });

  it('is promoted at a look, by the verdict, and rolled back', () =>
    void start()
      .when(judges({ ess: 999, promote: false, why: 'too-few-decisions' }))
      .thenState(stateOf(), ['running', champion.name])
      .when(judges())
      .thenState(stateOf(), ['promoted', 'chain-money-6+calm'])
      .when(judges())
      .thenNothing()
      .when(backs)
      .thenState(stateOf(), ['rolled-back', champion.name])
      .when(backs)
      .thenRejected('trial-not-champion'));

  it('that was not promoted at a look has to wait for the next', () =>
    void start()
      .when(judges({ promote: false, why: 'not-surely-better' }))
      .when(judges({ ess: 1_999 }))
      .thenState(stateOf(), ['running', champion.name])
      .when(judges({ ess: 2_000 }))
      .thenState(stateOf(), ['promoted', challenger.name]));

  it('ends by itself where it does harm, or no look is left', () => {
    void start().when(judges({ ess: 250, promote: false, harm: 'surely-worse' })).thenState(stateOf(), ['ended', champion.name]); // prettier-ignore
    const last = judges({ ess: LOOKS.at(-1) ?? 0, promote: false, why: 'not-surely-better' });
    void start().when(last).thenState(stateOf(), ['ended', champion.name]);
  });

  it('against a promoted one begins with that one’s numbers; no rollback meanwhile, nor of one that others stand upon', () => {
    const second = { ...asked, name: 'second', settings: { lateTimes: 2 } };
    const both = start().has(judges()).has(second);
    assert.deepEqual(both.rows.models['selection']?.running?.challenger.settings, { ...settings, lateTimes: 2 });
    void both.when(backs).thenRejected('trial-running');
    const promoted = both.has({ ...judges(), name: 'second' });
    void promoted.when(backs).thenRejected('trial-not-champion');
    void promoted
      .has({ ...backs, name: 'second' })
      .when(backs)
      .thenState(stateOf(), ['rolled-back', champion.name]);
  });
});

const plenty = { outcomes: { fulfilled: 100, failed: 0, responseMsSum: 100_000 } };
const heldAt = (request: SelectionRequest, holdId: string): Fact<'OfferHeld'> => {
  const { orderId, merchantId, lineId, attempt, deliverBy: expiresAt } = request;
  const tally = { holdId, version: 1, granted: 1, delivered: 0, lost: 0, released: 0 };
  const held = { tally, offerId: 'x~video', supplierId: 'x', sku: 'video', priceMinor: 2_500, currency: 'CNY', expiresAt };
  const answer = { orderId, merchantId, lineId, attempt, decisionId: 'd', request, unheld: 0, tried: [], candidates: [], gates: {} };
  return { type: 'OfferHeld', ...answer, holds: [held] };
};

describe('a line', () => {
  const running: Models = { champion, running: { name: 'calm', share: 0.25, challenger } };
  // Cheap and shaky, or dear and sure: who counts failures five times takes the second
  const shaky = { outcomes: { fulfilled: 60, failed: 40, responseMsSum: 100_000 }, costMinor: 2_000 };
  const sure = { outcomes: { fulfilled: 100, failed: 0, responseMsSum: 100_000 }, costMinor: 2_100 };
  const market = (models = running) => {
    const book = aBook(aProduct('video'), anOffer('a', 'video', shaky), anOffer('b', 'video', sure));
    book.models = models;
    return book;
  };
  const line = (n: number, attempt = 1) => aRequest({ orderId: `o${n}`, segment: 'enterprise', attempt });
  const decide = (n: number, book = market(), rows = NO_ROWS, attempt = 1) => {
    const events = selection.decide({ type: 'RankOffers', at: NOON, request: line(n, attempt) }, rows, book);
    assert.ok(!isRejection(events));
    const after = events.reduce((all, it) => selection.evolve(all, it), rows);
    for (const it of events) selection.view.apply(book, it);
    return { decided: events.find((it): it is SelectionDecided => it.type === 'SelectionDecided'), after };
  };

  it('is drawn by its order: a share of all for each side, the rest beside the trial', () => {
    const sides = Array.from({ length: 4_000 }, (_, n) => drawModel(line(n), {}, running).trial);
    const of = (side: boolean) => sides.filter((it) => it?.challenger === side).length / sides.length;
    assert.ok(Math.abs(of(true) - 0.25) < 0.02 && Math.abs(of(false) - 0.25) < 0.02, `${of(true)} ${of(false)}`);
    assert.ok(sides.every((it) => it === undefined || it.propensity === 0.25));
  });

  const [tried = 0, kept = 0, outside = 0] = [true, false, undefined].map((side) => {
    for (let n = 0; ; n++) if (decide(n).decided?.trial?.challenger === side) return n;
  });

  it('is ranked by its model; the record names it and its numbers, and is made again', () => {
    const { decided } = decide(tried);
    assert.ok(decided);
    assert.deepEqual([decided.model, decided.settings, decided.candidates[0]?.offerId], ['chain-money-6+calm', settings, 'b~video']);
    assert.deepEqual(replay(decided), { identical: true, differs: [] });
    for (const n of [kept, outside]) {
      const { decided: by } = decide(n);
      assert.deepEqual([by?.model, by?.settings, by?.candidates[0]?.offerId], ['chain-money-6', undefined, 'a~video']);
    }
  });

  it('keeps its model in later attempts, whatever became of the trial', () => {
    for (const [n, name] of [[tried, challenger.name], [kept, champion.name]] as const) {
      const { after } = decide(n);
      const promoted: Models = { champion: challengerOf('later', { ...USUAL, lateTimes: 2 }) };
      assert.equal(decide(n, market(promoted), after, 2).decided?.model, name);
    } // prettier-ignore
    assert.equal(decide(tried, market(), decide(tried, market(USUAL_MODELS)).after, 2).decided?.model, champion.name);
  });

  it('names the formulas that it is ranked by, where its numbers are from before an upgrade', () => {
    const book = market();
    knowModels(book, { champion: { name: 'chain-money-4+calm', settings }, running: { name: 'calmer', share: 0.5, challenger: { name: 'chain-money-3+calmer', settings } } }); // prettier-ignore
    assert.deepEqual([book.models.champion, book.models.running?.challenger.name], [challenger, 'chain-money-6+calmer']);
  });

  it('keeps its numbers over an upgrade between two of its attempts, and names the formulas that it is ranked by', () => {
    const { after } = decide(tried);
    const [attempt] = Object.keys(after.ranked);
    const [row] = Object.values(after.ranked);
    assert.ok(attempt !== undefined && row?.drawn !== undefined);
    const before = { ...row, drawn: { ...row.drawn, model: { name: 'chain-money-5+calm', settings } } };
    const { decided } = decide(tried, market(), { ...after, ranked: { [attempt]: before } }, 2);
    assert.deepEqual([decided?.model, decided?.settings], [challenger.name, settings]);
  });

  it('is decided once though its transaction runs again after the trial has ended', () => {
    const book = market();
    const { decided } = decide(tried, book);
    book.models = USUAL_MODELS;
    assert.equal(decide(tried, book).decided, decided);
  });

  it('that is lost in a storm draws from the plan for all, whatever its model, and is made again', () => {
    const book = market();
    const lost = { ...plenty, costMinor: 1_800 };
    for (const [supplier, it] of [['a', shaky], ['b', sure], ['x', lost]] as const)
      selection.view.apply(book, anOffer(supplier, 'video', { ...it, version: 2, available: supplier === 'x' ? 100 : 25 })); // prettier-ignore
    const asked = Array.from({ length: 40 }, (_, n) => decide(n, book));
    const again = asked.map(({ decided }, n) => {
      assert.equal(decided?.candidates[0]?.offerId, 'x~video');
      const replaces = {
        holdId: `o${n}/1/1/x~video`,
        offerId: 'x~video',
        sku: 'video',
        reason: 'out-of-stock',
        referencePriceMinor: 2_500,
      } as const;
      selection.view.apply(book, heldAt(line(n), replaces.holdId));
      return {
        ...line(n, 2),
        depth: 2,
        priceCapMinor: 2_500,
        excluded: [{ offerId: 'x~video', reason: 'out-of-stock' as const }],
        replaces,
      };
    });
    selection.view.apply(book, anOffer('x', 'video', { ...lost, version: 3, available: 0, held: 40 }));
    const sent = again.map((request, n) => {
      const events = selection.decide({ type: 'RankOffers', at: NOON, request }, asked[n]?.after ?? NO_ROWS, book);
      assert.ok(!isRejection(events));
      for (const it of events) selection.view.apply(book, it);
      const decided = events.find((it): it is SelectionDecided => it.type === 'SelectionDecided');
      assert.ok(decided?.storm && replay(decided).identical);
      assert.deepEqual([decided.model, decided.trial], [asked[n]?.decided?.model, asked[n]?.decided?.trial]);
      return decided.candidates.find((it) => it.planned > 0)?.offerId;
    });
    const at = (offerId: string) => sent.filter((it) => it === offerId).length;
    assert.ok(at('a~video') <= 25 && at('b~video') <= 25 && at('a~video') + at('b~video') === 40, `${at('a~video')} ${at('b~video')}`);
    assert.ok(new Set(asked.map((it) => it.decided?.model)).size === 2);
  });

  it('after a promotion is ranked by the new champion, named as such', () => {
    const { decided } = decide(outside, market({ champion: challenger }));
    assert.deepEqual([decided?.model, decided?.trial, decided?.candidates[0]?.offerId], [challenger.name, undefined, 'b~video']);
  });
});
