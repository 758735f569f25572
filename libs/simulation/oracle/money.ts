import type { MoneyMoved } from '@midstream/order-domain';
import { type Book, check, type LineBook, nameOf, type OrderBook } from './book';

interface Balance {
  available: number;
  held: number;
}

/** Follows every movement of money, and knows what each line's money must be (protocol 22, I4). */
export class MoneyWatch {
  readonly balances = new Map<string, Balance>();
  private readonly touchedLines = new Set<LineBook>();
  private readonly touchedOrders = new Set<OrderBook>();
  private revenue = 0;
  private deposits = 0;

  constructor(private readonly book: Book) {}

  on({ merchantId, orderId, lineId, entries, why }: MoneyMoved): void {
    const sums = { deposits: 0, 'merchant-available': 0, 'order-held': 0, 'hub-revenue': 0 };
    for (const { account, amountMinor } of entries) sums[account] += amountMinor;
    const total = sums.deposits + sums['merchant-available'] + sums['order-held'] + sums['hub-revenue'];
    check(total === 0, 'I4', () => `a movement (${why}) sums to ${total}`);
    const balance = this.balances.get(merchantId) ?? { available: 0, held: 0 };
    this.balances.set(merchantId, balance);
    balance.available += sums['merchant-available'];
    balance.held += sums['order-held'];
    this.revenue += sums['hub-revenue'];
    this.deposits += sums.deposits;
    check(balance.available >= 0 && balance.held >= 0, 'I4', () => `${merchantId} is overdrawn`);
    if (orderId === undefined) return;
    const order = this.book.orderOf(orderId);
    check(order.wish.merchantId === merchantId, 'I10', () => `${merchantId} pays for ${orderId}`);
    order.heldMinor += sums['order-held'];
    this.touchedOrders.add(order);
    if (lineId === undefined) return;
    const line = this.book.lineOf({ orderId, lineId });
    this.touchedLines.add(line);
    if (why === 'complaint-refunded') {
      line.movedBackMinor += sums['merchant-available'];
      return;
    }
    line.capturedMinor += sums['hub-revenue'];
    line.releasedMinor += sums['merchant-available'];
  }

  /** Something was delivered, given up or refunded: its money must have moved. */
  touch(line: LineBook): void {
    this.touchedLines.add(line);
    this.touchedOrders.add(line.order);
  }

  /** After a transaction. */
  settle(): void {
    for (const line of this.touchedLines) this.checkLine(line);
    for (const order of this.touchedOrders) {
      let open = 0;
      for (const line of order.lines.values()) open += (line.wish.quantity - endedOf(line)) * line.wish.maxUnitPriceMinor;
      check(order.heldMinor === open, '22', () => `${order.wish.orderId} holds ${order.heldMinor}, and ${open} is open`);
    }
    this.touchedLines.clear();
    this.touchedOrders.clear();
  }

  private checkLine(line: LineBook): void {
    let captured = 0;
    for (const { known, priceMinor, referencePriceMinor } of line.holds.values())
      captured += (known?.delivered ?? 0) * Math.min(priceMinor, referencePriceMinor);
    check(line.capturedMinor === captured, '22', () => `${nameOf(line)} has ${line.capturedMinor} captured and not ${captured}`);
    const released = line.wish.maxUnitPriceMinor * endedOf(line) - captured;
    check(line.releasedMinor === released, '22', () => `${nameOf(line)} has ${line.releasedMinor} back and not ${released}`);
    const { movedBackMinor: moved, refundedMinor: owed } = line;
    check(moved === owed && owed <= captured, 'I4', () => `${nameOf(line)}: ${moved} came back for complaints, and ${owed} is owed`);
  }

  /** At rest: nothing is held, and all that came in is with somebody. */
  atRest(): void {
    let all = this.revenue + this.deposits;
    for (const [merchantId, { available, held }] of this.balances) {
      check(held === 0, 'I3', () => `${merchantId} has ${held} held for nothing`);
      all += available;
    }
    check(all === 0, 'I4', () => `the ledger sums to ${all}`);
  }
}

const endedOf = (line: LineBook): number => {
  let ended = line.givenUp;
  for (const it of line.holds.values()) ended += it.known?.delivered ?? 0;
  return ended;
};
