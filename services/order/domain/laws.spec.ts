import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultOf, LOSS_REASONS, topicOf } from '@midstream/contracts';
import fc from 'fast-check';
import { deliveredOf, holdsOf, type Line, type OrderEvent, type Rows, sum } from './index';
import { aLine, aMerchant, after, answers, decided, hears, held, lineIn, money, OF, places, tried, type Written } from './order.fixtures';

const OFFERS = ['A', 'B', 'C', 'D'] as const;
/** Of one hold in the order in which inventory says it: each step loses, delivers or releases some of what is open. */
const aLife = (offer: string, granted: number): fc.Arbitrary<Written[]> =>
  fc
    .array(
      fc.record({
        units: fc.integer({ min: 0, max: granted }),
        what: fc.constantFrom('lost', 'delivered', 'released', 'bought'),
        reason: fc.constantFrom(...LOSS_REASONS),
      }),
      { maxLength: 5 },
    )
    .map((steps) => {
      const tally = { lost: 0, delivered: 0, released: 0 };
      return steps.map(({ units, what, reason }, n) => {
        const open = granted - tally.lost - tally.delivered - tally.released;
        if (what !== 'bought') tally[what] += Math.min(open, units);
        return hears(offer, what === 'lost' ? reason : undefined, { version: n + 2, granted, ...tally });
      });
    });

const GRANTED = [3, 2, 4, 1] as const;
const lives = fc.tuple(...OFFERS.map((it, n) => aLife(it, GRANTED[n] ?? 1)));
const holding = after(
  aMerchant(),
  places(aLine({ quantity: 10 })),
  answers(
    1,
    OFFERS.map((it, n) => held(it, GRANTED[n] ?? 1, { priceMinor: 2400 + n })),
  ),
);

/** The lives told one after the other, or in turns: each keeps its own order. */
function interleave(told: readonly Written[][], picks: readonly number[]): Written[] {
  const left = told.map((it) => [...it]);
  const out: Written[] = [];
  for (let n = 0; left.some((it) => it.length > 0); n++) {
    const waiting = left.filter((it) => it.length > 0);
    const next = waiting[(picks[n] ?? 0) % waiting.length]?.shift();
    if (next !== undefined) out.push(next);
  }
  return out;
}

/** What a line comes to, whatever its attempts are numbered. */
function sense(line: Line | undefined) {
  assert.ok(line !== undefined);
  const asked = new Map<string, number>();
  for (const it of Object.values(line.selecting)) {
    const key = `${it.depth} after ${it.replaces?.holdId} ${it.replaces?.reason}`;
    asked.set(key, (asked.get(key) ?? 0) + it.quantity);
  }
  const { givenUp, capturedMinor, releasedMinor, end } = line;
  return {
    asked: Object.fromEntries([...asked].sort()),
    excluded: [...line.excluded].sort((a, b) => (a.offerId < b.offerId ? -1 : 1)),
    holds: holdsOf(line),
    ...{ givenUp, capturedMinor, releasedMinor, end, delivered: deliveredOf(line) },
  };
}

describe('facts about holds', () => {
  it('commute between the holds of an order (protocol 2)', () =>
    fc.assert(
      fc.property(lives, fc.array(fc.nat(3)), fc.array(fc.nat(3)), (told, one, other) => {
        const [a, b] = [after(holding, ...interleave(told, one)), after(holding, ...interleave(told, other))];
        assert.deepEqual(sense(lineIn(a)), sense(lineIn(b)));
        assert.deepEqual(money(a), money(b));
      }),
    ));

  it('change nothing when they come again, or late (protocol 1)', () =>
    fc.assert(
      fc.property(lives, fc.array(fc.nat(3)), fc.array(fc.nat(20)), (told, picks, again) => {
        const facts = interleave(told, picks);
        const rows = after(holding, ...facts);
        for (const n of again) {
          const fact = facts[n % Math.max(1, facts.length)];
          if (fact !== undefined) assert.deepEqual(decided(rows, fact).events, []);
        }
      }),
    ));

  it('keep all units and all money, whatever is asked meanwhile', () =>
    fc.assert(
      fc.property(lives, fc.array(fc.nat(3)), fc.nat(12), (told, picks, when) => {
        const facts = interleave(told, picks);
        // decided() upholds after every command: rule 3 and the conservation of money are asserted there
        const rows = after(holding, ...facts.slice(0, when), { type: 'CancelOrder', ...OF }, ...facts.slice(when));
        const line = lineIn(rows);
        assert.ok(line !== undefined);
        assert.equal(Object.keys(line.selecting).length, 0);
        assert.equal((money(rows)[0] ?? 0) + (money(rows)[1] ?? 0) + line.capturedMinor, 1_000_000);
      }),
    ));
});

/** A whole order against an inventory that answers as it likes: it always comes to an end, and its books are right. */
describe('an order', () => {
  const play = (rolls: readonly number[], line: Parameters<typeof aLine>[0]): { rows: Rows; events: OrderEvent[] } => {
    let { rows, events } = { rows: after(aMerchant(), places(aLine(line))), events: [] as OrderEvent[] };
    const step = (command: Written) => {
      const next = decided(rows, command);
      rows = next.rows;
      events = [...events, ...next.events];
    };
    rolls.forEach((roll, n) => {
      const command = next(rows, roll, n);
      if (command !== undefined) step(command);
    });
    step({ type: 'CancelOrder', ...OF });
    for (const it of holdsOf(lineIn(rows) ?? assert.fail())) {
      const open = it.granted - it.lost - it.delivered - it.released;
      const { lost, delivered, granted } = it;
      step({ ...noting(it.offerId, it.attempt, it.version + 1, { granted, lost, delivered, released: it.released + open }) });
    }
    return { rows, events };
  };

  const policies = fc.constantFrom(
    { substitution: { upTo: 'same-category', consent: 'ask' } } as const,
    { substitution: { upTo: 'same-category', consent: 'pre-approved' } } as const,
    { substitution: { upTo: 'repack', consent: 'ask' } } as const,
    { substitution: { waitUntilAt: Date.UTC(2026, 10, 25) } },
    {},
  );

  it('ends, with every unit and every cent accounted for, and tells it in facts that keep their schema', () =>
    fc.assert(
      fc.property(fc.array(fc.nat(9_999), { maxLength: 30 }), policies, (rolls, line) => {
        const { rows, events } = play(rolls, line);
        const order = rows.orders['o'];
        assert.ok(order?.end !== undefined);
        assert.deepEqual([order.heldMinor, money(rows)[1]], [0, 0]);
        assert.equal(events.filter((it) => it.type === 'OrderClosed').length, 1);
        for (const { type, ...data } of events) if (topicOf(type) !== undefined) assert.equal(faultOf(type, data), undefined);
        for (const it of events)
          if (it.type === 'MoneyMoved')
            assert.equal(
              sum(it.entries, (entry) => entry.amountMinor),
              0,
            );
      }),
      { numRuns: 300 },
    ));
});

const CLEAR = { status: 'compliant', ruleVersion: 0 } as const;

const noting = (offerId: string, attempt: number, version: number, tally: Parameters<typeof hears>[2]): Written => {
  const [offer = '', sku = 'video'] = offerId.split('~');
  return hears(offer, undefined, { ...tally, attempt, version, sku });
};

/** Something that could happen now, by the number rolled. */
function next(rows: Rows, roll: number, n: number): Written | undefined {
  const line = lineIn(rows);
  if (line === undefined || line.end !== undefined) return undefined;
  const asked = Object.values(line.selecting);
  const open = holdsOf(line).filter((it) => it.granted > it.lost + it.delivered + it.released);
  const consents = Object.values(line.consents).filter((it) => it.answer === undefined);
  const [one] = asked;
  if (one !== undefined && roll % 2 === 0) {
    if (one.askAt !== undefined)
      return { type: 'AskAgain', orderId: 'o', merchantId: 'm', lineId: '1', attempt: one.attempt, at: one.askAt };
    const units = roll % (one.quantity + 1);
    const hold = held(`s${n}`, units, { attempt: one.attempt, sku: roll % 3 === 0 ? 'music' : 'video', priceMinor: 2300 + (roll % 300) });
    const repack = { sku: 'half', pieces: 2 + (roll % 9), units: 1 + (roll % 4), priceCapMinor: roll % 1300, verdict: CLEAR };
    const change = { tried: roll % 5 === 0 ? [] : tried(`s${n}`, n), ...(roll % 7 < 3 && { repack }) };
    return answers(one.attempt, units > 0 ? [hold] : [], change);
  }
  const [question] = consents;
  if (question !== undefined && roll % 3 === 0)
    return {
      type: 'AnswerConsent',
      orderId: 'o',
      merchantId: 'm',
      lineId: '1',
      consentId: question.consentId,
      answer: roll % 4 === 1 ? 'yes' : 'no',
    };
  const hold = open[roll % Math.max(1, open.length)];
  if (hold === undefined) return undefined;
  const [offer = '', sku = 'video'] = hold.offerId.split('~');
  const { granted, lost, delivered, released } = hold;
  const more = 1 + (roll % (granted - lost - delivered - released));
  const change = { attempt: hold.attempt, sku, version: hold.version + 1, granted, lost, delivered, released };
  if (roll % 5 < 2 && hold.assigned) return hears(offer, undefined, { ...change, delivered: delivered + more });
  return hears(offer, LOSS_REASONS[roll % LOSS_REASONS.length], { ...change, lost: lost + more });
}
