import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HeldOffer, Repack, SubstitutionUpTo } from '@midstream/contracts';
import { holdIdOf, offerIdOf } from '@midstream/kernel';
import { LINES_MAX, type NewLine, type OrderEvent, orderStatusOf, progressOf, type Rows, statusOf } from './index';
import {
  after,
  aLine,
  aMerchant,
  answers,
  decided,
  held,
  LINE,
  lineIn,
  money,
  NOON,
  OF,
  places,
  start,
  tried,
  type Written,
} from './order.fixtures';

const CLEAR = { status: 'compliant', ruleVersion: 0 } as const;
const found = (change: Partial<Repack> = {}): Repack => ({
  ...{ sku: 'card-50', pieces: 2, units: 3, priceCapMinor: 4875, verdict: CLEAR },
  ...change,
});
const wish = (upTo: SubstitutionUpTo = 'repack', consent: 'pre-approved' | 'ask' = 'pre-approved'): Partial<NewLine> => ({
  ...{ need: { sku: 'card-100' }, quantity: 3, maxUnitPriceMinor: 9751 },
  substitution: { upTo, consent },
});
const anOrder = (line: Partial<NewLine> = wish(), ...others: NewLine[]): Rows => after(aMerchant(), places(aLine(line), ...others));
const nothing = (change: Parameters<typeof answers>[2] = { repack: found() }, attempt = 1) => answers(attempt, [], change);
const PIECES = { ...OF, lineId: '1.p1' } as const;
const piecesIn = (rows: Rows) => rows.orders['o']?.lines['1.p1'] ?? assert.fail();
const orderIn = (rows: Rows) => rows.orders['o'] ?? assert.fail();
const typesOf = (events: readonly OrderEvent[]) => events.map((it) => it.type);

const piecesHeld = (granted: number, priceMinor = 4870): HeldOffer => {
  const offerId = offerIdOf('B', 'card-50');
  const holdId = holdIdOf('o', '1.p1', 1, offerId);
  const of = { offerId, supplierId: 'B', sku: 'card-50', priceMinor, currency: 'CNY', expiresAt: new Date(NOON + 600_000).toISOString() };
  return { tally: { holdId, version: 1, granted, delivered: 0, lost: 0, released: 0 }, ...of };
};
const piecesAnswer = (granted: number, priceMinor?: number): Written => ({ ...answers(1, [piecesHeld(granted, priceMinor)]), ...PIECES });
const piecesCome = (granted: number, delivered: number, change: { released?: number; lost?: number } = {}): Written => {
  const { holdId } = piecesHeld(granted).tally;
  const tally = { holdId, version: 2, granted, delivered, lost: change.lost ?? 0, released: change.released ?? 0 };
  const told = tally.lost > 0 ? 'HoldLost' : tally.released > 0 ? 'HoldReleased' : 'UnitsDelivered';
  return { type: 'NoteHold', ...PIECES, told, tally, ...(tally.lost > 0 && { reason: 'out-of-stock' as const }) };
};

describe('units of a card of 100 that nobody has', () => {
  it('are looked for as cards of 50, by a line of their own that takes their money over', () => {
    const before = anOrder();
    const { rows, events } = decided(before, nothing());
    assert.deepEqual(typesOf(events), [
      ...['AnswerNoted', 'LineRepacked', 'MoneyMoved', 'MoneyMoved', 'LineSelectionRequested', 'LineClosed'],
    ]);
    const line = {
      ...{ lineId: '1.p1', need: { sku: 'card-50' }, quantity: 6, maxUnitPriceMinor: 4875 },
      substitution: { upTo: 'other-supplier', consent: 'pre-approved', consentDefault: 'refund', consentMs: 900_000 },
      deliverBy: '2026-11-25T12:00:00.000Z',
    };
    assert.deepEqual(events[1], { type: 'LineRepacked', ...LINE, quantity: 3, sku: 'card-100', pieces: 2, line, heldMinor: 29_250 });
    assert.deepEqual(money(before), [1_000_000 - 29_253, 29_253]);
    assert.deepEqual(money(rows), [1_000_000 - 29_250, 29_250]);
    const asked = events[4];
    assert.ok(asked?.type === 'LineSelectionRequested' && asked.mayRepack === undefined);
    assert.deepEqual([asked.lineId, asked.request.quantity, asked.request.priceCapMinor, asked.request.attempt], ['1.p1', 6, 4875, 1]);
  });

  it('do not make their line look as if it had failed', () => {
    const rows = after(anOrder(), nothing());
    const closed = decided(anOrder(), nothing()).events.at(-1);
    assert.deepEqual(closed, {
      ...{ type: 'LineClosed', ...LINE, status: 'delivered', ordered: 3, delivered: 0, capturedMinor: 0, repacked: 3 },
    });
    assert.equal(statusOf(lineIn(rows) ?? assert.fail()), 'repacked');
    assert.equal(orderStatusOf(orderIn(rows)), 'running');
    const { ordered, delivered, givenUp, repacked } = progressOf(Object.values(orderIn(rows).lines), NOON);
    assert.deepEqual({ ordered, delivered, givenUp, repacked }, { ordered: 6, delivered: 0, givenUp: 0, repacked: 3 });
  });

  it('complete the order when all of their pieces have come, and are charged what the pieces cost', () => {
    const rows = after(anOrder(), nothing(), piecesAnswer(6), piecesCome(6, 6));
    assert.equal(orderIn(rows).end, 'completed');
    assert.deepEqual(money(rows), [1_000_000 - 6 * 4870, 0]);
    assert.equal(piecesIn(rows).capturedMinor, 29_220);
  });

  it('leave an order unfillable where their pieces are not to be had either', () => {
    const rows = after(anOrder(), nothing(), { ...answers(1, []), ...PIECES });
    assert.equal(orderIn(rows).end, 'unfillable');
    assert.deepEqual(money(rows), [1_000_000, 0]);
  });

  it('leave an order partly completed where some of their pieces have come', () => {
    const rows = after(anOrder(), nothing(), piecesAnswer(4), piecesCome(4, 4), { ...answers(2, [], {}), ...PIECES });
    assert.equal(piecesIn(rows).end, 'partially-delivered');
    assert.equal(orderIn(rows).end, 'partially-completed');
  });

  it('never cost more than the line allows, nor than selection does', () => {
    const capOf = (change: Partial<Repack>) => piecesIn(after(anOrder(), nothing({ repack: found(change) }))).maxUnitPriceMinor;
    assert.equal(capOf({ priceCapMinor: 9_000 }), 4875); // 9751 / 2, rounded down
    assert.equal(capOf({ priceCapMinor: 4800 }), 4800);
    assert.equal(capOf({ priceCapMinor: 9_000, pieces: 10 }), 975);
  });

  it('cost no more than what they replace after a loss', () => {
    const hold = { ...held('A', 3, { sku: 'card-100', priceMinor: 9001 }) };
    const lost = {
      type: 'NoteHold',
      ...LINE,
      told: 'HoldLost',
      tally: { ...hold.tally, version: 2, lost: 3 },
      reason: 'out-of-stock',
    } as const;
    const rows = after(anOrder(), answers(1, [hold]), lost, nothing({ repack: found() }, 2));
    assert.equal(piecesIn(rows).maxUnitPriceMinor, 4500);
  });

  it('are asked for at the same good first, as long as somebody may have it', () => {
    const rows = after(anOrder(), nothing({ repack: found(), tried: tried('A', 1) }));
    assert.equal(orderIn(rows).lines['1.p1'], undefined);
    assert.equal(Object.values(lineIn(rows)?.selecting ?? {})[0]?.ranking, 2);
  });

  it('are repacked as far as there are pieces, and the rest is asked for again', () => {
    const rows = after(anOrder(), nothing({ repack: found({ units: 2 }) }));
    assert.equal(piecesIn(rows).ordered, 4);
    const left = Object.values(lineIn(rows)?.selecting ?? {});
    assert.deepEqual(
      left.map(({ quantity, ranking }) => [quantity, ranking]),
      [[1, 2]],
    );
    const more = after(rows, { type: 'AskAgain', ...LINE, attempt: 2, at: NOON + 250 }, nothing({ repack: found() }, 2));
    assert.equal(orderIn(more).lines['1.p2']?.ordered, 2);
    assert.equal(statusOf(lineIn(more) ?? assert.fail()), 'repacked');
  });

  it('are repacked beside those that could be held', () => {
    const one = held('A', 1, { sku: 'card-100', priceMinor: 9750 });
    const rows = after(anOrder(), answers(1, [one], { repack: found() }));
    assert.equal(piecesIn(rows).ordered, 4);
    const done = after(
      rows,
      { type: 'NoteHold', ...LINE, told: 'UnitsDelivered', tally: { ...one.tally, version: 2, delivered: 1 } },
      ...[piecesAnswer(4), piecesCome(4, 4)],
    );
    assert.deepEqual([lineIn(done)?.end, orderIn(done).end], ['delivered', 'completed']);
  });

  const left: readonly [string, Rows, Partial<Repack>][] = [
    ['where their buyer takes the good itself only', anOrder(wish('other-supplier')), {}],
    ['where compliance has struck the pieces out', anOrder(), { verdict: { status: 'banned', ruleVersion: 3, ruleId: 'r7' } }],
    ['where compliance has not been asked', anOrder(), { verdict: undefined }],
    ['where any good of a category will do', anOrder({ ...wish(), need: { category: 'game-card', faceValueMinor: 10_000 } }), {}],
  ];
  for (const [what, rows, change] of left)
    it(`are not repacked ${what}`, () => {
      const { verdict, ...rest } = found(change);
      const { events } = decided(rows, nothing({ repack: verdict === undefined ? rest : { ...rest, verdict } }));
      assert.ok(!typesOf(events).includes('LineRepacked'));
    });

  it('are given up where there are no pieces', () => {
    const { events } = decided(anOrder(), nothing({}));
    assert.deepEqual(typesOf(events), ['AnswerNoted', 'UnitsGivenUp', 'MoneyMoved', 'LineClosed', 'OrderClosed']);
  });

  it(`are asked for again as other goods where the order has ${LINES_MAX} lines already`, () => {
    const others = Array.from({ length: LINES_MAX - 1 }, (_, n) => aLine({ lineId: `x${n}`, quantity: 1 }));
    const { events } = decided(anOrder(wish('same-category'), ...others), nothing());
    assert.deepEqual(typesOf(events), ['AnswerNoted', 'AskPlanned']);
    const { rows } = decided(anOrder(wish('same-category'), ...others.slice(1)), nothing());
    assert.equal(orderIn(rows).lineIds.length, LINES_MAX);
  });

  it('are told to selection as such that may be repacked, and pieces are not', () => {
    const asks = (rows: Rows, command: Written) =>
      decided(rows, command).events.flatMap((it) => (it.type === 'LineSelectionRequested' ? [it.mayRepack ?? false] : []));
    assert.deepEqual(asks(aMerchant(), places(aLine(wish()), aLine({ lineId: '2' }), aLine({ ...wish('same-category'), lineId: '3' }))), [
      ...[true, false, true],
    ]);
    assert.deepEqual(asks(anOrder(), nothing()), [false]);
  });

  it('go back with the pieces when the order is cancelled, or late', () => {
    for (const ends of [{ type: 'CancelOrder', ...OF } as const, { type: 'MeetDeadline', ...OF, at: NOON + 86_400_000 } as const]) {
      const rows = after(anOrder(), nothing(), piecesAnswer(6), ends, piecesCome(6, 2, { released: 4 }));
      assert.equal(orderIn(rows).end, 'partially-completed');
      assert.deepEqual(money(rows), [1_000_000 - 2 * 4870, 0]);
    }
  });

  it('take the account of a top-up with them', () => {
    const rows = after(anOrder({ ...wish(), need: { sku: 'credit' }, recipient: '13800000000' }), nothing());
    assert.equal(piecesIn(rows).recipient, '13800000000');
  });

  it('call their line by a name that is free', () => {
    const rows = after(anOrder(wish(), aLine({ lineId: '1.p1', quantity: 1 })), nothing());
    assert.deepEqual(orderIn(rows).lineIds, ['1', '1.p1', '1.p2']);
  });
});

describe('pieces that stand in for another card', () => {
  const asking = () => after(anOrder(wish('repack', 'ask')), nothing());

  it('are bought only when their buyer has agreed', () => {
    const { rows, events } = decided(asking(), piecesAnswer(6));
    const asked = events.find((it) => it.type === 'ConsentRequested');
    assert.deepEqual(asked, {
      ...{ type: 'ConsentRequested', ...PIECES, consentId: 'o:1.p1:1:0', holdId: piecesHeld(6).tally.holdId, quantity: 6, sku: 'card-50' },
      ...{ priceMinor: 4870, currency: 'CNY', insteadOf: 'card-100', deadlineAt: '2026-11-24T12:15:00.000Z', default: 'refund', pieces: 2 },
    });
    assert.ok(!typesOf(events).includes('LineAssigned'));
    start(rows)
      .when({ type: 'AnswerConsent', ...PIECES, consentId: 'o:1.p1:1:0', answer: 'yes' })
      .thenAmong({ type: 'LineAssigned', ...PIECES, attempt: 1, decisionId: 'o:1:1:1', holds: [piecesHeld(6)] });
  });

  it('are refunded when he has not', () => {
    const refused = after(asking(), piecesAnswer(6), { type: 'AnswerConsent', ...PIECES, consentId: 'o:1.p1:1:0', answer: 'no' });
    const rows = after(refused, piecesCome(6, 0, { released: 6 }));
    assert.equal(orderIn(rows).end, 'unfillable');
    assert.deepEqual(money(rows), [1_000_000, 0]);
  });

  it('are asked for at their other suppliers when they are lost, and never become pieces themselves', () => {
    const rows = after(anOrder(), nothing(), piecesAnswer(6));
    const { events } = decided(rows, piecesCome(6, 0, { lost: 6 }));
    const again = events.find((it) => it.type === 'LineSelectionRequested');
    assert.equal(again?.mayRepack, undefined);
    const { rows: lost } = decided(rows, piecesCome(6, 0, { lost: 6 }));
    const end = decided(lost, { ...answers(2, [], { repack: found({ sku: 'card-25' }) }), ...PIECES });
    assert.ok(!typesOf(end.events).includes('LineRepacked'));
  });

  it('are complained of on their own line, as standing in for what was ordered', () => {
    const rows = after(anOrder(), nothing(), piecesAnswer(6), piecesCome(6, 6));
    const { events } = decided(rows, { type: 'FileComplaint', ...PIECES, complaintId: 'c', units: 2, reason: 'invalid-code' });
    const [filed] = events;
    assert.ok(filed?.type === 'ComplaintFiled');
    assert.deepEqual(
      filed.from.map(({ sku, insteadOf, units }) => [sku, insteadOf, units]),
      [['card-50', 'card-100', 2]],
    );
  });
});
