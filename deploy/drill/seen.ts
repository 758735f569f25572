import type { HoldTally, LossReason } from '@midstream/contracts';
import type { Policy } from '../sample-market/words';

interface At<What extends string> {
  readonly what: What;
  /** Milliseconds, the clock of the order's database. */
  readonly at: number;
}

export interface Selecting extends At<'selecting'> {
  readonly attempt: number;
  readonly depth: number;
  /** Why the line looks again; absent at the first time. */
  readonly because?: LossReason;
}
export interface Assigned extends At<'assigned'> {
  readonly holdId: string;
  readonly sku: string;
  readonly supplierId?: string;
  readonly units: number;
  readonly priceMinor: number;
  readonly replaces?: { readonly holdId: string; readonly sku: string; readonly reason: LossReason };
}
export interface Lost extends At<'lost'> {
  /** When inventory committed the HoldLost, by its own clock, where that is told; `at` is when order heard of it. */
  readonly committedAt?: number;
  readonly holdId: string;
  readonly sku: string;
  readonly units: number;
  readonly reason: LossReason;
}
export interface Asked extends At<'asked'> {
  readonly consentId: string;
  readonly sku: string;
  readonly priceMinor: number;
}
export interface Answered extends At<'answered'> {
  readonly consentId: string;
  readonly sku: string;
  /** yes, no, expired, withdrawn. */
  readonly answer: string;
}
export interface Moved extends At<'delivered' | 'released'> {
  readonly holdId: string;
  readonly units: number;
}
export interface GivenUp extends At<'given-up'> {
  readonly units: number;
  readonly reason: string;
}
/** Units that another line looks for as pieces of the same brand. */
export interface Repacked extends At<'repacked'> {
  readonly units: number;
  readonly pieces: number;
  readonly sku: string;
  readonly lineId: string;
}
export interface Closed extends At<'closed'> {
  readonly status: string;
}

/** What a line's timeline tells. */
export type Moment = Selecting | Assigned | Lost | Asked | Answered | Moved | GivenUp | Repacked | Closed;

/** A hold of a line, by the newest tally that its timeline tells. */
export interface SeenHold extends HoldTally {
  readonly sku: string;
  /** What a delivered unit is charged at (protocol 22). */
  readonly chargeMinor: number;
}

export const ENDS = ['delivered', 'repacked', 'partially-delivered', 'unfillable', 'cancelled'];

/** A line as the order shows it, with what the trace wanted of it. */
export interface SeenLine {
  readonly orderId: string;
  readonly lineId: string;
  readonly wanted: {
    readonly skus: readonly string[];
    readonly quantity: number;
    readonly maxUnitPriceMinor: number;
    readonly policy: Policy;
  };
  readonly status: string;
  readonly ordered: number;
  readonly delivered: number;
  readonly givenUp: number;
  /** Units that other lines look for as pieces. */
  readonly repacked: number;
  /** Of such a line: whose units it stands in for, by how many pieces each. What was wanted is what was wanted of them, piece by piece. */
  readonly piecesOf?: { readonly lineId: string; readonly pieces: number };
  /** Units that are on holds and have not left them: under way or delivered. */
  readonly onHolds: number;
  readonly capturedMinor: number;
  /** What complaints brought back of it. */
  readonly refundedMinor: number;
  readonly moments: readonly Moment[];
  readonly holds: readonly SeenHold[];
}

export interface SeenEntry {
  readonly movement: string;
  readonly account: string;
  readonly amountMinor: number;
  readonly orderId?: string;
  readonly lineId?: string;
}

export interface SeenMoney {
  readonly availableMinor: number;
  readonly heldMinor: number;
}

export interface SeenDelivery {
  readonly deliveryId: string;
  readonly orderId: string;
  readonly lineId: string;
  readonly sku: string;
}

export interface SeenPurchase {
  readonly procurementId: string;
  readonly orderId: string;
  readonly lineId: string;
  readonly sku: string;
  readonly status: string;
  readonly quantity: number;
  readonly bought: number;
  readonly delivered: number;
  readonly kept: number;
  readonly quarantined: number;
  readonly writtenOff: number;
  readonly failed: number;
  readonly submittedAt: number;
}

export interface SeenOffer {
  readonly offerId: string;
  readonly supplierId: string;
  readonly supply: number;
  readonly held: number;
  readonly inFlight: number;
  readonly available: number;
}

export interface SeenGauge {
  readonly name: string;
  readonly service: string;
  readonly value: number;
}

/** All that a drill has read when it is over: what is checked, and nothing else. */
export interface Seen {
  readonly lines: readonly SeenLine[];
  readonly categoryOf: ReadonlyMap<string, string>;
  readonly faceValueOf: ReadonlyMap<string, number>;
  /** The merchant's account before the first order and after the last, and every entry between. */
  readonly before: SeenMoney;
  readonly after: SeenMoney;
  readonly entries: readonly SeenEntry[];
  readonly deliveries: readonly SeenDelivery[];
  readonly purchases: readonly SeenPurchase[];
  /** The offers that were run dry, when it was over. */
  readonly dry: readonly SeenOffer[];
  readonly gauges: readonly SeenGauge[];
  /** The product that was banned, and when every offer of it was closed. */
  readonly ban?: { readonly sku: string; readonly inForceAt: number };
}

export const isHit = ({ moments }: SeenLine): boolean => moments.some((it) => it.what === 'lost');
export const nameOf = ({ orderId, lineId }: { readonly orderId: string; readonly lineId: string }): string => `${orderId}/${lineId}`;
