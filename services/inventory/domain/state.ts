import type { Fact, HoldTally } from '@midstream/contracts';
import { assert, coversRegion, type RowsOf } from '@midstream/kernel';
import type { Account } from './account';
import type { FigureSource } from './supply.messages';
import { STORM_PATIENCE_MS, UNITS_MAX } from './limits';
import type { AppliedCap, Caps, Usage } from './caps.messages';
import type { StockAlerts, StockLevel } from './levels.messages';
import { regionsOf } from './fit';
import type { CostTiers, MarkupRules, OfferTerms, QuotedRate, Rate } from './terms';

export * from './terms';
export * from './told';

type OfferFact = Fact<'OfferState'>;
export type ClosureCause = OfferFact['closures'][number]['cause'];
export type ReleaseReason = Fact<'HoldReleased'>['reason'];

export interface Product extends Omit<Fact<'ProductState'>, 'type'> {
  readonly offerIds: readonly string[];
  /** Its price follows, or did, a mark-up rule: what each offer costs, by the offer's version; without a cost it is closed. */
  readonly ruled?: {
    readonly follows: boolean;
    readonly costs: Readonly<Record<string, { readonly version: number; readonly costMinor?: number }>>;
  };
  readonly channels?: Readonly<Record<string, Channel>>;
}

/** A way of delivery of a good, as it was told last: offers that come later start from it. */
export interface Channel {
  readonly state: 'up' | 'slow' | 'down';
  readonly policy?: ChannelPolicy;
  /** When it was seen to be so: older news changes nothing. */
  readonly seenAt: number;
}

export interface Supplier {
  readonly supplierId: string;
  /** How we speak with it: an adapter's name. Only `vault` makes a difference here, the others are bought from. */
  readonly kind: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly upstreamGroup: string;
  readonly baseUrl?: string;
  /** How often it is asked for its stock, milliseconds; absent: it pushes. */
  readonly pollEveryMs?: number;
  /** Its adapter can tell what we have left there. */
  readonly watchesBalance?: true;
  /** Below it the balance counts as low; minor units of its currency. */
  readonly lowBalanceMinor?: number;
}

export interface VerdictSpan {
  readonly region: string;
  readonly status: 'compliant' | 'high-risk' | 'banned';
  readonly fromAt: number;
  readonly untilAt?: number;
}

export interface VerdictRow {
  readonly sku: string;
  readonly version: number;
  readonly verdicts: readonly VerdictSpan[];
}

/** What takes an offer away for a reason of its own; stock and price close it by themselves (`closuresOf`). */
export interface Closure {
  readonly cause: 'banned' | 'capacity' | 'too-slow' | 'suspended' | 'stale' | 'not-valid' | 'channel-down' | 'channel-slow';
  readonly regions?: readonly string[];
}

/** What a way of delivery lets through; absent: as much as there is. */
export interface ChannelPolicy {
  readonly regions?: readonly string[];
  /** Units of a line. */
  readonly maxQuantity?: number;
  /** From order to delivery at least, milliseconds. */
  readonly leadTimeMs?: number;
}

/** When something came last, how long the pause between two such times usually is, and how many pauses were seen. */
export interface Beat {
  readonly lastAt: number;
  readonly everyMs: number;
  readonly seen: number;
}

/** How a vault's free codes lie: days of 24 hours, money by the offer's cost of one unit. */
export interface Holding extends Omit<NonNullable<OfferFact['holding']>, 'asOf'> {
  readonly asOf: number;
}

export interface Offer extends OfferTerms {
  readonly version: number;
  /** The feed's figure (of a vault: all codes that ever came in), by the feed's own sequence. */
  readonly reported: number;
  readonly sequence: number;
  readonly stockAsOf: number;
  /** How often a figure comes; and since when the last one counts as stale, where it is overdue and its supplier has promised nothing. */
  readonly fed?: Beat;
  readonly staleAt?: number;
  /** Units that the supplier ever accepted from us; of these, those that the report has in it; and how many there were when it came. */
  readonly accepted: number;
  readonly settled: number;
  readonly acceptedAtReport: number;
  /** Units of its holds: held or queued; submitting or unknown; and, of the first, those queued. */
  readonly held: number;
  readonly inFlight: number;
  readonly queued: number;
  /** Units that may be held or in flight. Only supply raises it, and a hold must find room below it. */
  readonly onHand: number;
  readonly closures: readonly Closure[];
  readonly outcomes: OfferFact['outcomes'];
  readonly holding?: Holding;
  readonly restock?: Beat;
  /** Of a vault's codes: those that were taken off sale before they expired, in all. */
  readonly withdrawn?: number;
  /** Those that were there under another good as well, and were taken off sale for it, in all. */
  readonly twins?: number;
  /** Purchases without an answer, in a row. */
  readonly silent: number;
  /** How long the last purchases took that were delivered, milliseconds, the oldest first; of a vault none are kept. */
  readonly times?: readonly number[];
  /** It takes clearly longer than its lead time: within this nine of ten were delivered, as was found then. */
  readonly measured?: { readonly p90Ms: number; readonly at: number };
  /** It has lost pace since it was put: what would come too late there is freed. */
  readonly slowed?: 'capacity' | 'too-slow';
  /** Who told the stock; who told the cost and the pace, and since when they are so. */
  readonly stockSource?: FigureSource;
  readonly costSource?: FigureSource;
  readonly costAsOf?: number;
  readonly paceSource?: FigureSource;
  readonly paceAsOf?: number;
  /** Of the product, whose price is the ceiling. */
  readonly priceVersion?: number;
  /** What its way of delivery lets through, where that is less than its terms. */
  readonly policy?: ChannelPolicy;
  /** The supplier has no money of ours: nothing is bought, and nothing more is held. */
  readonly unpaid?: true;
  /** What the product was told that it costs, where a rule prices it. */
  readonly costTold?: { readonly costMinor?: number };
  /** Caps that count what is held here; absent or empty: none does. */
  readonly caps?: readonly AppliedCap[];
  /** Capacity is promised to planned purchases until the one, used up by submitted ones until the other. */
  readonly plannedUntil: number;
  readonly spentUntil: number;
}

/** One drain an offer; it lives on between storms. */
export interface Drain {
  readonly offerId: string;
  readonly armed: boolean;
  /** It was called for again while it ran: its list of holds may be from before. */
  readonly again?: true;
  /** Stopped by an operator. */
  readonly stopped: boolean;
  /** Units that were lost and have not come back, oldest first. */
  readonly away: readonly { readonly at: number; readonly units: number }[];
}

export const STAGES = ['held', 'queued', 'submitting', 'unknown', 'accepted', 'delivered', 'lost', 'released'] as const;
export type Stage = (typeof STAGES)[number];

/** Where every unit of a hold is: `granted` is the sum of the stages. */
export interface Hold extends Readonly<Record<Stage, number>> {
  readonly holdId: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly lineId: string;
  readonly offerId: string;
  readonly supplierId: string;
  readonly sku: string;
  readonly region: string;
  readonly priceMinor: number;
  readonly currency: string;
  readonly deliverByAt: number;
  readonly expiresAt: number;
  /** Its merchant does without the margin floor. */
  readonly floorWaived?: true;
  readonly version: number;
  readonly granted: number;
  readonly purchases: number;
  /** Of the queued: those that wait for the balance to come back, and until when. */
  readonly waiting?: number;
  readonly waitsUntilAt?: number;
  /** The account that is topped up, known once the hold is assigned. Personal data: it goes to the supplier, and into no fact. */
  readonly recipient?: string;
  /** By which counts it is capped, and as how many open units they know it. */
  readonly capped?: { readonly by: readonly string[]; readonly units: number };
  /** Set once order has asked for the hold back. */
  readonly releaseAsked?: ReleaseReason;
}

/** An answered attempt; it is answered once. */
export interface Attempt {
  readonly attemptId: string;
  readonly holdIds: readonly string[];
  readonly unheld: number;
}

/** `rejected`: the supplier refused. `failed`: it was never asked, or what came was worth nothing. */
export const PURCHASE_STATUSES = ['submitting', 'unknown', 'accepted', 'fulfilled', 'rejected', 'failed', 'written-off'] as const;
export type PurchaseStatus = (typeof PURCHASE_STATUSES)[number];

export interface Purchase {
  readonly purchaseId: string;
  readonly holdId: string;
  readonly offerId: string;
  readonly supplierId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly maxCostMinor: number;
  /** The margin floor did not count: its merchant had waived it. */
  readonly floorWaived?: true;
  readonly currency: string;
  /** What the supplier charges in, where that is another currency: its sums count at this rate until the end. */
  readonly quoted?: QuotedRate;
  readonly status: PurchaseStatus;
  readonly submittedAt: number;
  readonly deliverByAt: number;
  readonly asks: number;
  /** The units of which the outcome is known. */
  readonly done: readonly number[];
  readonly bought: number;
  readonly delivered: number;
  /** Codes that became the hub's stock, codes that a ban keeps back, top-ups that came after a write-off. */
  readonly kept: number;
  readonly quarantined: number;
  readonly writtenOff: number;
  readonly failed: number;
  readonly costMinor: number;
  /** Of work by hand: what was told of its deadline last. */
  readonly reminded?: 'due-soon' | 'late';
  /** Why the rest of it never came. */
  readonly refusal?: 'refused' | 'out-of-stock' | 'price-risen' | 'no-balance' | 'capacity';
}

export type Rows = {
  readonly products: RowsOf<Product>;
  readonly suppliers: RowsOf<Supplier>;
  readonly verdicts: RowsOf<VerdictRow>;
  readonly accounts: RowsOf<Account>;
  readonly rates: RowsOf<Rate>;
  readonly markups: RowsOf<MarkupRules>;
  readonly caps: RowsOf<Caps>;
  readonly usages: RowsOf<Usage>;
  readonly alerts: RowsOf<StockAlerts>;
  readonly levels: RowsOf<StockLevel>;
  readonly offers: RowsOf<Offer>;
  readonly drains: RowsOf<Drain>;
  readonly holds: RowsOf<Hold>;
  readonly attempts: RowsOf<Attempt>;
  readonly purchases: RowsOf<Purchase>;
};

export const noRows: Rows = {
  products: {},
  suppliers: {},
  verdicts: {},
  accounts: {},
  rates: {},
  markups: {},
  caps: {},
  usages: {},
  alerts: {},
  levels: {},
  offers: {},
  drains: {},
  holds: {},
  attempts: {},
  purchases: {},
};

export function rowOf<Row>(rows: RowsOf<Row>, id: string): Row {
  const row = rows[id];
  assert(row !== undefined, `there is a row ${id}`);
  return row;
}

/** What the supplier has for us: the report less what it accepted from us after it (protocol 9). */
export const supplyOf = (offer: Offer): number => offer.reported - (offer.accepted - offer.settled);

/** Room for new holds, as far as facts can say it: a vault may have more. */
export const roomOf = (offer: Offer): number =>
  offer.unpaid ? 0 : Math.min(UNITS_MAX, Math.max(0, supplyOf(offer) - offer.held - offer.inFlight - offer.safetyStock));

/** All-units tiers: what each unit costs when `quantity` are bought at once. */
export function costAt(tiers: CostTiers, quantity: number): number {
  const [first] = tiers;
  assert(first !== undefined, 'an offer has a cost');
  return tiers.reduce((cost, tier) => (tier.from <= quantity ? tier.costMinor : cost), first.costMinor);
}

/** What a unit may cost that is sold at this price: the rest is the margin that the hub insists on, unless its merchant waived it (protocol 22). */
export const maxCostOf = ({ floorBp = 0 }: Pick<OfferTerms, 'floorBp'>, priceMinor: number, isWaived = false): number =>
  isWaived ? priceMinor : priceMinor - Math.ceil((priceMinor * floorBp) / 10_000);

/** Everything that closes the offer now; it is open when there is nothing. */
export function closuresOf(offer: Offer): OfferFact['closures'] {
  const cheapest = Math.min(...offer.costTiers.map((it) => it.costMinor));
  const supply = supplyOf(offer);
  return [
    ...offer.closures.map(({ cause, regions }) => ({ cause, ...(regions && { regions: [...regions] }) })),
    ...(supply <= 0 || offer.held > supply ? [{ cause: 'out-of-stock' as const }] : []),
    ...(cheapest > maxCostOf(offer, offer.ceilingMinor) ? [{ cause: 'price-risen' as const }] : []),
    ...(offer.policy !== undefined && regionsOf(offer).length === 0 ? [{ cause: 'channel-down' as const }] : []),
  ];
}

/** Whether a ban is in force for a buyer of the region. */
export const isBanned = (verdict: VerdictRow | undefined, region: string, at: number): boolean =>
  bannedRegions(verdict, at).some((it) => coversRegion([it], region));

export const bannedRegions = (verdict: VerdictRow | undefined, at: number): string[] =>
  (verdict?.verdicts ?? [])
    .filter((it) => it.status === 'banned' && it.fromAt <= at && (it.untilAt === undefined || it.untilAt > at))
    .map((it) => it.region);

export const tallyOf = ({ holdId, version, granted, delivered, lost, released }: Hold): HoldTally => ({
  holdId,
  version,
  granted,
  delivered,
  lost,
  released,
});

/** Units that a drain or a release can still take back. */
export const strikable = (hold: Hold): number => hold.held + hold.queued;

/** Units of a purchase of which nothing is known yet. */
export const openOf = (purchase: Purchase): number => purchase.quantity - purchase.bought - purchase.failed;

/** Units that a drain has lost and that are still on their way to another offer. */
export const awayOf = (drain: Drain | undefined, at: number): number =>
  (drain?.away ?? []).reduce((sum, it) => (it.at > at - STORM_PATIENCE_MS ? sum + it.units : sum), 0);
