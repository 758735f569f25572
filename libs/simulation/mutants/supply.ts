import type { Mutant } from './mutant';

const file = (name: string): string => `services/inventory/domain/${name}.ts`;

/** Of what offers promise: rates, floors, reports, pace; and of what is told of goods. */
export const supplyMutants: readonly Mutant[] = [
  {
    id: 'inventory-rounds-rates-down',
    kind: 'a cost above what it may be',
    file: file('rates'),
    before: 'Math.ceil(Number((minor * factor).toFixed(6)))',
    after: 'Math.floor(Number((minor * factor).toFixed(6)))',
    why: 'what is quoted abroad counts as cheaper than it is',
  },
  {
    id: 'inventory-buys-below-the-floor',
    kind: 'a cost above what it may be',
    file: file('drain'),
    before: 'maxCostOf(offer, hold.priceMinor, hold.floorWaived)',
    after: 'maxCostOf({}, hold.priceMinor, hold.floorWaived)',
    why: 'what is held when the hub asks for more margin is bought without it',
  },
  {
    id: 'inventory-stays-stale',
    kind: 'a figure that is not so',
    file: file('closing'),
    before: "closures: withoutClosure(closures, 'stale')",
    after: "closures: withoutClosure(closures, 'not-valid')",
    why: 'an offer that was silent is closed for good, whatever it reports',
  },
  {
    id: 'inventory-slower-frees-nothing',
    kind: 'a pace that is not kept',
    file: file('closing'),
    before: 'if (slowed !== undefined) arm(draft, offerId);',
    after: "if (slowed === 'too-slow') arm(draft, offerId);",
    why: 'an offer that has lost capacity keeps what it cannot deliver in time',
  },
  {
    id: 'inventory-buys-a-backlog-at-once',
    kind: 'a pace that is not kept',
    file: file('purchase'),
    before: 'if (offer.spentUntil - at > PACE_BURST_MS) {',
    after: 'if (offer.spentUntil - at > 9 * PACE_BURST_MS) {',
    why: 'after an outage a supplier gets nine minutes’ purchases at once',
  },
  {
    id: 'inventory-tells-of-each-step',
    kind: 'a figure that is not so',
    file: file('levels'),
    before: "if (available >= okAt) return 'in_stock';",
    after: "if (available >= Math.min(okAt, lowAt + 1)) return 'in_stock';",
    why: 'a figure that wavers about its threshold is told of each time',
  },
];
