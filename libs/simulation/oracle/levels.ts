import type { InventoryEvent } from '@midstream/inventory-domain';
import { check } from './book';
import { type OfferBook, roomOf, supplyOf } from './offer';

type LevelEvent = Extract<InventoryEvent, { readonly type: 'StockSeen' | 'StockLow' | 'StockBack' }>;
type Status = LevelEvent['status'];

/** Where nobody has said otherwise: low at 20, back from 5, low no more from 30. */
const LEVELS = { lowAt: 20, backAt: 5, okAt: 30 } as const;
const ORDER: readonly Status[] = ['out_of_stock', 'low_stock', 'in_stock'];

/** Of each good it is told once that it is low, sold out or back: never what was told last, and never for a figure that wavers. */
export class LevelWatch {
  private readonly statuses = new Map<string, Status>();

  on(event: LevelEvent): void {
    const { sku, status, type } = event;
    const was = this.statuses.get(sku);
    this.statuses.set(sku, status);
    if (type === 'StockSeen') return check(was === undefined, '26', () => `${sku} is seen twice`);
    check(was !== undefined && was !== status, '26', () => `${sku} was ${was}, and is told to be`);
    const isWorse = ORDER.indexOf(status) < ORDER.indexOf(was);
    check(isWorse === (type === 'StockLow'), '26', () => `${sku} goes from ${was} to ${status} as ${type}`);
    const { available } = event;
    const isDue =
      status === 'out_of_stock'
        ? available === 0
        : status === 'in_stock'
          ? available >= LEVELS.okAt
          : isWorse
            ? available <= LEVELS.lowAt
            : available >= LEVELS.backAt;
    check(isDue, '26', () => `${sku} is told to be ${status}, and has ${available}`);
  }

  /** At rest what was told is so. */
  atRest(offers: readonly OfferBook[]): void {
    for (const [sku, status] of this.statuses) {
      const open = offers.filter((it) => it.terms.sku === sku && isOpen(it));
      const available = open.reduce((sum, it) => sum + Math.max(0, roomOf(it)), 0);
      const mayBe = available === 0 ? ORDER.slice(0, 1) : ORDER.filter((it) => couldBe(it, available));
      check(mayBe.includes(status), '26', () => `${sku} has ${available}, and is told to be ${status}`);
    }
  }
}

const couldBe = (status: Status, available: number): boolean =>
  status === 'in_stock' ? available > LEVELS.lowAt : status === 'low_stock' ? available < LEVELS.okAt : available < LEVELS.backAt;

function isOpen(offer: OfferBook): boolean {
  const { closures, terms } = offer;
  const cheapest = Math.min(...terms.costTiers.map((it) => it.costMinor));
  const most = terms.ceilingMinor - Math.ceil((terms.ceilingMinor * (terms.floorBp ?? 0)) / 10_000);
  return closures.every((it) => it.regions !== undefined) && supplyOf(offer) > 0 && offer.held <= supplyOf(offer) && cheapest <= most;
}
