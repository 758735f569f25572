import type { CostTiers, RecordOutcome, Supplier } from '@midstream/inventory-domain';
import type { Codes } from '../codes';
import type { SupplierTokens } from '../tokens';
import type { Outside } from './outside';
import type { SupplierOrders } from './orders';
import type { WorkItems } from './manual/work-items';

/** By the protocol a supplier answers a purchase within 10 s and a question within 5 s; we wait a little longer. */
export const BUY_WAIT_MS = 15_000;
export const ASK_WAIT_MS = 10_000;

/** A purchase, as an adapter needs to know it. */
export interface Wanted {
  readonly purchaseId: string;
  readonly holdId: string;
  readonly offerId: string;
  readonly supplierId: string;
  readonly sku: string;
  /** What the supplier calls the good; absent: as we do. */
  readonly supplierSku?: string;
  readonly quantity: number;
  readonly maxCostMinor: number;
  /** What the offer says that a unit costs. */
  readonly unitCostMinor: number;
  readonly currency: string;
  /** Milliseconds since the epoch, by when the buyer is to have them. */
  readonly deliverByAt: number;
  /** Of an offer that sells any value of a range: what one unit is to be worth, in the good's own currency. */
  readonly faceValue?: { readonly minor: number; readonly currency: string };
  /** Of a top-up: the account that units go to; no code comes. */
  readonly recipient?: string;
  readonly traceparent?: string;
}

/** What came of it, as far as it is known. */
export type Answer = Pick<RecordOutcome, 'units' | 'rest' | 'unitCostMinor'>;

/** Nobody knows what came of it: neither of a purchase that failed nor of one that was made. */
export class Unanswered extends Error {}

/** It is not the supplier's silence: we have no name by which to ask. */
export class CannotBeAsked extends Unanswered {}

/** What we have left to spend there; minor units of an ISO 4217 currency. */
export interface Balance {
  readonly balanceMinor: number;
  readonly currency: string;
}

/** What the supplier has of one good. `supplierSku`: its own name of it. */
export interface StockItem {
  readonly supplierSku: string;
  /** Units that can be bought now. */
  readonly available: number;
  /** Of one unit, in minor units. */
  readonly costMinor: number;
  /** What each costs where more are bought at once; absent: it is not told. */
  readonly costTiers?: CostTiers;
  readonly currency: string;
}

export interface CatalogueItem extends StockItem {
  readonly name: string;
  /** `true`: a person delivers it there, later. */
  readonly isManual?: boolean;
}

/** One purchase in the supplier's own book. */
export interface BookEntry {
  readonly purchaseId: string;
  readonly status: 'fulfilled' | 'partial' | 'accepted' | 'refused' | 'unanswered';
  readonly units: number;
  /** Of one unit. */
  readonly costMinor: number;
}

/** One supplier, spoken to. What is optional is there where the adapter's `can` names it. */
export interface Seller {
  /** Buys, once for ever under the purchase's id. @throws Unanswered where the outcome is not known. */
  buy(wanted: Wanted, signal: AbortSignal): Promise<Answer>;
  /** Asks what came of it, and buys nothing. @throws Unanswered where that is still not known. */
  ask(wanted: Wanted, signal: AbortSignal): Promise<Answer>;
  balance?(signal: AbortSignal): Promise<Balance>;
  /** Of the goods named; without names of all, CATALOGUE_MAX at most. */
  stock?(supplierSkus: readonly string[] | undefined, signal: AbortSignal): Promise<readonly StockItem[]>;
  catalogue?(signal: AbortSignal): Promise<readonly CatalogueItem[]>;
  /** What the supplier's book says of these purchases of ours; one that it does not know is left out. */
  book?(purchaseIds: readonly string[], signal: AbortSignal): Promise<readonly BookEntry[]>;
}

/** Goods that a catalogue or a stock answer may name. */
export const CATALOGUE_MAX = 10_000;

export const CAPABILITIES = ['catalogue', 'stock', 'buy', 'query', 'balance', 'push'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** One way to speak with suppliers: a folder here. Its name is the supplier's `kind`. */
export interface Adapter {
  readonly kind: string;
  readonly can: readonly Capability[];
  /** Nobody is called: it is our own tables. */
  readonly isOurs?: true;
  /** What a supplier of this kind cannot be registered without. */
  readonly needs: readonly 'baseUrl'[];
  at(supplier: Pick<Supplier, 'supplierId' | 'baseUrl'>): Seller;
}

/** What an adapter is given. */
export interface Tools {
  readonly codes: Codes;
  readonly tokens: SupplierTokens;
  readonly outside: Outside;
  readonly orders: SupplierOrders;
  readonly works: WorkItems;
  /** How long we wait for the answer to a purchase, where that is less than BUY_WAIT_MS. */
  readonly buyWaitMs?: number;
}
