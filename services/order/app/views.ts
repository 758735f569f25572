import { deliveredOf, type Line, linesOf, openConsents, type Order, orderStatusOf, progressOf, statusOf } from '@midstream/order-domain';

const iso = (ms: number): string => new Date(ms).toISOString();

/** An order as its merchant sees it: no cost, no score, no supplier. `at`: now, in milliseconds. */
export function orderView(order: Order, at: number) {
  const lines = linesOf(order);
  const { estimatedEndAt, ...progress } = progressOf(lines, at);
  return {
    orderId: order.orderId,
    clientReference: order.clientReference,
    status: orderStatusOf(order),
    buyer: order.buyer,
    currency: order.currency,
    placedAt: iso(order.placedAt),
    placedMinor: order.placedMinor,
    heldMinor: order.heldMinor,
    capturedMinor: lines.reduce((sum, it) => sum + it.capturedMinor, 0),
    releasedMinor: lines.reduce((sum, it) => sum + it.releasedMinor, 0),
    progress: { ...progress, ...(estimatedEndAt !== undefined && { estimatedEndAt: iso(estimatedEndAt) }) },
    lines: lines.map(lineView),
  };
}

function lineView(line: Line) {
  const { lineId, need, ordered, maxUnitPriceMinor, substitution, deliverByAt, givenUp, capturedMinor, releasedMinor } = line;
  return {
    lineId,
    status: statusOf(line),
    need,
    quantity: ordered,
    delivered: deliveredOf(line),
    givenUp,
    maxUnitPriceMinor,
    substitution,
    deliverBy: iso(deliverByAt),
    capturedMinor,
    releasedMinor,
    goods: goodsOf(line),
    consents: openConsents(line).map((it) => ({
      consentId: it.consentId,
      sku: it.sku,
      quantity: it.quantity,
      priceMinor: it.priceMinor,
      deadlineAt: iso(it.deadlineAt),
      default: it.default,
    })),
  };
}

/** What the line's units are or become, by product: ordered one thing, got another, both are said. */
function goodsOf(line: Line) {
  const goods = new Map<string, { sku: string; quantity: number; delivered: number }>();
  for (const { sku, granted, lost, released, delivered } of Object.values(line.holds)) {
    const kept = granted - lost - released;
    if (kept === 0) continue;
    const now = goods.get(sku) ?? { sku, quantity: 0, delivered: 0 };
    goods.set(sku, { sku, quantity: now.quantity + kept, delivered: now.delivered + delivered });
  }
  return [...goods.values()].sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

export type OrderView = ReturnType<typeof orderView>;

/** Takes out what is the hub's own, at any depth. */
export function withoutHub(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutHub);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'hub')
      .map(([name, it]) => [name, withoutHub(it)]),
  );
}
