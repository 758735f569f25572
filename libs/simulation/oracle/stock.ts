import type { Fact } from '@midstream/contracts';
import type { InventoryEvent } from '@midstream/inventory-domain';
import { coversRegion } from '@midstream/kernel';
import { REGIONS } from '../market';
import type { Outcome } from '../shell';
import { check, LIMITS } from './book';
import { ChannelWatch } from './channels';
import { FigureWatch } from './figures';
import { leadOf, mostOf, serves } from './fit';
import { LevelWatch } from './levels';
import { checkRate, isStale, newOffer, type OfferBook, roomOf, supplyOf, type Terms } from './offer';

type EventOf<Type extends InventoryEvent['type']> = Extract<InventoryEvent, { readonly type: Type }>;

export interface Span {
  readonly region: string;
  readonly status: string;
  readonly fromAt: number;
  readonly untilAt?: number;
}

/** Follows the offers: supply, room, closures, drains and bans. */
export class StockWatch {
  readonly offers = new Map<string, OfferBook>();
  readonly verdicts = new Map<string, { readonly version: number; readonly spans: readonly Span[] }>();
  /** Of polls: what the report settles, by offer and sequence. */
  readonly polls = new Map<string, number>();
  readonly levels = new LevelWatch();
  readonly channels = new ChannelWatch();
  /** In this transaction: put for others than they were, or told of another policy. */
  readonly refitted = new Set<string>();
  private readonly figureWatch: FigureWatch;
  /** Of suppliers that are asked: what they had accepted when a question was put, and which figure was the newest then. */
  private readonly questions = new Map<string, { readonly accepted: number; readonly figure: number }[]>();
  private readonly figures = new Map<string, number>();
  private readonly touched = new Set<OfferBook>();
  /** In this transaction: slower than they were; reported. */
  private readonly slower = new Set<OfferBook>();
  private readonly fresh = new Set<OfferBook>();
  private readonly rates = new Map<string, number>();

  constructor(categoryOf: (sku: string) => string | undefined) {
    this.figureWatch = new FigureWatch(categoryOf);
  }

  asks(offerId: string): void {
    const { accepted } = this.offerOf(offerId);
    const before = this.questions.get(offerId) ?? [];
    this.questions.set(offerId, [...before, { accepted, figure: this.figures.get(offerId) ?? 0 }]);
  }

  offerOf(offerId: string): OfferBook {
    const offer = this.offers.get(offerId);
    check(offer !== undefined, '9', () => `there is no offer ${offerId}`);
    return offer;
  }

  touch(offerId: string): OfferBook {
    const offer = this.offerOf(offerId);
    this.touched.add(offer);
    return offer;
  }

  on(event: InventoryEvent, at: number): void {
    switch (event.type) {
      case 'OfferPut':
        return this.put(event.terms, at);
      case 'StockReported':
        this.figureWatch.came(event, at);
        return this.reported(event);
      case 'FigureAged':
        return this.figureWatch.aged(event, at);
      case 'PolicyNoted':
        return this.narrowed(event);
      case 'SlownessMeasured':
        this.touch(event.offerId).p90Ms = event.p90Ms ?? 0;
        return;
      case 'ClosuresSet':
        return this.closed(event, at);
      case 'PaceNoted':
        return this.paced(event);
      case 'RateNoted':
        this.rates.set(`${event.base} ${event.quote}`, event.rate);
        return;
      case 'StockSeen':
      case 'StockLow':
      case 'StockBack':
        return this.levels.on(event);
      case 'OfferState':
        return this.told(event);
      case 'VerdictNoted':
        return this.verdict(event);
      case 'OfferUnpaid':
        this.touch(event.offerId).isUnpaid = event.unpaid;
        return;
      case 'DrainDue':
        this.touch(event.offerId).isArmed = true;
        return;
      case 'DrainEnded':
        this.touch(event.offerId).isArmed = false;
        return;
      case 'DrainStopped':
        return this.stopped(event);
      case 'UnitsWentAway':
        return this.wentAway(event);
      case 'UnitsCameBack':
        return this.cameBack(event);
      default:
        return;
    }
  }

  private put(terms: Terms, at: number): void {
    checkRate(terms);
    const known = this.offers.get(terms.offerId);
    if (known !== undefined) this.putOver(known, terms);
    else this.offers.set(terms.offerId, newOffer(terms, at));
    this.touch(terms.offerId);
  }

  private putOver(offer: OfferBook, terms: Terms): void {
    const { regions, minQuantity, maxQuantity, channel } = offer.terms;
    offer.terms = terms;
    if (channel !== terms.channel) offer.policy = {};
    if (minQuantity === terms.minQuantity && maxQuantity === terms.maxQuantity && String(regions) === String(terms.regions)) return;
    offer.isRefitted = true;
    this.refitted.add(offer.offerId);
  }

  /** Put once more by an operator. */
  putAgain(offerId: string, isForOtherValues: boolean, outcome: Outcome | undefined): void {
    const isWrong = outcome?.kind === 'refused' && outcome.rejection.rejected === 'wrong-denomination';
    check(isWrong === isForOtherValues, '15', () => `${offerId} is put for face values that its good has none of, and is ${outcome?.kind}`);
  }

  /** A way of delivery that takes longer than its offers did frees what would come too late. */
  private narrowed({ offerId, policy }: EventOf<'PolicyNoted'>): void {
    const offer = this.touch(offerId);
    const before = leadOf(offer);
    offer.policy = policy;
    offer.isRefitted = true;
    this.refitted.add(offerId);
    if (leadOf(offer) > before) this.slower.add(offer);
  }

  private closed({ offerId, closures }: EventOf<'ClosuresSet'>, at: number): void {
    const offer = this.touch(offerId);
    const was = isStale(offer);
    offer.closures = closures;
    check(was || !isStale(offer) || this.isOld(offer, at), '9', () => `${offerId} is stale, and its figure is ${at - offer.asOf} ms old`);
  }

  private isOld({ offerId, terms, asOf }: OfferBook, at: number): boolean {
    return terms.freshness === undefined ? this.figureWatch.isClosing(offerId, at) : at >= asOf + LIMITS.freshMs;
  }

  /** A supplier that is slower than it was frees what would come too late (protocol 6). */
  private paced({ offerId, capacityPerMinute, leadTimeMs }: EventOf<'PaceNoted'>): void {
    const offer = this.touch(offerId);
    if (capacityPerMinute < offer.terms.capacityPerMinute || leadTimeMs > offer.terms.leadTimeMs) this.slower.add(offer);
    offer.terms = { ...offer.terms, capacityPerMinute, leadTimeMs };
  }

  /** Purchases keep the offer's pace, but for a backlog of a minute. */
  spend(offer: OfferBook, units: number, at: number): void {
    const aheadMs = offer.spentUntil - at;
    check(aheadMs <= LIMITS.burstMs, '6', () => `${offer.offerId} is bought from ${aheadMs} ms ahead of its pace`);
    offer.spentUntil = Math.max(at, offer.spentUntil) + Math.ceil((units * 60_000) / offer.terms.capacityPerMinute);
  }

  /** A push settles what was accepted before the report before it, a poll what was accepted before it began; in doubt it is counted (protocol 9). */
  private reported({ offerId, reported, sequence, settled, source, at }: EventOf<'StockReported'>): void {
    const offer = this.touch(offerId);
    offer.asOf = at;
    if (source !== 'refusal') this.fresh.add(offer);
    const isDry = sequence === offer.sequence;
    if (source === 'poll' && isDry) this.answered(offer, settled);
    else if (isDry) check(reported === 0 && settled === offer.accepted, '9', () => `${offerId} runs dry and keeps ${reported}`);
    else {
      check(sequence > offer.sequence, '9', () => `${offerId} takes report ${sequence} after ${offer.sequence}`);
      const most = (counted: number): number =>
        offer.terms.kind === 'vault' ? 0 : Math.min(offer.accepted, Math.max(offer.settled, counted));
      // Of one number there may be a poll and a push, and either may come first.
      const polled = this.polls.get(`${offerId}/${sequence}`);
      const isDue = settled === most(offer.acceptedAtReport) || (polled !== undefined && settled === most(polled));
      check(isDue, '9', () => `${offerId} settles ${settled} by report ${sequence} and not ${most(polled ?? offer.acceptedAtReport)}`);
    }
    this.figures.set(offerId, (this.figures.get(offerId) ?? 0) + 1);
    Object.assign(offer, { reported, sequence, settled, acceptedAtReport: offer.accepted });
  }

  /** The feed's number stays; and an answer to what was asked before the newest figure is none. */
  private answered({ offerId, accepted, settled: known }: OfferBook, settled: number): void {
    const fresh = (this.questions.get(offerId) ?? []).filter((it) => it.figure === (this.figures.get(offerId) ?? 0));
    const due = fresh.map((it) => Math.min(accepted, Math.max(known, it.accepted)));
    check(due.includes(settled), '9', () => `${offerId} settles ${settled} by an answer, and not ${due.join(' or ')}`);
  }

  private told(event: Fact<'OfferState'>): void {
    const { offerId, version, available, closures } = event;
    const offer = this.touch(offerId);
    check(version > offer.version, '26', () => `${offerId} tells version ${version} after ${offer.version}`);
    offer.version = version;
    const room = Math.max(0, roomOf(offer));
    check(available === room, '9', () => `${offerId} tells ${available} and has room for ${room}`);
    const isShort = supplyOf(offer) <= 0 || offer.held > supplyOf(offer);
    check(
      isShort === closures.some((it) => it.cause === 'out-of-stock'),
      '12',
      () => `${offerId} is ${isShort ? '' : 'not '}short, and does not say so`,
    );
    for (const { cause } of offer.closures)
      check(
        closures.some((it) => it.cause === cause),
        '12',
        () => `${offerId} does not tell that it is closed: ${cause}`,
      );
    this.checkTold(offer, event);
  }

  /** What is told of it is what it serves by now, and how old its figure is. */
  private checkTold(offer: OfferBook, { regions, maxQuantity, leadTimeMs, closures, freshUntil }: Fact<'OfferState'>): void {
    const { offerId, terms, asOf } = offer;
    const until = terms.freshness === undefined ? this.figureWatch.staleAtOf(offerId) : asOf + LIMITS.freshMs;
    check(until === (freshUntil && Date.parse(freshUntil)), '26', () => `${offerId} is fresh until ${until}, and tells ${freshUntil}`);
    if (!offer.isRefitted) return;
    const isTold = maxQuantity === mostOf(offer) && leadTimeMs === leadOf(offer);
    check(isTold, '26', () => `${offerId} tells ${maxQuantity} within ${leadTimeMs} ms: it is ${mostOf(offer)} within ${leadOf(offer)} ms`);
    if (closures.some((it) => it.cause === 'channel-down')) return;
    for (const it of REGIONS)
      check(serves(offer, it) === coversRegion(regions, it), '26', () => `${offerId} tells ${regions.join()}, and so tells wrong of ${it}`);
  }

  private verdict({ sku, version, verdicts }: EventOf<'VerdictNoted'>): void {
    const known = this.verdicts.get(sku);
    check(
      known === undefined || version > known.version,
      '14',
      () => `the verdict of ${sku} goes from version ${known?.version} to ${version}`,
    );
    this.verdicts.set(sku, { version, spans: verdicts });
  }

  isBanned(sku: string, region: string, at: number): boolean {
    return (this.verdicts.get(sku)?.spans ?? []).some(
      (it) =>
        it.status === 'banned' && it.fromAt <= at && (it.untilAt === undefined || at < it.untilAt) && coversRegion([it.region], region),
    );
  }

  covers(regions: readonly string[] | undefined, region: string): boolean {
    return coversRegion(regions ?? ['*'], region);
  }

  private stopped({ offerId, stopped }: EventOf<'DrainStopped'>): void {
    const offer = this.touch(offerId);
    offer.isStopped = stopped;
    if (stopped) offer.isArmed = false;
  }

  private wentAway({ offerId, units, at }: EventOf<'UnitsWentAway'>): void {
    const offer = this.offerOf(offerId);
    const before = offer.away.filter((it) => it.at > at - LIMITS.stormPatienceMs);
    const away = before.reduce((sum, it) => sum + it.units, 0);
    check(away < LIMITS.stormWindow, '13', () => `${offerId} loses more while ${away} units of it are away`);
    offer.away = [...before, { at, units }];
  }

  private cameBack({ offerId, units, at }: EventOf<'UnitsCameBack'>): void {
    const offer = this.offerOf(offerId);
    let left = units;
    offer.away = offer.away.filter((it) => it.at > at - LIMITS.stormPatienceMs);
    for (const it of offer.away) {
      const back = Math.min(it.units, left);
      it.units -= back;
      left -= back;
    }
    offer.away = offer.away.filter((it) => it.units > 0);
  }

  /** After a transaction: nothing is oversold without a drain that takes it back (I1, protocol 12). */
  settle(): void {
    for (const offer of this.touched) {
      const { offerId, held, inFlight } = offer;
      check(held >= 0 && inFlight >= 0, 'I1', () => `${offerId} holds ${held}, in flight ${inFlight}`);
      const isShort = held > Math.max(0, supplyOf(offer));
      check(
        !isShort || offer.isArmed || offer.isStopped,
        '12',
        () => `${offerId} holds ${held} of ${supplyOf(offer)}, and nothing drains it`,
      );
      const isClosed = held > 0 && offer.closures.some((it) => it.cause !== 'banned' && it.cause !== 'stale');
      check(!isClosed || offer.isArmed || offer.isStopped, '12', () => `${offerId} is closed, holds ${held}, and nothing drains it`);
    }
    for (const it of this.slower) {
      const isFree = it.held === 0 || it.isArmed || it.isStopped;
      check(isFree, '12', () => `${it.offerId} is slower than it was, holds ${it.held}, and nothing drains it`);
    }
    for (const it of this.fresh) check(!isStale(it), '9', () => `${it.offerId} has reported, and is stale`);
    for (const it of [this.touched, this.slower, this.fresh]) it.clear();
  }

  /** At rest: who promised reports and is silent is closed, and what is quoted abroad costs what it does now. */
  atRest(at: number): void {
    for (const it of this.offers.values()) {
      const { quoted, currency } = it.terms;
      const isOld = this.isOld(it, at);
      this.channels.atRest(it);
      const isLeft = isStale(it) && this.figureWatch.isRefusal(it.offerId);
      check(isLeft || isOld === isStale(it), '9', () => `${it.offerId} is ${isOld ? 'silent, and not' : 'not silent, and'} stale`);
      const rate = quoted && this.rates.get(`${quoted.currency} ${currency}`);
      check(quoted?.rate === rate, '22', () => `${it.offerId} is quoted at ${quoted?.rate}, and it is ${rate}`);
    }
    this.levels.atRest([...this.offers.values()]);
  }
}
