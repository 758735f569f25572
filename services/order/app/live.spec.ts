import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { after, anOrder, answers, decided, hears } from '@midstream/order-domain/order.fixtures';
import type { OrderEvent } from '@midstream/order-domain';
import { liveView } from './live';

const at = new Date(0);
const as = (merchantId: string) => ({ scope: 'merchant', keyId: 'k', merchantId }) as const;
const told = ({ type, ...data }: OrderEvent, merchantId = 'm', orderId?: string) =>
  liveView({ id: '1', type, key: '', at, data: { ...data } }, as(merchantId), orderId);
const delivered = decided(anOrder({ held: { alpha: 10 } }), hears('alpha', undefined, { delivered: 4 })).events;

describe('a live stream', () => {
  it('tells how far a line is, and by whom it was served to nobody', () => {
    assert.deepEqual(delivered.flatMap((it) => told(it) ?? []), [
      { orderId: 'o', at: at.toISOString(), lineId: '1', what: 'UnitsDelivered', sku: 'video', delivered: 4, progress: { ordered: 10, delivered: 4 } },
    ]); // prettier-ignore
  });

  it('tells of its own merchant’s orders, and where asked of one order', () => {
    const [event] = delivered;
    assert.ok(event !== undefined);
    assert.equal(told(event, 'x'), undefined);
    assert.equal(told(event, 'm', 'p'), undefined);
    assert.notEqual(told(event, 'm', 'o'), undefined);
    assert.notEqual(liveView({ id: '1', ...event, key: '', at, data: { ...event } }, { scope: 'operator', keyId: 'k' }), undefined);
  });

  it('tells which line looks for the pieces of units that were repacked, and shows a line of nothing else as such', () => {
    const line = { need: { sku: 'card-100' }, quantity: 1, substitution: { upTo: 'repack', consent: 'pre-approved' } } as const;
    const repack = { sku: 'card-50', pieces: 2, units: 1, priceCapMinor: 1300, verdict: { status: 'compliant', ruleVersion: 0 } } as const;
    const all = decided(anOrder({ line }), answers(1, [], { repack })).events.flatMap((it) => told(it) ?? []);
    const of = { orderId: 'o', at: at.toISOString(), lineId: '1' };
    assert.deepEqual(all, [
      { ...of, quantity: 1, sku: 'card-100', pieces: 2, heldMinor: 2600, into: { lineId: '1.p1', sku: 'card-50', quantity: 2 } },
      { ...of, lineId: '1.p1', attempt: 1, quantity: 2 },
      { ...of, status: 'repacked', ordered: 1, delivered: 0, repacked: 1, capturedMinor: 0 },
    ]);
  });

  it('names no offer, supplier or hold in anything', () => {
    const rows = after(anOrder({ held: { alpha: 10 } }), hears('alpha', 'banned', { lost: 4 }));
    const { events } = decided(rows, { type: 'CancelOrder', orderId: 'o', merchantId: 'm' });
    const all = [...delivered, ...events].flatMap((it) => told(it) ?? []);
    assert.equal(all.length, 3);
    assert.doesNotMatch(JSON.stringify(all), /alpha|~/);
  });

  it('carries no cost, score or margin, also where a fact comes to carry one, at any depth', () => {
    const { events } = decided(anOrder({ held: { alpha: 10 } }), { type: 'CancelOrder', orderId: 'o', merchantId: 'm' });
    const all = [...delivered, ...events].flatMap((it) => told(grown(it)) ?? []);
    assert.ok(all.length > 1);
    assert.doesNotMatch(JSON.stringify(all), /cost|score|margin|supplier|offerId|holdId|purchase/i);
  });
});

/** Every object in it carries a cost, too. */
function grown<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(grown) as T;
  return { ...(Object.fromEntries(Object.entries(value).map(([key, it]) => [key, grown(it)])) as T), costMinor: 1, marginBp: 1, score: 1 };
}
