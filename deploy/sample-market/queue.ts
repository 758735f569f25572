import { coversRegion } from '@midstream/kernel';
import type { Market, Offer, TraceLine, TraceOrder } from './words';

/** A line of the trace, where it would be sent, and how long it would wait there for capacity. */
export interface QueuedLine {
  readonly reference: string;
  readonly lineId: string;
  readonly supplierId: string;
  readonly sku: string;
  readonly units: number;
  readonly waitMs: number;
}

/**
 * The arithmetic of the market's queues, when `orders` are placed evenly over `replayMs`: each line goes to the cheapest offer that may
 * serve it and still has stock (which is what selection's expected money comes to between healthy suppliers), and an offer buys its capacity
 * a minute, one unit after the other.
 */
export function queueOf({ offers }: Market, orders: readonly TraceOrder[], replayMs: number): QueuedLine[] {
  const left = new Map(offers.map((it) => [it, it.stock - it.safetyStock]));
  const freeAt = new Map<Offer, number>();
  return orders.flatMap(({ reference, buyer, lines }, index) => {
    const at = (index / orders.length) * replayMs;
    return lines.flatMap((line): QueuedLine[] => {
      const offer = cheapest(offers, line, buyer.region, left);
      if (offer === undefined) return [];
      const units = Math.min(line.quantity, offer.maxQuantity, left.get(offer) ?? 0);
      const start = Math.max(at, freeAt.get(offer) ?? 0);
      left.set(offer, (left.get(offer) ?? 0) - units);
      freeAt.set(offer, start + (units * 60_000) / offer.capacityPerMinute);
      return [{ reference, lineId: line.lineId, supplierId: offer.supplierId, sku: offer.sku, units, waitMs: start - at }];
    });
  });
}

/** All-units tiers: what each unit costs when so many are bought. */
export const costAt = ({ costTiers }: Offer, quantity: number): number =>
  costTiers.reduce((cost, it) => (it.from <= quantity ? it.costMinor : cost), costTiers[0]?.costMinor ?? 0);

function cheapest(offers: readonly Offer[], line: TraceLine, region: string, left: ReadonlyMap<Offer, number>): Offer | undefined {
  const serving = offers.filter(
    (it) =>
      line.skus.includes(it.sku) &&
      coversRegion(it.regions, region) &&
      it.minQuantity <= line.quantity &&
      (left.get(it) ?? 0) >= it.minQuantity &&
      costAt(it, line.quantity) <= line.maxUnitPriceMinor,
  );
  return serving.toSorted((a, b) => costAt(a, line.quantity) - costAt(b, line.quantity))[0];
}
