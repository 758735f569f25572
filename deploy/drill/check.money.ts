import type { Violation } from './check';
import { ENDS, nameOf, type Seen, type SeenEntry, type SeenLine } from './seen';

/**
 * Money, as three witnesses tell of it: the ledger, the account, and the units delivered at their prices. `blamed`: lines whose units are
 * wrong already.
 */
export function checkMoney(seen: Seen, blamed: ReadonlySet<string>): Violation[] {
  const unbalanced = checkMovements(seen.entries);
  const orders = ordersOf(seen);
  const broken = new Set(unbalanced.flatMap((it) => it.orderId ?? []));
  return [
    ...unbalanced.map(({ orderId, movement, sum }) => ({
      invariant: 'ledger' as const,
      where: orderId ?? movement,
      what: `the movement ${movement} sums to ${sum}, not to zero`,
    })),
    ...(unbalanced.length === 0 ? checkAccount(seen) : []),
    ...[...orders].filter(([orderId]) => !broken.has(orderId)).flatMap(([orderId, order]) => checkOrder(orderId, order, blamed)),
  ];
}

interface Unbalanced {
  readonly movement: string;
  readonly orderId?: string;
  readonly sum: number;
}

/** Double entry: what leaves one account comes to another. */
function checkMovements(entries: readonly SeenEntry[]): Unbalanced[] {
  const movements = new Map<string, Unbalanced>();
  for (const { movement, orderId, amountMinor } of entries) {
    movements.set(movement, {
      movement,
      ...(orderId !== undefined && { orderId }),
      sum: (movements.get(movement)?.sum ?? 0) + amountMinor,
    });
  }
  return [...movements.values()].filter((it) => it.sum !== 0);
}

/** What the account has gained since the drill began is what its entries say. */
function checkAccount({ before, after, entries }: Seen): Violation[] {
  const figures = [
    ['merchant-available', after.availableMinor - before.availableMinor],
    ['order-held', after.heldMinor - before.heldMinor],
  ] as const;
  return figures.flatMap(([account, moved]) => {
    const booked = sum(entries, (it) => (it.account === account ? it.amountMinor : 0));
    const what = `${account} has moved by ${moved}, its entries say ${booked}`;
    return booked === moved ? [] : [{ invariant: 'ledger', where: account, what } as const];
  });
}

interface SeenOrder {
  readonly lines: readonly SeenLine[];
  readonly entries: readonly SeenEntry[];
}

function ordersOf({ lines, entries }: Seen): ReadonlyMap<string, SeenOrder> {
  const orders = new Map<string, { lines: SeenLine[]; entries: SeenEntry[] }>();
  for (const line of lines) {
    const order = orders.get(line.orderId) ?? { lines: [], entries: [] };
    order.lines.push(line);
    orders.set(line.orderId, order);
  }
  for (const it of entries) if (it.orderId !== undefined) orders.get(it.orderId)?.entries.push(it);
  return orders;
}

/** A closed order holds nothing any more, and has cost what was delivered. */
function checkOrder(orderId: string, { lines, entries }: SeenOrder, blamed: ReadonlySet<string>): Violation[] {
  if (!lines.every((it) => ENDS.includes(it.status))) return [];
  const held = sum(entries, (it) => (it.account === 'order-held' ? it.amountMinor : 0));
  const left: Violation[] = held === 0 ? [] : [{ invariant: 'ledger', where: orderId, what: `the order is over and holds ${held}` }];
  return [...left, ...lines.filter((it) => !blamed.has(nameOf(it))).flatMap((it) => checkCapture(it, entries))];
}

function checkCapture(line: SeenLine, entries: readonly SeenEntry[]): Violation[] {
  const booked = sum(entries, (it) => (it.lineId === line.lineId && it.account === 'hub-revenue' ? it.amountMinor : 0));
  const worth = sum(line.holds, (it) => it.delivered * it.chargeMinor);
  const blame = (invariant: 'ledger' | 'capture', what: string): Violation[] => [{ invariant, where: nameOf(line), what }];
  if (worth > line.delivered * line.wanted.maxUnitPriceMinor) return blame('capture', `${worth} is more than the buyer allows`);
  if (line.refundedMinor > worth) return blame('capture', `${line.refundedMinor} came back of ${worth}`);
  const left = worth - line.refundedMinor;
  if (booked === left && line.capturedMinor !== worth) return blame('capture', `${line.capturedMinor} is captured, ${worth} was delivered`);
  if (booked !== left) return blame('ledger', `${booked} is booked as captured and not refunded, ${left} was delivered and kept`);
  return [];
}

const sum = <Item>(items: readonly Item[], amount: (it: Item) => number): number => items.reduce((total, it) => total + amount(it), 0);
