import type { Service } from '@midstream/contracts';

/** Which service answers which path (design: public API). The first that fits; `/v1` is before each. */
export const ROUTES: readonly (readonly [path: string, service: Service])[] = [
  // The more exact path wins, whatever the order here: '/orders/:orderId/lines/:lineId/plan' may stand beside '/orders'
  ['/orders/:orderId/recommendations', 'selection-engine'],
  ['/orders', 'order'],
  ['/merchants', 'order'],
  ['/keys', 'order'],
  ['/accounts', 'order'],
  ['/products', 'inventory'],
  ['/suppliers', 'inventory'],
  ['/stock', 'inventory'],
  ['/procurement-orders', 'inventory'],
  ['/deliveries', 'inventory'],
  ['/code-batches', 'inventory'],
  ['/vault', 'inventory'],
  ['/audit/reveals', 'inventory'],
  ['/decisions', 'selection-engine'],
  ['/recommendations', 'selection-engine'],
  ['/evaluations', 'selection-engine'],
  ['/market-signals', 'selection-engine'],
  ['/market', 'selection-engine'],
  ['/verdicts', 'compliance'],
  ['/screenings', 'compliance'],
  ['/rules', 'compliance'],
  ['/audit', 'compliance'],
  ['/webhooks', 'notification'],
  ['/ops/order', 'order'],
  ['/ops/inventory', 'inventory'],
  ['/ops/selection-engine', 'selection-engine'],
  ['/ops/compliance', 'compliance'],
  ['/ops/notification', 'notification'],
];
