import assert from 'node:assert/strict';
import { it } from 'node:test';
import { entryOf } from './story';

it('says of a hold that is lost what of it its offer serves no more, and of others nothing', () => {
  const tally = { holdId: 'o/1/1/A~video', version: 2, granted: 1, delivered: 0, lost: 1, released: 0 };
  const of = { orderId: 'o', merchantId: 'm', lineId: '1', sku: 'video', supplierId: 'A', offerId: 'A~video', tally };
  const noted = { type: 'HoldNoted', told: 'HoldLost', ...of, delivered: 0, lost: 1, released: 0, progress: { ordered: 1, delivered: 0 } } as const; // prettier-ignore
  const detail = {
    sku: 'video',
    lost: 1,
    progress: noted.progress,
    hub: { supplierId: 'A', offerId: 'A~video', holdId: tally.holdId, tally },
  };
  const entry = { orderId: 'o', lineId: '1', what: 'lost', reason: 'capacity' };
  assert.deepEqual(entryOf({ ...noted, reason: 'capacity', misfit: 'region' }), { ...entry, detail: { ...detail, misfit: 'region' } });
  assert.deepEqual(entryOf({ ...noted, reason: 'capacity' }), { ...entry, detail });
});

it('says of pieces that are struck out by which rule', () => {
  const repack = {
    sku: 'half',
    pieces: 2,
    units: 1,
    priceCapMinor: 1250,
    verdict: { status: 'banned', ruleId: 'r7', ruleVersion: 3 },
  } as const;
  const of = { orderId: 'o', merchantId: 'm', lineId: '1', attempt: 1, decisionId: 'o:1:1:1', holds: [], unheld: 1 };
  const struck = (verdict: typeof repack.verdict | { status: 'compliant'; ruleVersion: number }): unknown => {
    const event = { type: 'AnswerNoted' as const, ...of, tried: [], candidates: [], gates: {}, repack: { ...repack, verdict } };
    return (entryOf(event)?.detail as { struck?: unknown } | undefined)?.struck;
  };
  assert.deepEqual(struck(repack.verdict), [{ sku: 'half', pieces: 2, status: 'banned', ruleId: 'r7', ruleVersion: 3 }]);
  assert.deepEqual(struck({ status: 'compliant', ruleVersion: 0 }), []);
});
