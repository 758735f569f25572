import type { Fact } from '@midstream/contracts';
import type { AnswerNoted, HoldNoted, OrderEvent } from '@midstream/order-domain';
import { additionAnswered, additionOffered, isSame, lineAdded } from './additions';
import { askPlanned, selectionRequested } from './asking';
import { type Book, check, type HoldBook, LIMITS, type LineBook, nameOf, openOf } from './book';
import { consentAnswered, consentRequested, mustConsent } from './consents';
import type { Market } from './market';
import { checkPieces, lineRepacked, mayRepack } from './repack';

type EventOf<Type extends OrderEvent['type']> = Extract<OrderEvent, { readonly type: Type }>;

/** Follows what order says of its lines, and holds every sentence of it against the protocol. */
export class OrderWatch {
  /** Lines that the transaction has touched. */
  private readonly touched = new Set<LineBook>();

  constructor(
    private readonly book: Book,
    private readonly market: Market,
    /** Since when its process has been up. */
    private readonly upSince: () => number,
  ) {}

  on(event: OrderEvent, at: number): void {
    switch (event.type) {
      case 'MerchantPut':
        return this.book.ofTier(event.merchant.merchantId, event.merchant.tier);
      case 'OrderPlaced':
        this.book.keepTier(event);
        return this.placed(event);
      case 'LineSelectionRequested':
        return this.requested(event);
      case 'AskPlanned':
        return askPlanned(this.line(event), event, at);
      case 'AnswerNoted':
        return this.answered(event);
      case 'AttemptClosed':
        return this.attemptClosed(event);
      case 'HoldNoted':
        return this.noted(event, at);
      case 'ConsentRequested':
        return consentRequested(this.line(event), this.book.holdOf(event.holdId), event, at);
      case 'ConsentAnswered':
        return consentAnswered(this.line(event), event, at);
      case 'LineAssigned':
        return this.assigned(event, at);
      case 'ReleaseRequested':
        return this.releaseRequested(event, at);
      case 'UnitsGivenUp':
        return this.givenUp(event, at);
      case 'LineClosing':
        return this.closing(event, at);
      case 'LineClosed':
        return this.closed(event, at);
      case 'AdditionOffered':
        return void additionOffered(this.book.orderOf(event.orderId), event, this.market, at);
      case 'AdditionAnswered':
        return additionAnswered(this.book.orderOf(event.orderId), event, at);
      case 'LineAdded':
        return lineAdded(this.book.orderOf(event.orderId), event);
      case 'LineRepacked':
        return lineRepacked(this.line(event), event, this.market);
      case 'OrderClosed':
        return this.orderClosed(event);
      default:
        return;
    }
  }

  /** After a transaction: every unit of a line is somewhere, and only there (protocol 3). */
  settle(): void {
    for (const line of this.touched) {
      let units = line.givenUp;
      for (const it of line.asked.values()) units += it.quantity;
      for (const { known } of line.holds.values()) if (known !== undefined) units += known.granted - known.lost - known.released;
      check(units === line.wish.quantity, '3', () => `${nameOf(line)} has ${units} units of ${line.wish.quantity}`);
    }
    this.touched.clear();
  }

  private line(of: { readonly orderId: string; readonly lineId: string }): LineBook {
    const line = this.book.lineOf(of);
    check(line.order.isPlaced, 'I3', () => `${nameOf(line)} lives before it is placed`);
    check(line.end === undefined, '21', () => `${nameOf(line)} has ended, and something happens to it`);
    this.touched.add(line);
    return line;
  }

  private placed({ orderId, merchantId, heldMinor, lines, buyer, additions }: EventOf<'OrderPlaced'>): void {
    const order = this.book.orderOf(orderId);
    const { wish } = order;
    check(!order.isPlaced, 'I11', () => `${orderId} is placed twice`);
    order.isPlaced = true;
    check(wish.merchantId === merchantId && wish.region === buyer.region, 'I10', () => `${orderId} is not the order that was sent`);
    check(isSame(additions, wish.additions), 'I10', () => `${orderId} allows other additions than were sent`);
    const cost = wish.lines.reduce((sum, it) => sum + it.quantity * it.maxUnitPriceMinor, 0);
    check(heldMinor === cost, '22', () => `${orderId} holds ${heldMinor} and not ${cost}`);
    const told = JSON.stringify(lines.map((it) => [it.lineId, it.quantity, it.maxUnitPriceMinor, Date.parse(it.deliverBy)]));
    const wished = JSON.stringify(wish.lines.map((it) => [it.lineId, it.quantity, it.maxUnitPriceMinor, it.deliverByAt]));
    check(told === wished, 'I10', () => `${orderId} was placed as ${told} and not as ${wished}`);
    order.placedMinor = cost;
  }

  private requested(event: EventOf<'LineSelectionRequested'>): void {
    const line = this.line(event);
    check(event.mayRepack !== true || mayRepack(line), 'I7', () => `${nameOf(line)} lets itself be repacked, and may not`);
    return selectionRequested(line, event.request);
  }

  /** Inventory's answer enters the line only while its attempt is open (protocol 8, 15). */
  private answered({ attempt, holds, unheld, repack, ...of }: AnswerNoted): void {
    const line = this.line(of);
    const asked = line.asked.get(attempt);
    check(asked !== undefined && !asked.planned, '15', () => `${nameOf(line)} takes an answer to attempt ${attempt}, which is not open`);
    const made = holds.map((it) => this.book.holdOf(it.tally.holdId));
    const granted = made.reduce((sum, it) => sum + it.granted, 0);
    check(granted + unheld === asked.quantity, '15', () => `${nameOf(line)}: ${granted} held and ${unheld} not, of ${asked.quantity}`);
    const told = this.book.repacks.get(`${nameOf(line)}/${attempt}`);
    check(
      told?.sku === repack?.sku && told?.pieces === repack?.pieces,
      '5',
      () => `${nameOf(line)} hears of ${repack?.sku} and not ${told?.sku}`,
    );
    line.answered = { repack, unheld, capMinor: asked.request?.priceCapMinor ?? line.wish.maxUnitPriceMinor };
    line.asked.delete(attempt);
    made.forEach((hold, n) => {
      const told = holds[n];
      const isSame = hold.line === line && hold.attempt === attempt && told?.priceMinor === hold.priceMinor && told.sku === hold.sku;
      check(isSame && hold.known === undefined, '2', () => `${hold.holdId} is not what inventory has held for ${nameOf(line)}`);
      hold.known = told.tally;
      line.holds.set(hold.holdId, hold);
    });
  }

  private attemptClosed({ attempt, ...of }: EventOf<'AttemptClosed'>): void {
    const line = this.line(of);
    check(line.closing !== undefined && line.asked.delete(attempt), '8', () => `${nameOf(line)} closes attempt ${attempt} for no reason`);
  }

  /** Order acts on the difference to the tally that it knows, and only on tallies that inventory has told (protocol 1). */
  private noted({ tally, delivered, lost, released, reason, ...of }: HoldNoted, at: number): void {
    const line = this.line(of);
    const hold = this.book.holdOf(tally.holdId);
    const { known } = hold;
    check(known !== undefined && hold.line === line, '1', () => `${tally.holdId} is not a hold of ${nameOf(line)}`);
    check(tally.version > known.version, '1', () => `${tally.holdId} goes from version ${known.version} to ${tally.version}`);
    const told = hold.told.get(tally.version);
    const isTold = told?.delivered === tally.delivered && told.lost === tally.lost && told.released === tally.released;
    check(isTold, '1', () => `inventory has never told ${JSON.stringify(tally)}`);
    const isDifference =
      delivered === tally.delivered - known.delivered && lost === tally.lost - known.lost && released === tally.released - known.released;
    check(isDifference, '1', () => `${tally.holdId}: ${delivered}/${lost}/${released} is not the difference to what was known`);
    hold.known = tally;
    if (delivered > 0) hold.cameAt = at;
    if (lost === 0 || reason === 'expired') return;
    check(reason !== undefined, '4', () => `${tally.holdId} has lost units for no reason`);
    if (!line.excluded.has(hold.offerId)) line.excluded.set(hold.offerId, reason);
  }

  /** The only trigger of a purchase: within policy, price and consent, and of units that are there (protocol 7, 19, I7). */
  private assigned({ holds, recipient, ...of }: EventOf<'LineAssigned'>, at: number): void {
    const line = this.line(of);
    const { wish } = line;
    check(recipient === wish.recipient, '7', () => `${nameOf(line)} goes to ${recipient} and not to ${wish.recipient}`);
    check(line.closing === undefined, '8', () => `${nameOf(line)} is closing, and is assigned`);
    for (const { tally } of holds) {
      const hold = this.book.holdOf(tally.holdId);
      this.checkAssigned(line, hold, at);
      hold.assignedAt = at;
    }
  }

  private checkAssigned(line: LineBook, hold: HoldBook, at: number): void {
    const { known } = hold;
    check(line.holds.get(hold.holdId) === hold && known !== undefined, '7', () => `${hold.holdId} is not of ${nameOf(line)}`);
    check(openOf(known) > 0, '7', () => `${hold.holdId} has nothing left, and is assigned`);
    check(hold.assignedAt === undefined, '7', () => `${hold.holdId} is assigned twice`);
    check(hold.releaseAskedAt === undefined, '8', () => `${hold.holdId} was asked back, and is assigned`);
    check(hold.priceMinor <= line.wish.maxUnitPriceMinor, 'I7', () => `${hold.holdId} costs ${hold.priceMinor}, above the cap of its line`);
    if (!mustConsent(line, hold, this.market)) return;
    const price = Math.min(hold.priceMinor, hold.referencePriceMinor);
    const agreed = line.approved.get(hold.sku);
    const silent = [...line.consents.values()].some(
      (it) => it.hold === hold && it.answer === 'expired' && line.wish.substitution.consentDefault === 'accept' && at >= it.deadlineAt,
    );
    check(
      silent || (agreed !== undefined && price <= agreed),
      '19',
      () => `${hold.holdId} is bought, and nobody has agreed to ${hold.sku} at ${price}`,
    );
  }

  private releaseRequested({ holdIds, reason, ...of }: EventOf<'ReleaseRequested'>, at: number): void {
    const line = this.book.lineOf(of);
    for (const holdId of holdIds) {
      const hold = this.book.holdOf(holdId);
      check(hold.line === line, '8', () => `${holdId} is another line's`);
      if (reason === 'attempt-closed') {
        check(hold.known === undefined, '8', () => `${holdId} is its line's, and is turned away`);
        line.turnedAway.add(holdId);
      } else {
        check(hold.known !== undefined && openOf(hold.known) > 0, '8', () => `${holdId} has nothing to ask back`);
        this.checkReason(line, reason, at, hold);
      }
      hold.releaseAskedAt ??= at;
    }
  }

  private checkReason(line: LineBook, reason: 'cancelled' | 'declined' | 'deadline', at: number, hold?: HoldBook): void {
    if (reason === 'cancelled') check(line.order.mayCancel, '8', () => `${nameOf(line)} is cancelled, and nobody asked for it`);
    if (reason === 'deadline')
      check(at >= line.wish.deliverByAt, '16', () => `${nameOf(line)} ends ${line.wish.deliverByAt - at} ms early`);
    if (reason !== 'declined') return;
    const said = [...line.consents.values()].some(
      (it) => it.hold === hold && (it.answer === 'no' || (it.answer === 'expired' && line.wish.substitution.consentDefault === 'refund')),
    );
    check(said, '19', () => `${hold?.holdId} is declined, and nobody said no`);
  }

  private givenUp({ quantity, reason, holdId, ...of }: EventOf<'UnitsGivenUp'>, at: number): void {
    const line = this.line(of);
    line.givenUp += quantity;
    if (reason === 'cancelled' || reason === 'deadline') this.checkReason(line, reason, at);
    if (reason === 'depth-reached') {
      const hold = this.book.holdOf(holdId ?? '');
      const isDeep = hold.depth >= 4 || line.attempts - line.waits >= 60 || line.excluded.size > 64;
      check(isDeep, '4', () => `${nameOf(line)} is given up at depth ${hold.depth}, after ${line.attempts} attempts`);
    }
    if (reason === 'written-off') {
      const released = [...line.holds.values()].reduce((sum, it) => sum + it.writtenOff, 0);
      check(released >= quantity, '8', () => `${nameOf(line)} has ${quantity} units written off, and no operator did it`);
    }
  }

  private closing({ reason, ...of }: EventOf<'LineClosing'>, at: number): void {
    const line = this.line(of);
    check(line.closing === undefined, '8', () => `${nameOf(line)} closes twice`);
    this.checkReason(line, reason, at);
    line.closing = reason;
  }

  private closed({ status, ordered, delivered, repacked = 0, capturedMinor, ...of }: EventOf<'LineClosed'>, at: number): void {
    const line = this.line(of);
    const lateMs = at - Math.max(line.wish.deliverByAt, this.upSince());
    check(
      line.closing !== undefined || lateMs < LIMITS.lateMs,
      '16',
      () => `${nameOf(line)} ends ${lateMs} ms after its deadline, which ended nothing`,
    );
    const came = [...line.holds.values()].reduce((sum, it) => sum + (it.known?.delivered ?? 0), 0);
    check(
      came + line.givenUp === line.wish.quantity,
      'I3',
      () => `${nameOf(line)} closes with ${came} delivered and ${line.givenUp} given up`,
    );
    check(ordered === line.wish.quantity && delivered === came, '21', () => `${nameOf(line)} tells ${delivered} of ${ordered}`);
    check(repacked === line.repacked, '21', () => `${nameOf(line)} tells ${repacked} repacked of ${line.repacked}`);
    const end =
      came === ordered - repacked
        ? 'delivered'
        : came > 0
          ? 'partially-delivered'
          : line.closing === 'cancelled'
            ? 'cancelled'
            : 'unfillable';
    check(status === end, '21', () => `${nameOf(line)} ends as ${status} and not as ${end}`);
    check(capturedMinor === line.capturedMinor, '22', () => `${nameOf(line)} tells ${capturedMinor} captured of ${line.capturedMinor}`);
    line.end = status;
  }

  private orderClosed({ orderId, status, capturedMinor, releasedMinor, additions = false }: Fact<'OrderClosed'>): void {
    const order = this.book.orderOf(orderId);
    const isLeft = [...order.additions.values()].every(
      (it) => it.answer !== undefined && (it.answer !== 'accepted' || it.line !== undefined),
    );
    check(isLeft, 'I3', () => `${orderId} closes, and something is offered to it`);
    check(additions === (order.wish.additions !== undefined), '5', () => `${orderId} closes, and tells ${additions} of additions`);
    const lines = [...order.lines.values()];
    check(order.end === undefined, 'I3', () => `${orderId} closes twice`);
    check(
      lines.every((it) => it.end !== undefined),
      '21',
      () => `${orderId} closes before its lines`,
    );
    checkPieces(order);
    // What was repacked ends as its pieces do
    const own = lines.filter((it) => it.repacked < it.wish.quantity);
    const some = own.some((it) => it.end === 'delivered' || it.end === 'partially-delivered');
    const end = own.every((it) => it.end === 'delivered')
      ? 'completed'
      : some
        ? 'partially-completed'
        : own.every((it) => it.end === 'cancelled')
          ? 'cancelled'
          : 'unfillable';
    check(status === end, '21', () => `${orderId} ends as ${status} and not as ${end}`);
    const captured = lines.reduce((sum, it) => sum + it.capturedMinor, 0);
    const released = lines.reduce((sum, it) => sum + it.releasedMinor, 0);
    check(capturedMinor === captured && releasedMinor === released, '22', () => `${orderId} tells ${capturedMinor}, ${releasedMinor}`);
    order.end = status;
  }
}
