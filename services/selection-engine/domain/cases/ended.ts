import type { Fact } from '@midstream/contracts';

/** A line that ended: how much was asked for and came, what of it came from where, and under which pseudonym its buyer is known. */
export type EndedLine = Pick<
  Fact<'LineClosed'>,
  'orderId' | 'merchantId' | 'lineId' | 'ordered' | 'delivered' | 'served' | 'faulty' | 'buyerKey'
>;

/** Lines that wait to be written down; the oldest are forgotten beyond it. A replica writes 500 of them a second and more. */
export const ENDED_MAX = 20_000;

/** A line that was told of twice waits once. One that asked for nothing is no case. */
export function noteEnded(ended: Map<string, EndedLine>, fact: Fact<'LineClosed'>): void {
  const { orderId, merchantId, lineId, delivered, served, faulty, buyerKey } = fact;
  // What was repacked ends with the line of its pieces
  const ordered = fact.ordered - (fact.repacked ?? 0);
  if (ordered <= 0) return;
  ended.set(`${orderId}/${lineId}`, {
    orderId,
    merchantId,
    lineId,
    ordered,
    delivered: Math.min(ordered, delivered),
    ...(served !== undefined && { served }),
    ...(faulty !== undefined && { faulty }),
    ...(buyerKey !== undefined && { buyerKey }),
  });
  const oldest = ended.size > ENDED_MAX ? ended.keys().next().value : undefined;
  if (oldest !== undefined) ended.delete(oldest);
}
