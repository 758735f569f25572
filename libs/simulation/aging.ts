import { type InventoryEvent, type Offer, overdueAt, type Product } from '@midstream/inventory-domain';
import { staleAfterOf } from '@midstream/inventory/stale-after';
import { STALE_AFTER } from './fed';
import type { Appended } from './shell';
import type { AnyCommand } from './wiring';
import type { World } from './world';

const LOOK_MS = 20_000;

/** What a loop of inventory does: it ages figures that are overdue, of offers that have promised nothing (services/inventory/app/freshness.ts). */
export class AgingWatch {
  private readonly limits = staleAfterOf(STALE_AFTER);
  private readonly waiting = new Set<string>();

  constructor(private readonly world: World) {}

  on(appended: readonly Appended[]): void {
    for (const { event } of appended as readonly { readonly event: InventoryEvent }[])
      if (event.type === 'StockReported' || event.type === 'FigureAged') this.expect(event.offerId);
  }

  /** Looks once the next step is due; whoever has reported by then is left in peace. */
  private expect(offerId: string): void {
    const dueAt = this.dueAt(offerId);
    const name = `${offerId} ${dueAt}`;
    if (dueAt === undefined || this.waiting.has(name)) return;
    this.waiting.add(name);
    const { machine, random, now } = this.world;
    machine.agenda.at(Math.max(now, dueAt) + random.whole(1, LOOK_MS), () => this.look(offerId));
  }

  private look(offerId: string): void {
    const limits = this.limitsOf(offerId);
    if (limits === undefined || (this.dueAt(offerId) ?? Infinity) > this.world.now) return;
    const command = { type: 'AgeFigure', offerId, ...limits } as AnyCommand;
    this.world.send('inventory', [{ command, actor: 'operator' }], undefined, Infinity);
  }

  private dueAt(offerId: string): number | undefined {
    const offer = this.rowsOf<Offer>('offers').get(offerId);
    const limits = this.limitsOf(offerId);
    if (offer === undefined || limits === undefined) return undefined;
    const overdue = overdueAt(offer);
    if (overdue === undefined || offer.closures.some((it) => it.cause === 'stale')) return undefined;
    return overdue + (offer.staleAt === undefined ? limits.staleAfterMs : limits.closedAfterMs);
  }

  private limitsOf(offerId: string) {
    const product = this.rowsOf<Product>('products').get(offerId.slice(offerId.indexOf('~') + 1));
    const category = product?.category ?? '*';
    return this.limits.get(this.limits.has(category) ? category : '*');
  }

  private rowsOf<Row>(kind: string): ReadonlyMap<string, Row> {
    return this.world.machine.shell('inventory').rowsOf<Row>(kind);
  }
}
