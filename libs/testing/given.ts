import assert from 'node:assert/strict';
import type { Domain, Timed, Untimed } from '@midstream/kernel';
import { draftedRows, isRejection } from '@midstream/kernel';

/** The instant of every command that names no other: a fixed day, so that a failure reads the same tomorrow. */
export const NOON = Date.UTC(2026, 10, 24, 12);

type Typed = { readonly type: string };

/**
 * Given some rows, when a command comes, then exactly these facts follow. Runs the domain as the shell does: decide, evolve, uphold,
 * after every command. `then…` compare whole and in order; only `thenAmong` looks for some facts among others.
 */
export function given<Rows, View, Command extends Timed, Event extends Typed, Fact extends Typed, Code extends string>(
  domain: Domain<Rows, View, Command, Event, Fact, Code>,
  rows: Rows,
  view: View = domain.view.create(),
) {
  type Written = Untimed<Command> & { readonly at?: number };
  const run = (now: Rows, command: Written) => {
    const decision = domain.decide({ at: NOON, ...command } as unknown as Command, now, view);
    if (isRejection(decision)) return { decision, after: now };
    const after = decision.reduce((state, event) => domain.evolve(state, event), now);
    assert.deepEqual(draftedRows(decision) ?? after, after, 'a draft makes of its rows what its events make of them');
    domain.uphold(after);
    return { decision, after };
  };

  const outcome = (now: Rows, command: Written) => {
    const { decision, after } = run(now, command);
    const events = (): readonly Event[] => {
      assert.ok(!isRejection(decision), `refused: ${JSON.stringify(decision)}`);
      return decision;
    };
    const self = {
      rows: after,
      thenExactly: (...expected: Event[]) => (assert.deepEqual(events(), expected), self),
      thenAmong: (...expected: Event[]) => {
        for (const it of expected)
          assert.ok(
            events().some((event) => same(event, it)),
            `expected ${JSON.stringify(it)}\namong ${JSON.stringify(events(), null, 1)}`,
          );
        return self;
      },
      thenTypes: (...expected: string[]) => (
        assert.deepEqual(
          events().map((it) => it.type),
          expected,
        ),
        self
      ),
      thenNothing: () => (assert.deepEqual(events(), []), self),
      thenRejected: (code: Code) => (assert.equal(isRejection(decision) ? decision.rejected : 'accepted', code), self),
      thenState: <T>(of: (rows: Rows) => T, expected: T) => (assert.deepEqual(of(after), expected), self),
      when: (next: Written) => outcome(after, next),
    };
    return self;
  };

  const start = (now: Rows) => ({
    has: (command: Written) => start(run(now, command).after),
    when: (command: Written) => outcome(now, command),
    rows: now,
  });
  return start(rows);
}

function same(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
