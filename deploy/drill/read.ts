import { type Api, inParallel } from '../sample-market/api';
import type { Market, TraceOrder } from '../sample-market/words';
import { gaugesOf } from './metrics';
import {
  type Seen,
  type SeenDelivery,
  type SeenEntry,
  type SeenGauge,
  type SeenLine,
  type SeenMoney,
  type SeenOffer,
  type SeenPurchase,
} from './seen';
import { holdsOf, momentsOf, type TimelineEntry } from './timeline';

const READS_AT_ONCE = 12;
const GAUGES = ['midstream_relay_lag_seconds', 'midstream_parked_keys', 'midstream_parked_messages', 'midstream_todo_stuck'];

/** An order of `GET /orders`: what a drill reads of it. */
export interface OrderView {
  readonly orderId: string;
  readonly clientReference: string;
  readonly status: string;
  readonly placedAt: string;
  readonly lines: readonly LineView[];
}

interface LineView {
  readonly lineId: string;
  readonly status: string;
  readonly quantity: number;
  readonly delivered: number;
  readonly givenUp: number;
  readonly repacked?: number;
  readonly piecesOf?: { readonly lineId: string; readonly pieces: number };
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly goods: readonly { readonly quantity: number; readonly delivered: number }[];
  readonly consents: readonly { readonly consentId: string }[];
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

/** Everything of a list that is told by pages, `after` the `next` of the page before. */
async function pagesOf<Item>(api: Api, path: string, isPast: (page: readonly Item[]) => boolean = () => false): Promise<Item[]> {
  const items: Item[] = [];
  let next: string | undefined;
  do {
    const join = path.includes('?') ? '&' : '?';
    const page: Page<Item> = await api.get(next === undefined ? path : `${path}${join}after=${encodeURIComponent(next)}`);
    items.push(...page.items);
    next = isPast(page.items) ? undefined : page.next;
  } while (next !== undefined);
  return items;
}

/** The merchant's orders that still run, of those that were placed from `since` on. */
export async function runningOrders(api: Api, since: number): Promise<OrderView[]> {
  const orders: OrderView[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<OrderView> = await api.get(`/v1/orders?status=running&limit=100${cursor === undefined ? '' : `&cursor=${cursor}`}`);
    const mine = page.items.filter((it) => Date.parse(it.placedAt) >= since);
    orders.push(...mine);
    cursor = mine.length < page.items.length ? undefined : page.next;
  } while (cursor !== undefined);
  return orders;
}

/** The lines of the orders that a drill has placed, with their timelines. */
export async function readLines(operator: Api, placed: ReadonlyMap<string, TraceOrder>): Promise<SeenLine[]> {
  const lines: SeenLine[] = [];
  await inParallel([...placed], READS_AT_ONCE, async ([orderId, order]) => {
    const [view, timeline] = await Promise.all([
      operator.get<OrderView>(`/v1/orders/${orderId}`),
      pagesOf<TimelineEntry>(operator, `/v1/orders/${orderId}/timeline`),
    ]);
    for (const line of view.lines) {
      const wanted = wantedBy(line, order);
      const entries = timeline.filter((it) => it.lineId === line.lineId);
      if (wanted !== undefined) lines.push(lineOf(orderId, line, wanted, entries));
    }
  });
  return lines;
}

/** What the trace wanted of a line; of pieces, what it wanted of the units that they stand in for. */
function wantedBy({ lineId, piecesOf, quantity }: LineView, order: TraceOrder): SeenLine['wanted'] | undefined {
  const wanted = order.lines.find((it) => it.lineId === (piecesOf?.lineId ?? lineId));
  if (wanted === undefined || piecesOf === undefined) return wanted;
  return { ...wanted, quantity, maxUnitPriceMinor: Math.floor(wanted.maxUnitPriceMinor / piecesOf.pieces) };
}

function lineOf(orderId: string, view: LineView, wanted: SeenLine['wanted'], entries: readonly TimelineEntry[]): SeenLine {
  const { lineId, status, quantity: ordered, delivered, givenUp, repacked = 0, piecesOf, capturedMinor, refundedMinor, goods } = view;
  return {
    orderId,
    lineId,
    wanted,
    status,
    ordered,
    delivered,
    givenUp,
    repacked,
    ...(piecesOf && { piecesOf }),
    capturedMinor,
    refundedMinor,
    onHolds: goods.reduce((sum, it) => sum + it.quantity, 0),
    moments: momentsOf(entries),
    holds: holdsOf(entries),
  };
}

/** Where the ledger and the account stand, at one moment: a movement between two reads is read again. */
export async function readMoney(
  operator: Api,
  merchantId: string,
  after: string,
): Promise<{ money: SeenMoney; entries: SeenEntry[]; last: string }> {
  for (;;) {
    const money = await operator.get<SeenMoney>(`/v1/accounts/${merchantId}`);
    const { entries, last } = await readEntries(operator, merchantId, after);
    const again = await operator.get<SeenMoney>(`/v1/accounts/${merchantId}`);
    if (money.availableMinor === again.availableMinor && money.heldMinor === again.heldMinor) return { money, entries, last };
  }
}

interface EntryView {
  readonly n: string;
  readonly movementId: string;
  readonly account: string;
  readonly amountMinor: number;
  readonly orderId: string | null;
  readonly lineId: string | null;
}

const entryOf = ({ movementId, account, amountMinor, orderId, lineId }: EntryView): SeenEntry => ({
  movement: movementId,
  account,
  amountMinor,
  ...(orderId !== null && { orderId }),
  ...(lineId !== null && { lineId }),
});

async function readEntries(operator: Api, merchantId: string, from: string): Promise<{ entries: SeenEntry[]; last: string }> {
  const path = `/v1/accounts/${merchantId}/entries`;
  const first = await operator.get<Page<EntryView>>(`${path}?after=${from}`);
  const items = [...first.items];
  for (let { next } = first; next !== undefined;) {
    const page: Page<EntryView> = await operator.get(`${path}?after=${next}`);
    items.push(...page.items);
    next = page.next;
  }
  return { entries: items.map(entryOf), last: items.at(-1)?.n ?? from };
}

/** The number of the newest entry, found by halving: the ledger is read from its old end, and may be long. */
export async function lastEntry(operator: Api, merchantId: string): Promise<string> {
  const has = async (n: number): Promise<boolean> =>
    (await operator.get<Page<EntryView>>(`/v1/accounts/${merchantId}/entries?after=${n}`)).items.length > 0;
  let [low, high] = [0, 1_000];
  while (await has(high)) [low, high] = [high, high * 4];
  while (high - low > 200) {
    const middle = Math.floor((low + high) / 2);
    [low, high] = (await has(middle)) ? [middle, high] : [low, middle];
  }
  return (await readEntries(operator, merchantId, String(low))).last;
}

export async function readDeliveries(operator: Api, orderIds: readonly string[]): Promise<SeenDelivery[]> {
  const deliveries: SeenDelivery[] = [];
  await inParallel(orderIds, READS_AT_ONCE, async (orderId) => {
    deliveries.push(...(await operator.get<Page<SeenDelivery>>(`/v1/deliveries?orderId=${orderId}`)).items);
  });
  return deliveries;
}

type PurchaseView = Omit<SeenPurchase, 'submittedAt'> & { readonly submittedAt: string };

/** The purchases for the orders of a drill; the list is of all, the newest first. */
export async function readPurchases(operator: Api, orderIds: ReadonlySet<string>, since: number): Promise<SeenPurchase[]> {
  const isPast = (page: readonly PurchaseView[]): boolean => page.some((it) => Date.parse(it.submittedAt) < since);
  const views = await pagesOf(operator, '/v1/procurement-orders', isPast);
  return views.filter((it) => orderIds.has(it.orderId)).map((it) => ({ ...it, submittedAt: Date.parse(it.submittedAt) }));
}

export async function readOffers(operator: Api, suppliers: readonly string[]): Promise<SeenOffer[]> {
  const lists = await Promise.all(suppliers.map((it) => operator.get<SeenOffer[]>(`/v1/suppliers/${it}/offers`)));
  return lists.flat();
}

/** The gauges of all services; a relay that is a moment behind is asked again while there is patience. */
export async function readGauges(url: string, calm: (gauges: readonly SeenGauge[]) => boolean, patienceMs: number): Promise<SeenGauge[]> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const text = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) }).then((it) => it.text());
    const gauges = gaugesOf(text, GAUGES);
    if ((gauges.length > 0 && calm(gauges)) || Date.now() > until) return gauges;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

export const faceValuesOf = ({ products }: Market): Seen['faceValueOf'] => new Map(products.map((it) => [it.sku, it.faceValueMinor]));

export const categoriesOf = ({ products }: Market): Seen['categoryOf'] => new Map(products.map((it) => [it.sku, it.category]));
