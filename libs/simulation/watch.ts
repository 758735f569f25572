import type { Fact } from '@midstream/contracts';
import {
  freshUntil,
  type InventoryEvent,
  levelsOf,
  type Offer,
  type Product,
  type StockAlerts,
  type StockLevel,
  statusAfter,
} from '@midstream/inventory-domain';
import type { Appended } from './shell';
import type { AnyCommand } from './wiring';
import type { World } from './world';

const LOOK_MS = 1_000;
const FRESHNESS_MS = 20_000;

/** What loops of inventory do: they close what has promised reports and is silent (freshness.ts), and notice how goods stand (levels.ts). */
export class SupplyWatch {
  private readonly states = new Map<string, Fact<'OfferState'>>();
  private readonly waiting = new Set<string>();

  constructor(private readonly world: World) {}

  on(appended: readonly Appended[]): void {
    for (const { event } of appended as readonly { readonly event: InventoryEvent }[]) {
      if (event.type === 'StockReported' || event.type === 'OfferPut')
        this.close(event.type === 'OfferPut' ? event.terms.offerId : event.offerId);
      if (event.type !== 'OfferState') continue;
      this.states.set(event.offerId, event);
      this.look(event.sku);
    }
  }

  private close(offerId: string): void {
    const { machine, now } = this.world;
    const offer = machine.shell('inventory').rowsOf<Offer>('offers').get(offerId);
    const until = offer && freshUntil(offer);
    if (until === undefined || this.waiting.has(`${offerId} ${until}`)) return;
    this.waiting.add(`${offerId} ${until}`);
    const command = { type: 'CloseStale', offerId } as AnyCommand;
    // A loop looks again for as long as it takes: an outage outlasts the patience of a client (seed 532)
    machine.agenda.at(Math.max(now, until) + this.world.random.whole(1, FRESHNESS_MS), () =>
      this.world.send('inventory', [{ command, actor: 'operator' }], undefined, Infinity),
    );
  }

  private look(sku: string): void {
    if (this.waiting.has(sku)) return;
    this.waiting.add(sku);
    this.world.machine.agenda.after(LOOK_MS, () => {
      this.waiting.delete(sku);
      this.note(sku);
    });
  }

  private note(sku: string): void {
    const inventory = this.world.machine.shell('inventory');
    const product = inventory.rowsOf<Product>('products').get(sku);
    if (product === undefined) return;
    const available = [...this.states.values()]
      .filter((it) => it.sku === sku && it.closures.every(({ regions }) => regions !== undefined))
      .reduce((sum, it) => sum + it.available, 0);
    const known = inventory.rowsOf<StockLevel>('levels').get(sku);
    const alerts = Object.fromEntries(inventory.rowsOf<StockAlerts>('alerts'));
    const isNews =
      known === undefined ? available > 0 : statusAfter(known.status, available, levelsOf({ alerts }, product)) !== known.status;
    if (isNews) this.world.command('inventory', { type: 'NoteStock', sku, available } as AnyCommand);
  }
}
