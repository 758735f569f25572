import type { Fact, HoldTally } from '@midstream/contracts';
import type { InventoryEvent } from '@midstream/inventory-domain';
import { coversRegion } from '@midstream/kernel';
import { type Book, check, type HoldBook, LIMITS, type LineBook, nameOf, openOf, type Stages } from './book';
import { CapWatch } from './caps';
import { keptUntil } from './consents';
import { checkLoss, isLate, misfitOf, mostOf, serves } from './fit';
import type { Market } from './market';
import { costOf, mayCost, roomOf } from './offer';
import type { StockWatch } from './stock';

type EventOf<Type extends InventoryEvent['type']> = Extract<InventoryEvent, { readonly type: Type }>;
type Stage = keyof Stages;

/** From where units may go where (protocol 7). */
const WAYS: Readonly<Record<Stage, readonly Stage[]>> = {
  held: ['queued', 'lost', 'released'],
  queued: ['submitting', 'lost', 'released'],
  // back to the queue: the supplier has no money of ours, and has bought nothing
  submitting: ['queued', 'unknown', 'accepted', 'delivered', 'lost', 'released'],
  unknown: ['queued', 'accepted', 'delivered', 'lost', 'released'],
  accepted: ['delivered', 'lost', 'released'],
  delivered: [],
  lost: [],
  released: [],
};

/** Follows where the units of every hold are, and what inventory tells of them. */
export class HoldWatch {
  private readonly answered = new Set<string>();
  private readonly byOffer = new Map<string, HoldBook[]>();
  /** Holds that waited for balance, wait no more, and are not planned yet. */
  private readonly resumed = new Set<string>();
  /** Offers whose bans, or drains, have changed. */
  private readonly looked = new Set<string>();
  private readonly caps = new CapWatch();
  /** Of the units that were lost last of a hold: nobody had bought them yet. */
  private readonly struck = new Map<string, boolean>();

  constructor(
    private readonly book: Book,
    private readonly stock: StockWatch,
    private readonly market: Market,
  ) {}

  on(event: InventoryEvent, at: number): void {
    switch (event.type) {
      case 'CapsApplied':
        return this.caps.apply(event);
      case 'OfferHeld':
        return this.held(event, at);
      case 'NothingHeld':
        this.answer(event, 0, at);
        return;
      case 'ClosuresSet':
      case 'DrainEnded':
        this.looked.add(event.offerId);
        return;
      case 'UnitsMoved':
        return this.moved(event);
      case 'UnitsWaited':
        this.book.holdOf(event.holdId).waitsUntil = event.untilAt;
        return;
      case 'WaitEnded':
        this.book.holdOf(event.holdId).waitsUntil = undefined;
        this.resumed.add(event.holdId);
        return;
      case 'PurchasePlanned':
        this.resumed.delete(event.holdId);
        return;
      case 'HoldExtended':
        return this.extended(event);
      case 'ReleaseNoted':
        return this.releaseNoted(event);
      case 'HoldLost':
        return this.lost(event, at);
      case 'HoldReleased':
        return this.released(event);
      case 'PurchaseSubmitted':
      case 'PurchaseUnknown':
        return void this.told(event.tally);
      default:
        return;
    }
  }

  /** One answer an attempt, to the question as order has put it (protocol 15). */
  private answer(event: Fact<'OfferHeld' | 'NothingHeld'>, granted: number, at: number): LineBook {
    const { orderId, lineId, attempt, request, unheld } = event;
    const name = `${orderId}/${lineId}/${attempt}`;
    check(!this.answered.has(name), '15', () => `${name} is answered twice`);
    this.answered.add(name);
    this.book.repacks.set(name, event.repack);
    check(granted + unheld === request.quantity, '15', () => `${name}: ${granted} held and ${unheld} not, of ${request.quantity}`);
    const line = this.book.lineOf(event);
    for (const { offerId } of event.tried.filter((it) => it.outcome === 'no-capacity')) {
      const offer = this.stock.offerOf(offerId);
      check(isLate(offer, line, offer.terms.minQuantity, at), '6', () => `${name} is turned away from ${offerId}, which would be in time`);
    }
    return line;
  }

  private held(event: Fact<'OfferHeld'>, at: number): void {
    const line = this.answer(
      event,
      event.holds.reduce((sum, it) => sum + it.tally.granted, 0),
      at,
    );
    for (const it of event.holds) this.made(line, event, it, at);
  }

  private made(line: LineBook, event: Fact<'OfferHeld'>, held: Fact<'OfferHeld'>['holds'][number], at: number): void {
    const { request, attempt } = event;
    const { tally, offerId, sku, priceMinor } = held;
    const { holdId, granted } = tally;
    check(!this.book.holds.has(holdId), '1', () => `${holdId} is made twice`);
    this.checkChoice(line, event, held, at);
    const offer = this.stock.touch(offerId);
    check(granted > 0 && granted <= roomOf(offer), 'I1', () => `${holdId} takes ${granted} where room is for ${roomOf(offer)}`);
    const [least, mostUnits] = [offer.terms.minQuantity, mostOf(offer)];
    check(granted >= least && granted <= mostUnits, '15', () => `${holdId} takes ${granted} of ${least} to ${mostUnits}`);
    check(
      !isLate(offer, line, granted, at),
      '6',
      () => `${holdId} takes ${granted} at ${offerId}, which has too much to deliver before them`,
    );
    const most = mayCost(offer, { line, priceMinor });
    check(costOf(offer, granted) <= most, '22', () => `${holdId} costs ${costOf(offer, granted)} and may cost ${most}`);
    offer.held += granted;
    const replaced = request.replaces && this.book.holds.get(request.replaces.holdId);
    const expiresAt = Date.parse(held.expiresAt);
    check(expiresAt === at + LIMITS.holdMs, '7', () => `${holdId} is kept for ${expiresAt - at} ms`);
    const made: HoldBook = {
      holdId,
      line,
      attempt,
      offerId,
      sku,
      priceMinor,
      granted,
      depth: request.depth,
      region: request.region,
      referencePriceMinor: request.depth > 1 && replaced !== undefined ? replaced.referencePriceMinor : priceMinor,
      stages: { held: granted, queued: 0, submitting: 0, unknown: 0, accepted: 0, delivered: 0, lost: 0, released: 0 },
      told: new Map([[tally.version, tally]]),
      tally,
      expiresAt,
      releaseNoted: false,
      writtenOff: 0,
    };
    this.book.holds.set(holdId, made);
    this.byOffer.set(offerId, [...(this.byOffer.get(offerId) ?? []), made]);
    this.caps.made(made, event);
  }

  /** After a transaction: what a ban hits is on its way out (protocol 12, 14). */
  settle(): void {
    for (const it of this.resumed) check(false, '10', () => `${it} waits no more, and is not bought`);
    this.resumed.clear();
    const { refitted } = this.stock;
    for (const it of this.looked) this.checkHeld(it);
    for (const it of refitted) this.checkHeld(it);
    this.looked.clear();
    refitted.clear();
  }

  private checkHeld(offerId: string): void {
    const offer = this.stock.offerOf(offerId);
    const ban = offer.closures.find((it) => it.cause === 'banned');
    if ((ban === undefined && !offer.isRefitted) || offer.isArmed || offer.isStopped) return;
    const holding = (this.byOffer.get(offerId) ?? []).filter(({ stages }) => stages.held + stages.queued > 0);
    for (const hold of holding) {
      const { holdId, region } = hold;
      const isBanned = ban !== undefined && coversRegion(ban.regions ?? ['*'], region);
      check(!isBanned, '12', () => `${holdId} holds units at ${offerId}, which is banned in ${region}, and nothing drains it`);
      const misfit = misfitOf(offer, hold);
      check(misfit === undefined, '12', () => `${holdId} fits ${offerId} no more by its ${misfit}, and nothing drains it`);
    }
  }

  /** Within policy, price, region and the law, and none that the line has lost (I6, I7). */
  private checkChoice(
    line: LineBook,
    { request, candidates, repack }: Fact<'OfferHeld'>,
    held: Fact<'OfferHeld'>['holds'][number],
    at: number,
  ): void {
    const { offerId, sku, priceMinor } = held;
    const offer = this.stock.offerOf(offerId);
    const candidate = candidates.find((it) => it.offerId === offerId);
    const cleared = candidate?.verdict?.status === 'compliant' && candidate.priceMinor === priceMinor && candidate.sku === sku;
    check(cleared, '15', () => `${nameOf(line)} is held at ${offerId}, which was not cleared`);
    check(!this.stock.isBanned(sku, request.region, at), 'I6', () => `${nameOf(line)} is held at ${sku}, which is banned`);
    const isFirst = repack?.verdict?.status !== 'compliant' || sku === request.need.sku;
    check(isFirst, 'I7', () => `${nameOf(line)} is held at ${sku}, and ${repack?.sku} comes before it`);
    check(priceMinor <= request.priceCapMinor, 'I7', () => `${nameOf(line)} is held at ${priceMinor}, above ${request.priceCapMinor}`);
    const fault = this.market.faultOf(line.wish, sku, request.region);
    check(fault === undefined, 'I7', () => `${nameOf(line)} is held at ${sku}: ${fault}`);
    check(serves(offer, request.region), 'I7', () => `${offerId} does not sell in ${request.region}`);
    check(!request.excluded.some((it) => it.offerId === offerId), '4', () => `${nameOf(line)} goes back to ${offerId}, which it has lost`);
    const shut = offer.closures.find((it) => coversRegion(it.regions ?? ['*'], request.region));
    check(shut === undefined, '12', () => `${nameOf(line)} is held at ${offerId}, which is closed: ${shut?.cause}`);
  }

  private moved({ holdId, offerId, from, to, units }: EventOf<'UnitsMoved'>): void {
    const hold = this.book.holdOf(holdId);
    const { stages } = hold;
    check(WAYS[from].includes(to), '7', () => `${holdId}: units go from ${from} to ${to}`);
    check(units > 0 && stages[from] >= units, '7', () => `${holdId}: ${units} units of ${stages[from]} ${from} go to ${to}`);
    if (to === 'lost') this.struck.set(holdId, from === 'held' || from === 'queued');
    if (to === 'queued') check(hold.assignedAt !== undefined, '7', () => `${holdId} is bought, and order has not assigned it`);
    stages[from] -= units;
    stages[to] += units;
    const offer = this.stock.touch(offerId);
    offer.held += inHeld(to, units) - inHeld(from, units);
    offer.inFlight += inFlight(to, units) - inFlight(from, units);
  }

  private extended({ holdId, expiresAt }: EventOf<'HoldExtended'>): void {
    const hold = this.book.holdOf(holdId);
    const { question } = hold;
    check(question !== undefined && expiresAt === question.deadlineAt + LIMITS.graceMs, '19', () => `${holdId} is kept until ${expiresAt}`);
    hold.expiresAt = Math.max(hold.expiresAt, expiresAt);
  }

  private releaseNoted({ holdId }: EventOf<'ReleaseNoted'>): void {
    const hold = this.book.holdOf(holdId);
    check(hold.releaseAskedAt !== undefined, '8', () => `${holdId} is released, and order has not asked for it`);
    hold.releaseNoted = true;
  }

  private lost(event: Fact<'HoldLost'>, at: number): void {
    const { tally, quantity, reason, sku } = event;
    const hold = this.book.holdOf(tally.holdId);
    const before = hold.tally;
    this.told(tally);
    check(
      tally.lost - before.lost === quantity,
      '1',
      () => `${hold.holdId} tells ${quantity} lost, and its tally ${tally.lost - before.lost}`,
    );
    check(!hold.releaseNoted, '8', () => `${hold.holdId} was asked back, and is lost instead of released`);
    if (reason === 'expired') this.checkExpiry(hold, at);
    else if (this.struck.get(hold.holdId)) {
      const wasWaiting = hold.waitsUntil !== undefined && at >= hold.waitsUntil;
      checkLoss(this.stock.offerOf(hold.offerId), hold, event, { at, wasWaiting });
    }
    if (reason !== 'banned') return;
    const { closures } = this.stock.offerOf(hold.offerId);
    const isBanned =
      this.stock.isBanned(sku, hold.region, at) ||
      closures.some((it) => it.cause === 'banned' && coversRegion(it.regions ?? ['*'], hold.region));
    check(isBanned, '14', () => `${hold.holdId} is lost as banned, and is not`);
  }

  /** Expiry strikes only what nobody has assigned in time, as far as has been heard (protocol 7, 16). */
  private checkExpiry(hold: HoldBook, at: number): void {
    const until = keptUntil(hold);
    check(at >= until, '7', () => `${hold.holdId} expires ${until - at} ms early`);
    const { assignedAt, releaseAskedAt } = hold;
    check(
      assignedAt === undefined || assignedAt >= until,
      '16',
      () => `${hold.holdId} expires, and was assigned ${until - (assignedAt ?? 0)} ms before`,
    );
    check(releaseAskedAt === undefined || releaseAskedAt >= until, 'I8', () => `${hold.holdId} expires, and was asked back before`);
  }

  private released({ tally, quantity, reason }: Fact<'HoldReleased'>): void {
    const hold = this.book.holdOf(tally.holdId);
    const before = hold.tally;
    this.told(tally);
    check(
      tally.released - before.released === quantity,
      '1',
      () => `${hold.holdId} tells ${quantity} released of ${tally.released - before.released}`,
    );
    if (reason === 'written-off') hold.writtenOff += quantity;
    else check(hold.releaseNoted, '8', () => `${hold.holdId} is released, and nobody asked`);
  }

  /** Every fact about a hold carries its whole tally, which only grows (protocol 1). */
  told(tally: HoldTally): HoldBook {
    const hold = this.book.holdOf(tally.holdId);
    const { tally: before, stages } = hold;
    check(tally.version > before.version, '1', () => `${tally.holdId} tells version ${tally.version} after ${before.version}`);
    const isRight =
      tally.granted === hold.granted &&
      tally.delivered === stages.delivered &&
      tally.lost === stages.lost &&
      tally.released === stages.released;
    check(
      isRight && openOf(tally) >= 0,
      '1',
      () => `${tally.holdId} tells ${JSON.stringify(tally)}, and its units are ${JSON.stringify(stages)}`,
    );
    hold.tally = tally;
    hold.told.set(tally.version, tally);
    return hold;
  }
}

const inHeld = (stage: Stage, units: number): number => (stage === 'held' || stage === 'queued' ? units : 0);
const inFlight = (stage: Stage, units: number): number => (stage === 'submitting' || stage === 'unknown' ? units : 0);
