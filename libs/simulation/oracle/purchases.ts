import type { Fact } from '@midstream/contracts';
import type { InventoryEvent } from '@midstream/inventory-domain';
import type { Suppliers } from '../suppliers';
import { type Book, check, LIMITS, type PurchaseBook } from './book';
import type { HoldWatch } from './holds';
import { costOf, mayCost, supplyOf } from './offer';
import type { StockWatch } from './stock';

type EventOf<Type extends InventoryEvent['type']> = Extract<InventoryEvent, { readonly type: Type }>;

/** Follows every purchase: bought once, within its price, and each unit of it in one place (protocol 10, 14; I2, I6). */
export class PurchaseWatch {
  private readonly deliveries = new Set<string>();
  private readonly touched = new Set<PurchaseBook>();

  constructor(
    private readonly book: Book,
    private readonly stock: StockWatch,
    private readonly holds: HoldWatch,
    private readonly suppliers: Suppliers,
  ) {}

  on(event: InventoryEvent, at: number): void {
    switch (event.type) {
      case 'PurchaseOpened':
        return this.opened(event, at);
      case 'PurchaseSettled':
        return this.settled(event);
      case 'UnitsDelivered':
        return this.delivered(event, at);
      case 'CodesKept':
        this.touch(event.purchaseId).kept += event.units.length;
        return;
      case 'CodesQuarantined':
        return this.quarantined(event, at);
      case 'QuarantineEnded':
        this.touch(event.purchaseId).quarantined -= event.units;
        return;
      case 'PurchaseUnknown':
        return this.unknown(event);
      default:
        return;
    }
  }

  private touch(purchaseId: string): PurchaseBook {
    const purchase = this.book.purchaseOf(purchaseId);
    this.touched.add(purchase);
    return purchase;
  }

  /** The last look before money moves. */
  private opened(
    { purchaseId, holdId, offerId, quantity, maxCostMinor, sku, fulfilmentKind }: EventOf<'PurchaseOpened'>,
    at: number,
  ): void {
    check(!this.book.purchases.has(purchaseId), '10', () => `${purchaseId} is opened twice`);
    const hold = this.book.holdOf(holdId);
    check(hold.assignedAt !== undefined, '7', () => `${purchaseId} buys what order has not assigned`);
    check(!hold.releaseNoted, '8', () => `${purchaseId} buys what was asked back`);
    check(!this.stock.isBanned(sku, hold.region, at), 'I6', () => `${purchaseId} buys ${sku}, which is banned in ${hold.region}`);
    check(quantity > 0 && quantity <= LIMITS.purchaseUnits, '10', () => `${purchaseId} buys ${quantity} units at once`);
    const offer = this.stock.offerOf(offerId);
    const most = mayCost(offer, hold);
    check(maxCostMinor === most, '22', () => `${purchaseId} may cost ${maxCostMinor} and not ${most}, and sells at ${hold.priceMinor}`);
    this.stock.spend(offer, quantity, at);
    check(!offer.isUnpaid, '10', () => `${purchaseId} is sent where we have no money`);
    if (!offer.isStopped) {
      check(supplyOf(offer) > 0, '9', () => `${purchaseId} buys where nothing is left`);
      check(costOf(offer, hold.granted) <= most, '22', () => `${purchaseId} buys dearer than it may`);
      check(
        !offer.closures.some((it) => it.cause !== 'banned' && it.cause !== 'stale'),
        '12',
        () => `${purchaseId} buys at an offer that is closed`,
      );
    }
    const isTopUp = fulfilmentKind === 'VALUE_RECHARGE';
    const nothing = { bought: 0, delivered: 0, kept: 0, quarantined: 0, writtenOff: 0, failed: 0 };
    this.book.purchases.set(purchaseId, { purchaseId, hold, quantity, isTopUp, status: 'submitting', ...nothing });
  }

  private unknown({ purchaseId, quantity }: Fact<'PurchaseUnknown'>): void {
    const purchase = this.book.purchaseOf(purchaseId);
    check(purchase.status === 'submitting', '10', () => `${purchaseId} is ${purchase.status}, and becomes unknown`);
    check(quantity === openOf(purchase), '10', () => `${purchaseId} has ${openOf(purchase)} open units, and ${quantity} unknown`);
    purchase.status = 'unknown';
  }

  private settled(event: EventOf<'PurchaseSettled'>): void {
    const { purchaseId, status, bought, failed, accepted, writtenOff, costMinor } = event;
    const purchase = this.touch(purchaseId);
    const isFirst = purchase.status === 'submitting' || purchase.status === 'unknown';
    check(
      writtenOff === 0 || purchase.status === 'written-off',
      '8',
      () => `${purchaseId} has top-ups written off, and no operator did it`,
    );
    purchase.bought += bought;
    purchase.failed += failed;
    purchase.writtenOff += writtenOff;
    const open = openOf(purchase);
    check(open >= 0, '10', () => `${purchaseId} has got more than it asked for`);
    const least =
      status === 'written-off' ? (purchase.status === 'unknown' ? open : 0) : isFirst ? bought + (status === 'accepted' ? open : 0) : 0;
    const most = isFirst ? (status === 'written-off' ? open : purchase.quantity) : 0;
    check(accepted >= least && accepted <= most, '9', () => `${purchaseId} counts ${accepted} accepted of ${least} to ${most}`);
    const offer = this.stock.touch(purchase.hold.offerId);
    offer.accepted += accepted;
    const sale = this.suppliers.sales.get(purchaseId);
    if (sale !== undefined)
      check(costMinor <= bought * purchase.hold.priceMinor, '22', () => `${purchaseId} cost ${costMinor} for ${bought}`);
    purchase.status = status;
  }

  /** What was bought and not asked back, and is not banned, reaches the buyer: each unit once (protocol 8, 14). */
  private delivered({ purchaseId, deliveries, tally }: Fact<'UnitsDelivered'>, at: number): void {
    const purchase = this.touch(purchaseId);
    const { hold } = purchase;
    const before = hold.tally.delivered;
    this.holds.told(tally);
    check(
      tally.delivered - before === deliveries.length,
      '1',
      () => `${purchaseId} tells ${deliveries.length} of ${tally.delivered - before}`,
    );
    for (const { deliveryId, kind } of deliveries) {
      check(!this.deliveries.has(deliveryId), 'I2', () => `${deliveryId} is delivered twice`);
      this.deliveries.add(deliveryId);
      check((kind === 'top-up') === purchase.isTopUp, 'I2', () => `${deliveryId} is delivered as ${kind}`);
      if (kind === 'top-up') continue;
      check(!hold.releaseNoted, '8', () => `${deliveryId} is delivered, and was asked back`);
      check(!this.stock.isBanned(hold.sku, hold.region, at), 'I6', () => `${deliveryId} is delivered, and ${hold.sku} is banned`);
    }
    purchase.delivered += deliveries.length;
  }

  private quarantined({ purchaseId, units, sku }: EventOf<'CodesQuarantined'>, at: number): void {
    const purchase = this.touch(purchaseId);
    purchase.quarantined += units.length;
    check(this.stock.isBanned(sku, purchase.hold.region, at), '14', () => `${purchaseId} is kept back, and ${sku} is not banned`);
  }

  isDelivered(unit: string): boolean {
    return this.deliveries.has(unit);
  }

  /** After a transaction: every unit that was bought is somewhere (protocol 10). */
  settle(): void {
    for (const it of this.touched) {
      const somewhere = it.delivered + it.kept + it.quarantined + it.writtenOff;
      check(it.bought === somewhere, '10', () => `${it.purchaseId} has bought ${it.bought}, and ${somewhere} are somewhere`);
    }
    this.touched.clear();
  }
}

export const openOf = ({ quantity, bought, failed }: PurchaseBook): number => quantity - bought - failed;
