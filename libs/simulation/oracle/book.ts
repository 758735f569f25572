import type { Fact, HoldTally, LossReason, Repack, SelectionRequest } from '@midstream/contracts';
import type { LineWish, OrderWish } from '../scenario';
import { Violation } from './violation';

/** Limits of the protocol, written down once more: a limit that moves in the code is seen here. */
export const LIMITS = {
  depth: 4,
  rankings: 5,
  attempts: 60,
  exclusions: 64,
  backoffMs: 250,
  waitMs: 15_000,
  /** A deadline that nobody was down at ends a line no later than this. */
  lateMs: 120_000,
  candidates: 5,
  purchaseUnits: 100,
  drainBatch: 50,
  stormWindow: 500,
  stormPatienceMs: 60_000,
  holdMs: 600_000,
  graceMs: 60_000,
  burstMs: 60_000,
  freshMs: 900_000,
  /** Pauses that make a rhythm, how unlike they may be, and how many of them a figure may be late. */
  rhythm: 8,
  alike: 3,
  missed: 2,
  apartMs: 60_000,
  tellMs: 300_000,
} as const;

export interface AskedBook {
  readonly attempt: number;
  readonly depth: number;
  readonly ranking: number;
  readonly quantity: number;
  readonly replaces?: string;
  readonly planned: boolean;
  readonly askAt?: number;
  readonly request?: SelectionRequest;
}

export type Stages = Record<'held' | 'queued' | 'submitting' | 'unknown' | 'accepted' | 'delivered' | 'lost' | 'released', number>;

/** One hold, as both sides tell of it. */
export interface HoldBook {
  readonly holdId: string;
  readonly line: LineBook;
  readonly attempt: number;
  readonly offerId: string;
  readonly sku: string;
  readonly priceMinor: number;
  readonly granted: number;
  readonly depth: number;
  readonly referencePriceMinor: number;
  readonly region: string;
  /** Inventory: where its units are, and every tally that it has told, by version. */
  readonly stages: Stages;
  readonly told: Map<number, HoldTally>;
  tally: HoldTally;
  expiresAt: number;
  releaseNoted: boolean;
  /** Units of it wait for balance, so long at most. */
  waitsUntil?: number | undefined;
  writtenOff: number;
  /** Order: the tally that it knows, once the hold is its line's. */
  known?: HoldTally;
  /** When the newest of its units came. */
  cameAt?: number;
  assignedAt?: number;
  releaseAskedAt?: number;
  /** The latest that a question about it may be answered, and when it was put. */
  question?: { readonly askedAt: number; readonly deadlineAt: number };
}

export interface ConsentBook {
  readonly consentId: string;
  readonly hold: HoldBook;
  readonly priceMinor: number;
  readonly deadlineAt: number;
  answer?: Fact<'ConsentAnswered'>['answer'];
}

export interface LineBook {
  readonly wish: LineWish;
  readonly order: OrderBook;
  readonly asked: Map<number, AskedBook>;
  readonly holds: Map<string, HoldBook>;
  readonly turnedAway: Set<string>;
  readonly excluded: Map<string, LossReason>;
  readonly approved: Map<string, number>;
  readonly consents: Map<string, ConsentBook>;
  /** What its buyer has said, to which question. */
  readonly said: { readonly consentId: string; readonly answer: 'yes' | 'no' }[];
  /** The line whose units its own stand in for. */
  readonly piecesOf?: { readonly line: LineBook; readonly sku: string; readonly pieces: number };
  /** The newest answer: what was told of pieces, the units that it left, and the dearest that one may be. */
  answered?: { readonly repack: Repack | undefined; readonly unheld: number; readonly capMinor: number };
  attempts: number;
  waits: number;
  givenUp: number;
  /** Of these, units that are looked for as pieces. */
  repacked: number;
  capturedMinor: number;
  releasedMinor: number;
  /** What complaints bring back, by their answers; and what has moved so. */
  refundedMinor: number;
  movedBackMinor: number;
  closing?: 'cancelled' | 'deadline';
  end?: string;
}

/** What inventory has told of pieces for an attempt, by its name. */
export type ToldRepacks = Map<string, Repack | undefined>;

export interface OrderBook {
  readonly wish: OrderWish;
  readonly lines: Map<string, LineBook>;
  /** What was offered beside its lines, by its id. */
  readonly additions: Map<string, AdditionBook>;
  heldMinor: number;
  placedMinor: number;
  isPlaced: boolean;
  /** A cancel was taken in. */
  mayCancel: boolean;
  end?: string;
}

export interface AdditionBook {
  readonly additionId: string;
  readonly beside: LineBook;
  readonly sku: string;
  readonly quantity: number;
  readonly priceMinor: number;
  readonly expiresAt: number;
  /** What its merchant has said. */
  readonly said: { readonly answer: 'accepted' | 'declined'; readonly quantity: number }[];
  answer?: Fact<'AdditionAnswered'>['answer'];
  accepted?: number | undefined;
  /** The line that it became. */
  line?: LineBook;
}

export interface PurchaseBook {
  readonly purchaseId: string;
  readonly hold: HoldBook;
  readonly quantity: number;
  readonly isTopUp: boolean;
  status: string;
  bought: number;
  delivered: number;
  kept: number;
  quarantined: number;
  writtenOff: number;
  failed: number;
}

/** What the oracle knows, from the scenario and from what the services have committed; never from their rows. */
export class Book {
  readonly orders = new Map<string, OrderBook>();
  readonly holds = new Map<string, HoldBook>();
  readonly purchases = new Map<string, PurchaseBook>();
  readonly repacks: ToldRepacks = new Map();
  /** Of merchants now, and of orders as it was when they were placed. */
  private readonly tiers = new Map<string, string | undefined>();

  ofTier(merchantId: string, tier: string | undefined): void {
    this.tiers.set(merchantId, tier);
  }

  keepTier({ orderId, merchantId }: { readonly orderId: string; readonly merchantId: string }): void {
    this.tiers.set(`order ${orderId}`, this.tiers.get(merchantId));
  }

  tierOf(orderId: string): string | undefined {
    return this.tiers.get(`order ${orderId}`);
  }

  wish(wish: OrderWish): void {
    if (this.orders.has(wish.orderId)) return;
    const order: OrderBook = {
      wish,
      lines: new Map(),
      additions: new Map(),
      heldMinor: 0,
      placedMinor: 0,
      isPlaced: false,
      mayCancel: false,
    };
    for (const it of wish.lines) order.lines.set(it.lineId, lineBook(it, order));
    this.orders.set(wish.orderId, order);
  }

  orderOf(orderId: string): OrderBook {
    return this.orders.get(orderId) ?? fail('I10', `${orderId} was never ordered`);
  }

  lineOf({ orderId, lineId }: { readonly orderId: string; readonly lineId: string }): LineBook {
    return this.orderOf(orderId).lines.get(lineId) ?? fail('I10', `${orderId}/${lineId} was never ordered`);
  }

  holdOf(holdId: string): HoldBook {
    return this.holds.get(holdId) ?? fail('1', `${holdId} is no hold`);
  }

  purchaseOf(purchaseId: string): PurchaseBook {
    return this.purchases.get(purchaseId) ?? fail('10', `${purchaseId} is no purchase`);
  }
}

export const lineBook = (wish: LineWish, order: OrderBook): LineBook => ({
  wish,
  order,
  asked: new Map(),
  holds: new Map(),
  turnedAway: new Set(),
  excluded: new Map(),
  approved: new Map(),
  consents: new Map(),
  said: [],
  attempts: 0,
  waits: 0,
  givenUp: 0,
  repacked: 0,
  capturedMinor: 0,
  releasedMinor: 0,
  refundedMinor: 0,
  movedBackMinor: 0,
});

export const nameOf = ({ order, wish }: LineBook): string => `${order.wish.orderId}/${wish.lineId}`;

/** Units that are held, being bought or of unknown outcome, by a tally. */
export const openOf = ({ granted, delivered, lost, released }: HoldTally): number => granted - delivered - lost - released;

export function fail(invariant: string, detail: string): never {
  throw new Violation(invariant, detail);
}

/** `detail` is made only where the claim is false: checks are many, and violations few. */
export function check(claim: boolean, invariant: string, detail: () => string): asserts claim {
  if (!claim) fail(invariant, detail());
}
