import type { Additions, Buyer, CapReached, Fact, HoldTally, LossReason, Need, SelectionRequest, Substitution } from '@midstream/contracts';
import { assert, type RowsOf } from '@midstream/kernel';

export type ClosingReason = 'cancelled' | 'deadline';
export type ReleaseReason = 'cancelled' | 'declined' | 'deadline';
export type LineEnd = Fact<'LineClosed'>['status'];
export type OrderEnd = Fact<'OrderClosed'>['status'];
export type Replaces = NonNullable<SelectionRequest['replaces']>;
export type Scope = Fact<'ApiKeyState'>['scope'];

/** Units that are looked for, by the number of their attempt. With `askAt` the question is not put yet: it waits until then. */
export interface Asked {
  readonly attempt: number;
  readonly depth: number;
  readonly ranking: number;
  readonly quantity: number;
  readonly tried: SelectionRequest['tried'];
  readonly replaces?: Replaces;
  readonly askAt?: number;
}

/** What order knows of a hold: its tally, the offer's terms as they are frozen, and what order has asked for. */
export interface Hold extends HoldTally {
  readonly offerId: string;
  readonly supplierId: string;
  readonly sku: string;
  readonly priceMinor: number;
  /** The dearest that a unit is charged at: its own price at depth 1, else that of what it replaces (protocol 22). */
  readonly referencePriceMinor: number;
  readonly expiresAt: string;
  readonly attempt: number;
  readonly decisionId: string;
  readonly depth: number;
  readonly replaces?: Replaces;
  readonly assigned: boolean;
  /** Units of it have been sent for, or have come. */
  readonly buying: boolean;
  /** When the newest units of it came; absent where none has, or its time was not kept. */
  readonly deliveredAt?: number;
  /** Asked back; inventory answers (protocol 8). */
  readonly releasing?: ReleaseReason;
}

/** A question about one hold (protocol 19). Without `answer` it is open. */
export interface Consent {
  readonly consentId: string;
  readonly holdId: string;
  readonly sku: string;
  readonly priceMinor: number;
  readonly quantity: number;
  readonly deadlineAt: number;
  readonly default: Substitution['consentDefault'];
  readonly answer?: Fact<'ConsentAnswered'>['answer'];
}

/** Units that were offered beside a line (README, "Additions"). Without `answer` the merchant is asked still. */
export interface Addition {
  readonly additionId: string;
  /** The line that it is beside. */
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly priceMinor: number;
  readonly because: Fact<'AdditionOffered'>['because'];
  readonly expiresAt: number;
  readonly answer?: Fact<'AdditionAnswered'>['answer'];
  /** Of a yes: the units that were taken. */
  readonly accepted?: number;
}

/** A complaint about delivered units (README, "Complaints"). Without `outcome` the hub has not answered it. */
export interface Complaint {
  readonly complaintId: string;
  readonly units: number;
  readonly reason: Fact<'ComplaintFiled'>['reason'];
  readonly filedAt: number;
  /** The holds whose units they are. */
  readonly from: readonly { readonly holdId: string; readonly units: number; readonly deliveredAt: number }[];
  readonly outcome?: Fact<'ComplaintResolved'>['outcome'];
  /** Of a complaint that was answered. */
  readonly refundedMinor?: number;
}

/** The units that a line of pieces stands in for: so many pieces for each of them. */
export interface PiecesOf {
  readonly lineId: string;
  readonly sku: string;
  readonly pieces: number;
}

/** Says where each of its units is; its status follows (status.ts). */
export interface Line {
  readonly lineId: string;
  /** The addition that it comes from. */
  readonly additionId?: string;
  /** It looks for the pieces of another line's units. */
  readonly piecesOf?: PiecesOf;
  readonly need: Need;
  /** The account that is topped up: goes to inventory with the assignment, and to nobody else. */
  readonly recipient?: string;
  readonly ordered: number;
  readonly maxUnitPriceMinor: number;
  readonly substitution: Substitution;
  readonly deliverByAt: number;
  /** The merchant does without the hub's margin floor. */
  readonly marginFloorWaived?: true;
  readonly givenUp: number;
  /** Of these, units that another line looks for as pieces. */
  readonly repacked?: number;
  readonly selecting: RowsOf<Asked>;
  readonly holds: RowsOf<Hold>;
  /** Of the whole line: two holds lost at once must not be sent to each other's dead offer. */
  readonly excluded: readonly { readonly offerId: string; readonly reason: LossReason }[];
  /** The number of the newest attempt, and how many attempts only waited for a restock. */
  readonly attempts: number;
  readonly waits: number;
  /** The cap that stopped it last, in the question that it asks now. */
  readonly capped?: CapReached;
  /** Attempts that were closed before their answer came, and whose holds went back at once. */
  readonly turnedAway: readonly number[];
  readonly consents: RowsOf<Consent>;
  /** The price up to which the buyer has agreed to a product. */
  readonly approved: Readonly<Record<string, number>>;
  /** Set once cancel or deadline has asked for the rest back. */
  readonly closing?: ClosingReason;
  readonly end?: LineEnd;
  readonly capturedMinor: number;
  readonly releasedMinor: number;
  readonly complaints?: RowsOf<Complaint>;
  /** Of what was captured, what went back: money that complaints brought. */
  readonly refundedMinor?: number;
}

export interface Order {
  readonly orderId: string;
  readonly merchantId: string;
  readonly clientReference: string;
  readonly buyer: Buyer;
  /** The merchant's when it placed the order: its prices stay those, whatever becomes of the merchant. */
  readonly merchantTier?: string;
  /** His pseudonym: what the other services know him by. */
  readonly buyerKey?: string;
  readonly currency: string;
  readonly placedAt: number;
  /** The lines' order: JSON objects in the database do not keep it. */
  readonly lineIds: readonly string[];
  readonly lines: RowsOf<Line>;
  /** What its buyer lets be proposed; without it, nothing is. */
  readonly additions?: Additions;
  readonly offered?: RowsOf<Addition>;
  /** What placing, and what was added, has held, and what is held of it still. */
  readonly placedMinor: number;
  readonly heldMinor: number;
  readonly end?: OrderEnd;
}

export interface Account {
  readonly merchantId: string;
  readonly currency: string;
  readonly availableMinor: number;
  readonly heldMinor: number;
}

export interface Merchant {
  readonly merchantId: string;
  readonly name: string;
  readonly currency: string;
  readonly status: 'active' | 'suspended';
  /** What mark-up rules call its like; absent: it pays what everybody pays. */
  readonly tier?: string;
  /** The hub lets it do without the margin floor, line by line. */
  readonly mayWaiveMarginFloor?: true;
  /** Version of the `MerchantState` that told its tier; absent: none has yet. Its time, milliseconds, as long as clocks go forward. */
  readonly told?: number;
}

export type Key = Omit<Fact<'ApiKeyState'>, 'type'>;

/** In the order in which they are locked. */
export interface Rows {
  readonly orders: RowsOf<Order>;
  readonly accounts: RowsOf<Account>;
  readonly merchants: RowsOf<Merchant>;
  readonly keys: RowsOf<Key>;
}

export const noRows: Rows = { orders: {}, accounts: {}, merchants: {}, keys: {} };

export function rowOf<Row>(rows: RowsOf<Row>, id: string): Row {
  const row = rows[id];
  assert(row !== undefined, `there is a row ${id}`);
  return row;
}

export const lineOf = (rows: Rows, { orderId, lineId }: { readonly orderId: string; readonly lineId: string }): Line =>
  rowOf(rowOf(rows.orders, orderId).lines, lineId);

/** A line of which nothing has happened yet. */
export const newLine = (it: Fact<'OrderPlaced'>['lines'][number]): Line => ({
  lineId: it.lineId,
  need: it.need,
  ordered: it.quantity,
  maxUnitPriceMinor: it.maxUnitPriceMinor,
  substitution: it.substitution,
  deliverByAt: Date.parse(it.deliverBy),
  givenUp: 0,
  selecting: {},
  holds: {},
  excluded: [],
  attempts: 0,
  waits: 0,
  turnedAway: [],
  consents: {},
  approved: {},
  capturedMinor: 0,
  releasedMinor: 0,
  ...(it.marginFloorWaived && { marginFloorWaived: true }),
});

export const additionsOf = (order: Order): readonly Addition[] =>
  Object.values(order.offered ?? {}).sort((a, b) => a.expiresAt - b.expiresAt || (a.additionId < b.additionId ? -1 : 1));

/** The order's lines as they were written. */
export const linesOf = (order: Order): readonly Line[] => order.lineIds.map((it) => rowOf(order.lines, it));

/** In the order in which they were asked for: JSON objects in the database do not keep it. */
export const askedOf = (line: Line): readonly Asked[] => Object.values(line.selecting).sort((a, b) => a.attempt - b.attempt);
export const holdsOf = (line: Line): readonly Hold[] =>
  Object.values(line.holds).sort((a, b) => a.attempt - b.attempt || (a.holdId < b.holdId ? -1 : 1));
export const openConsents = (line: Line): readonly Consent[] =>
  Object.values(line.consents)
    .filter((it) => it.answer === undefined)
    .sort((a, b) => (a.consentId < b.consentId ? -1 : 1));

export const complaintsOf = (line: Line): readonly Complaint[] =>
  Object.values(line.complaints ?? {}).sort((a, b) => a.filedAt - b.filedAt || (a.complaintId < b.complaintId ? -1 : 1));

/** Units of the line, or of one hold of it, that were complained of, whatever the hub has said. */
export const complainedOf = (line: Line, holdId?: string): number =>
  sum(complaintsOf(line), ({ from }) => sum(from, (it) => (holdId === undefined || it.holdId === holdId ? it.units : 0)));

/** Held, being bought, or of unknown outcome. */
export const openOf = ({ granted, delivered, lost, released }: HoldTally): number => granted - delivered - lost - released;

/** What a unit of the hold is charged at. */
export const chargeOf = (hold: Hold): number => Math.min(hold.priceMinor, hold.referencePriceMinor);

/** Units that are, or were, looked for on the line itself. */
export const ownOf = ({ ordered, repacked = 0 }: Line): number => ordered - repacked;

export const deliveredOf = (line: Line): number => sum(Object.values(line.holds), (it) => it.delivered);

export const sum = <T>(of: readonly T[], units: (it: T) => number): number => of.reduce((total, it) => total + units(it), 0);
