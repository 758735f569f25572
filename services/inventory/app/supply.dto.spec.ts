import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UNITS_MAX } from '@midstream/inventory-domain';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import 'reflect-metadata';
import { CHANGES_MAX, ReportStockDto } from './supply.dto';

const keeps = (body: object): boolean =>
  validateSync(plainToInstance(ReportStockDto, body), { whitelist: true, forbidNonWhitelisted: true }).length === 0;

const change = { sku: 'vip', quantity: 3, sequence: 1 };
const some = (n: number) => ({ changes: Array.from({ length: n }, () => change) });

describe('a body of a feed', () => {
  it('is let in by one look where its changes say no more than SKU, quantity and sequence', () => {
    assert.ok(ReportStockDto.isPlain(some(1)));
    assert.ok(ReportStockDto.isPlain(some(CHANGES_MAX)));
    assert.ok(ReportStockDto.isPlain({ changes: [{ ...change, quantity: UNITS_MAX, sequence: Number.MAX_SAFE_INTEGER }] }));
  });

  it('is looked at twice where there is more to it, or something is wrong', () => {
    const odd = [
      null,
      'x',
      [],
      {},
      some(0),
      some(CHANGES_MAX + 1),
      { ...some(1), more: 1 },
      { changes: { length: 1 } },
      { changes: [null] },
    ];
    for (const it of odd) assert.equal(ReportStockDto.isPlain(it), false, JSON.stringify(it));
    const wrong = [{ sku: '' }, { sku: 'a b' }, { sku: 'x'.repeat(81) }, { sku: 'vip\n' }, { sku: 7 }, { quantity: -1 }, { quantity: 1.5 }]
      .concat([{ quantity: UNITS_MAX + 1 }, { sequence: -1 }, { sequence: 2 ** 53 }] as never)
      .concat([{ quantity: '3' }, { sequence: null }, { offerId: 's~vip' }, { costTiers: null }, { capacityPerMinute: 5 }] as never);
    for (const it of wrong) assert.equal(ReportStockDto.isPlain({ changes: [{ ...change, ...it }] }), false, JSON.stringify(it));
  });

  it('is never let in by one look where class-validator would refuse it', () => {
    const value = fc.oneof(
      fc.constantFrom(0, 1, -0, 1e6, 1e6 + 1, 2 ** 53 - 1, 2 ** 53, null, '', 'vip', true),
      fc.integer(),
      fc.double(),
      fc.string(),
    );
    const names = fc.constantFrom('sku', 'quantity', 'sequence', 'offerId', '__proto__');
    const part = fc.oneof(
      fc.constant(change),
      fc.dictionary(names, value).map((it) => ({ ...change, ...it })),
      fc.dictionary(names, value),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 3 }), (changes) => !ReportStockDto.isPlain({ changes }) || keeps({ changes })),
      { seed: 1, numRuns: 2_000 },
    );
  });
});
