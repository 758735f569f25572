import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RESTOCK_APART_MS } from './limits';
import { restocked } from './restock';
import type { Offer } from './state';

const HOUR = 3_600_000;
const offer = (change: Partial<Offer>): Offer => ({ kind: 'http', reported: 0, ...change }) as Offer;

describe('fresh stock', () => {
  it('is a report of twice what was named before, and not a sale called off', () => {
    assert.equal(restocked(offer({ reported: 10 }), 19, HOUR).restock, undefined);
    assert.deepEqual(restocked(offer({ reported: 10 }), 20, HOUR).restock, { lastAt: HOUR, everyMs: 0, seen: 0 });
    assert.equal(restocked(offer({}), 0, HOUR).restock, undefined);
  });

  it('of a vault is every import', () => {
    assert.deepEqual(restocked(offer({ kind: 'vault', reported: 100 }), 101, HOUR).restock, { lastAt: HOUR, everyMs: 0, seen: 0 });
  });

  it('comes after a pause that is learned, the newest most', () => {
    const once = { lastAt: 0, everyMs: 0, seen: 0 };
    const twice = restocked(offer({ restock: once }), 5, HOUR);
    assert.deepEqual(twice.restock, { lastAt: HOUR, everyMs: HOUR, seen: 1 });
    assert.deepEqual(restocked({ ...twice, reported: 0 }, 5, 3 * HOUR).restock, { lastAt: 3 * HOUR, everyMs: 1.3 * HOUR, seen: 2 });
  });

  it('in parts came once', () => {
    const restock = { lastAt: HOUR, everyMs: HOUR, seen: 1 };
    assert.deepEqual(restocked(offer({ restock }), 5, HOUR + RESTOCK_APART_MS - 1).restock, restock);
  });
});
