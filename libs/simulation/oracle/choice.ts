import type { Fact, SelectionRequest } from '@midstream/contracts';
import { coversRegion } from '@midstream/kernel';
import type { Rule, ComplianceEvent } from '@midstream/compliance-domain';
import type { SelectionEvent } from '@midstream/selection-engine-domain';
import { type Book, check, LIMITS, nameOf } from './book';
import type { Market } from './market';
import { checkProposal } from './repack';

type Verdicts = Fact<'VerdictState'>['verdicts'];
const STRICTNESS = ['compliant', 'high-risk', 'banned'];

/** Follows what selection ranks and compliance says: the law, read by the oracle's own eyes. */
export class ChoiceWatch {
  private readonly ranked = new Map<string, Fact<'OffersRanked'>>();
  private readonly proposals = new Set<string>();
  private readonly rules = new Map<string, Rule>();
  readonly verdicts = new Map<string, Verdicts>();
  /** Every price that a good has had, for merchants of a tier and of none. */
  private readonly prices = new Map<string, Set<number>>();

  constructor(
    private readonly book: Book,
    private readonly market: Market,
  ) {}

  priced({ sku, priceMinor, tierPrices }: Fact<'ProductState'>): void {
    for (const tier of ['', 'gold']) {
      const name = `${sku} ${tier}`;
      this.prices.set(name, (this.prices.get(name) ?? new Set<number>()).add(tierPrices?.[tier] ?? priceMinor));
    }
  }

  isOnSale(sku: string): boolean {
    return this.prices.has(`${sku} `);
  }

  private hasCost(sku: string, tier: string | undefined, priceMinor: number): boolean {
    return this.prices.get(`${sku} ${tier ?? ''}`)?.has(priceMinor) === true;
  }

  onSelection(event: SelectionEvent): void {
    if (event.type === 'AdditionProposed') return this.proposed(event);
    if (event.type !== 'OffersRanked') return;
    const { request, candidates } = event;
    const line = this.book.lineOf(event);
    const name = `${nameOf(line)}/${request.attempt}`;
    check(!this.ranked.has(name), '15', () => `${name} is ranked twice`);
    this.ranked.set(name, event);
    const asked = line.asked.get(request.attempt)?.request;
    if (asked !== undefined) check(same(asked, request), '5', () => `${name} is ranked as another question`);
    check(candidates.length <= LIMITS.candidates, '15', () => `${name} has ${candidates.length} candidates`);
    const offers = new Set(candidates.map((it) => it.offerId));
    check(offers.size === candidates.length, '15', () => `${name} has a candidate twice`);
    const planned = candidates.reduce((sum, it) => sum + it.planned, 0);
    check(planned <= request.quantity, '15', () => `${name} plans ${planned} of ${request.quantity}`);
    for (const it of candidates) this.checkCandidate(name, request, it);
    if (event.repack !== undefined) checkProposal(line, event.repack, this.market, this.mostFor(request));
  }

  /** Never dearer than the good itself has been, nor than its line allows. */
  private mostFor({ need, merchantTier, priceCapMinor }: SelectionRequest): number {
    return Math.min(priceCapMinor, Math.max(...(this.prices.get(`${need.sku} ${merchantTier ?? ''}`) ?? [0])));
  }

  /** A good of the order's own, once, at a price that it has had, and within what the buyer allows. */
  private proposed({ orderId, additionId, lineId, sku, quantity, priceMinor }: Fact<'AdditionProposed'>): void {
    const { wish, lines } = this.book.orderOf(orderId);
    const allowed = wish.additions;
    check(!this.proposals.has(additionId), 'I11', () => `${additionId} is proposed twice`);
    this.proposals.add(additionId);
    const isBeside = this.market.mayStandBeside(lines.get(lineId)?.wish.need.sku, sku);
    check(isBeside, 'I7', () => `${additionId} is none of the goods of ${lineId}`);
    const isAllowed = allowed !== undefined && quantity <= allowed.maxQuantity && priceMinor <= allowed.maxUnitPriceMinor;
    check(isAllowed, 'I7', () => `${additionId} is ${quantity} units at ${priceMinor}, and its buyer allows ${JSON.stringify(allowed)}`);
    const tier = this.book.tierOf(orderId);
    check(this.hasCost(sku, tier, priceMinor), '22', () => `${additionId} is proposed at ${priceMinor}, which it never cost`);
  }

  private checkCandidate(
    name: string,
    request: SelectionRequest,
    { offerId, sku, priceMinor, version }: Fact<'OffersRanked'>['candidates'][number],
  ): void {
    const { wish } = this.book.lineOf(request);
    check(!request.excluded.some((it) => it.offerId === offerId), '4', () => `${name} is sent back to ${offerId}, which it has lost`);
    const tried = request.tried.find((it) => it.offerId === offerId);
    check(tried === undefined || tried.version < version, '15', () => `${name} is sent to ${offerId} again, and nothing has changed there`);
    const fault = this.market.faultOf(wish, sku, request.region);
    check(fault === undefined, 'I7', () => `${name} is sent to ${sku}: ${fault}`);
    const isOther = request.replaces !== undefined && request.replaces.offerId !== offerId;
    check(wish.substitution.upTo !== 'none' || !isOther, 'I7', () => `${name} goes to another supplier, and may not`);
    check(priceMinor <= request.priceCapMinor, 'I7', () => `${name} is sent to ${sku} at ${priceMinor}, above ${request.priceCapMinor}`);
    check(request.merchantTier === this.book.tierOf(request.orderId), '22', () => `${name} is ranked for a merchant of another tier`);
    check(
      this.hasCost(sku, request.merchantTier, priceMinor),
      '22',
      () => `${name} is sent to ${sku} at ${priceMinor}, which it never cost`,
    );
  }

  onCompliance(event: ComplianceEvent, at: number): void {
    switch (event.type) {
      case 'RulePut':
        this.rules.set(event.rule.ruleId, event.rule);
        return;
      case 'RuleEnded':
        this.rules.delete(event.rule.ruleId);
        return;
      case 'VerdictState':
        this.verdicts.set(event.sku, event.verdicts);
        return this.checkVerdicts(event.sku, at);
      case 'OffersCleared':
        return this.cleared(event);
      default:
        return;
    }
  }

  /** The strictest rule that covers a region wins there; without one, all is compliant. */
  lawOf(sku: string, region: string, at: number): string {
    const category = this.market.goodOf(sku)?.category;
    let strictest = 0;
    for (const { match, regions, effect, from, until } of this.rules.values()) {
      const isAbout = (match.sku === undefined || match.sku === sku) && (match.category === undefined || match.category === category);
      const isInForce = from <= at && (until === undefined || at < until);
      if (isAbout && isInForce && coversRegion(regions, region)) strictest = Math.max(strictest, STRICTNESS.indexOf(effect));
    }
    return STRICTNESS[strictest] ?? '';
  }

  private saidOf(sku: string, region: string): string {
    const covering = (this.verdicts.get(sku) ?? []).filter((it) => coversRegion([it.region], region));
    if (covering.length === 0) return 'high-risk';
    return STRICTNESS[Math.max(...covering.map((it) => STRICTNESS.indexOf(it.status)))] ?? '';
  }

  /** What is said of a good is what the rules say now, wherever somebody may live. */
  checkVerdicts(sku: string, at: number): void {
    for (const region of ['CN-31', 'CN-11', 'US', 'CN', 'JP']) {
      const [law, said] = [this.lawOf(sku, region, at), this.saidOf(sku, region)];
      check(law === said, '14', () => `${sku} is ${law} in ${region}, and compliance says ${said}`);
    }
  }

  /** The list narrows: nothing is reordered or added, and each has its verdict (architecture, "one lap"). */
  private cleared(event: Fact<'OffersCleared'>): void {
    const { request, candidates, repack } = event;
    const name = `${event.orderId}/${event.lineId}/${request.attempt}`;
    const ranked = this.ranked.get(name);
    check(ranked !== undefined && same(ranked.request, request), '5', () => `${name} is cleared as another question`);
    const isList =
      ranked.candidates.length === candidates.length && ranked.candidates.every((it, n) => it.offerId === candidates[n]?.offerId);
    check(isList, '5', () => `${name} comes from compliance with other candidates`);
    const isSame = repack?.sku === ranked.repack?.sku && repack?.pieces === ranked.repack?.pieces;
    check(isSame, '5', () => `${name} comes from compliance with ${repack?.pieces} × ${repack?.sku}`);
    for (const { sku, verdict } of [...candidates, ...(repack === undefined ? [] : [repack])]) {
      const said = this.saidOf(sku, request.region);
      check(verdict?.status === said, 'I6', () => `${name}: ${sku} is cleared as ${verdict?.status} and is ${said} in ${request.region}`);
    }
  }
}

/** Of one question: the same object, or the same words. */
const same = (a: SelectionRequest, b: SelectionRequest): boolean =>
  a === b || (a.attempt === b.attempt && a.quantity === b.quantity && a.depth === b.depth && a.priceCapMinor === b.priceCapMinor);
