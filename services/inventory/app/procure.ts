import {
  convert,
  costAt,
  convertBack,
  factorTo,
  type Hold,
  type InventoryCommand,
  type Offer,
  type Purchase,
  type PurchaseAsked,
  type PurchaseOpened,
  type Supplier,
} from '@midstream/inventory-domain';
import type { Untimed } from '@midstream/kernel';
import type { Database, EffectContext } from '@midstream/runtime';
import DataLoader from 'dataloader';
import { type Answer, ASK_WAIT_MS, BUY_WAIT_MS, type Seller, type Wanted } from './adapters/port';
import type { Breakers } from './breakers';
import { House } from './house';

type Command = Untimed<InventoryCommand>;

/** The shell ends a call at four fifths of its lease: the supplier's own time, and some for us. */
export const BUY_LEASE_MS = Math.ceil((BUY_WAIT_MS + 2_000) / 0.8);
export const ASK_LEASE_MS = Math.ceil((ASK_WAIT_MS + 2_000) / 0.8);

/** Calls the supplier, with the intent committed and the purchase's id as idempotency key. Whatever throws leaves the outcome unknown. */
export async function buy(event: PurchaseOpened, context: EffectContext): Promise<readonly Command[]> {
  const { wanted, seller, breakers, factor } = await sellerOf(context, event.purchaseId);
  const askedAt = performance.now();
  const call = () => seller.buy(wanted, context.signal);
  const answer = await (breakers === undefined ? call() : breakers.buy(wanted.supplierId, call));
  return [{ ...outcomeOf(event, answer, factor), answerMs: Math.round(performance.now() - askedAt) }];
}

/** Asks what came of it. Never buys. */
export async function ask(event: PurchaseAsked, context: EffectContext): Promise<readonly Command[]> {
  const { wanted, seller, breakers, factor } = await sellerOf(context, event.purchaseId);
  const call = () => seller.ask(wanted, context.signal);
  return [outcomeOf(event, await (breakers === undefined ? call() : breakers.ask(wanted.supplierId, call)), factor)];
}

const outcomeOf = (
  { purchaseId, holdId, sku }: PurchaseOpened | PurchaseAsked,
  answer: Answer,
  factor: number,
): Extract<Command, { readonly type: 'RecordOutcome' }> => ({
  type: 'RecordOutcome',
  purchaseId,
  holdId,
  sku,
  ...answer,
  unitCostMinor: convert(answer.unitCostMinor, factor),
});

interface ToCall {
  readonly wanted: Wanted;
  readonly seller: Seller;
  /** Minor units of the product's currency for one of the supplier's. */
  readonly factor: number;
  /** Of suppliers that are called over the network. */
  readonly breakers?: Breakers;
}

async function sellerOf({ database, traceparent }: EffectContext, purchaseId: string): Promise<ToCall> {
  const loaded = await purchasesOf(database).load(purchaseId);
  const house = House.of(database);
  const { supplier } = loaded;
  const isOurs = house.adapters.get(supplier.kind)?.isOurs;
  return {
    wanted: { ...wantedOf(loaded), ...(traceparent !== undefined && { traceparent }) },
    seller: house.sellerOf(supplier),
    factor: factorOf(loaded),
    ...(!isOurs && { breakers: house.breakers }),
  };
}

/** What is asked and answered is in the supplier's currency; our books are in the product's. One from before the rate was kept goes by the offer's. */
export const factorOf = ({ purchase, offer }: Pick<Loaded, 'purchase' | 'offer'>): number =>
  factorTo({ quoted: purchase.quoted ?? offer.quoted, currency: purchase.currency });

/** The purchase as its supplier is to hear of it. */
export function wantedOf(loaded: Omit<Loaded, 'supplier'>): Wanted {
  const { purchase, hold, offer, face } = loaded;
  const { purchaseId, holdId, offerId, supplierId, sku, quantity, deliverByAt } = purchase;
  const { quoted = offer.quoted } = purchase;
  const isRange = offer.denomination?.kind === 'RANGE';
  return {
    purchaseId,
    holdId,
    offerId,
    supplierId,
    sku,
    quantity,
    maxCostMinor: convertBack(purchase.maxCostMinor, factorOf(loaded)),
    currency: (quoted ?? purchase).currency,
    deliverByAt,
    ...(offer.supplierSku !== undefined && { supplierSku: offer.supplierSku }),
    unitCostMinor: costAt((offer.quoted ?? offer).costTiers, quantity),
    ...(isRange && { faceValue: face }),
    ...(hold.recipient !== undefined && { recipient: hold.recipient }),
  };
}

interface Loaded {
  readonly purchase: Purchase;
  readonly hold: Hold;
  readonly offer: Offer;
  readonly supplier: Supplier;
  /** What a unit of the good is worth: told where the offer sells any value of a range. */
  readonly face: NonNullable<Wanted['faceValue']>;
}

/** The purchases of one database, by id: calls that begin together ask together, and nothing is remembered. */
const purchasesOf = (database: Database): DataLoader<string, Loaded> => {
  const loader = loaders.get(database) ?? new DataLoader((ids: readonly string[]) => loadPurchases(database, ids), { cache: false });
  loaders.set(database, loader);
  return loader;
};
const loaders = new WeakMap<Database, DataLoader<string, Loaded>>();

async function loadPurchases(database: Database, ids: readonly string[]): Promise<(Loaded | Error)[]> {
  const { rows } = await database.query<Loaded>(
    `SELECT p.state AS purchase, h.state AS hold, o.state AS offer, s.state AS supplier,
            json_build_object('minor', g.state -> 'faceValueMinor', 'currency', g.state -> 'currency') AS face
       FROM purchase p JOIN hold h ON h.id = p.state ->> 'holdId' JOIN offer o ON o.id = p.offer_id JOIN supplier s ON s.id = p.supplier_id
       JOIN product g ON g.id = o.sku
      WHERE p.id = ANY($1)`,
    [ids],
  );
  const found = new Map(rows.map((it) => [it.purchase.purchaseId, it]));
  return ids.map((id) => found.get(id) ?? new Error(`the intent of ${id} was committed before the call`));
}
