import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inventory } from './index';
import type { Holding, Offer, Rows } from './state';

const holding: Holding = {
  asOf: 0,
  units: 100,
  ageDays: 3,
  oldestDays: 5,
  perDay: 10,
  coverDays: 10,
  capitalMinor: 90_000,
  expiringUnits: 0,
};
const rowsWith = (change: Partial<Offer>): Rows =>
  ({
    ...{ products: {}, suppliers: {}, verdicts: {}, drains: {}, holds: {}, attempts: {}, purchases: {} },
    offers: {
      v: {
        ...{
          offerId: 'v',
          kind: 'vault',
          version: 1,
          stockAsOf: 0,
          regions: ['CN'],
          closures: [],
          costTiers: [{ from: 1, costMinor: 900 }],
        },
        ...{ reported: 0, accepted: 0, settled: 0, held: 0, inFlight: 0, safetyStock: 0, ceilingMinor: 1000, ...change },
      },
    },
  }) as unknown as Rows;
const note = (rows: Rows, change: Partial<Holding> = {}) =>
  inventory.decide({ type: 'NoteHolding', offerId: 'v', holding: { ...holding, ...change }, at: 0 }, rows, {});

describe('what lies in a vault', () => {
  it('is told first once there is something', () => {
    assert.deepEqual(note(rowsWith({}), { units: 0 }), []);
    const told = note(rowsWith({}));
    assert.ok(Array.isArray(told));
    assert.deepEqual(
      told.map((it: { type: string }) => it.type),
      ['HoldingNoted', 'OfferState'],
    );
  });

  it('is told again where it has changed by a tenth, or aged by a day', () => {
    const known = rowsWith({ holding });
    for (const change of [{}, { units: 91, capitalMinor: 82_000 }, { ageDays: 3.9 }]) assert.deepEqual(note(known, change), []);
    const { coverDays: _, ...unsold } = holding;
    for (const it of [{ units: 80 }, { ageDays: 4 }, { expiringUnits: 1 }]) assert.equal((note(known, it) as unknown[]).length, 2);
    assert.equal((inventory.decide({ type: 'NoteHolding', offerId: 'v', holding: unsold, at: 0 }, known, {}) as unknown[]).length, 2);
  });

  it('is of vaults alone', () => {
    assert.deepEqual(note(rowsWith({ kind: 'http' })), { rejected: 'not-a-vault' });
  });
});
