import type { Fact } from '@midstream/contracts';
import type { ComplaintWish } from '../scenario.complaints';
import type { Outcome } from '../shell';
import type { World } from '../world';
import { type Book, check, fail, type HoldBook, type LineBook, nameOf } from './book';

const WITHIN_MS = 30 * 86_400_000;

type Answer = ComplaintWish['answers'][number];

interface ComplaintBook {
  readonly complaintId: string;
  readonly line: LineBook;
  readonly units: number;
  /** What operators have said. */
  readonly said: { readonly outcome: string; readonly refundMinor?: number }[];
  isFiled: boolean;
  readonly of: Map<HoldBook, number>;
  outcome?: string;
}

/** Makes merchants complain and operators answer, and follows what comes of it: each unit once, each refund once and never too much (I3, I4). */
export class ComplaintWatch {
  private readonly complaints = new Map<string, ComplaintBook>();

  constructor(
    private readonly book: Book,
    private readonly world: World,
  ) {}

  /** A merchant complains, and operators answer: the world as it is now says of what. */
  complain(wish: ComplaintWish): void {
    const all = [...this.book.orders.values()].flatMap((it) => [...it.lines.values()]).filter((it) => it.order.isPlaced);
    const served = all.filter((it) => this.openTo(it, undefined, this.world.now) > 0);
    const line = (served.length > 0 ? served : all)[wish.pick % Math.max(1, served.length || all.length)];
    if (line === undefined) return;
    const lastAt = Math.max(0, ...[...line.holds.values()].map((it) => it.cameAt ?? 0));
    const { agenda } = this.world.machine;
    if (wish.when === 'now' || lastAt === 0) this.file(line, wish);
    else agenda.at(lastAt + WITHIN_MS + (wish.when === 'too-late' ? 1 : 0), () => this.file(line, wish));
  }

  private file(line: LineBook, { units, namesGood, twice, foreign, answers, answersMs }: ComplaintWish): void {
    const { world } = this;
    const complaintId = `x${this.complaints.size + 1}`;
    const sku = namesGood ? [...line.holds.values()].find((it) => (it.known?.delivered ?? 0) > 0)?.sku : undefined;
    const open = this.openTo(line, sku, world.now);
    const asked = units === 'one' ? 1 : units === 'all' ? Math.max(1, open) : open + 1;
    const complaint: ComplaintBook = { complaintId, line, units: asked, said: [], isFiled: false, of: new Map() };
    this.complaints.set(complaintId, complaint);
    const { orderId, merchantId } = line.order.wish;
    const of = { orderId, merchantId: foreign ? 'm9' : merchantId, lineId: line.wish.lineId, complaintId };
    const command = { type: 'FileComplaint', ...of, units: asked, reason: 'late', ...(sku !== undefined && { sku }) };
    const work = { command, actor: `merchant:${of.merchantId}` };
    let isDue = false;
    world.send(
      'order',
      twice ? [work, work] : [work],
      (outcomes) => {
        const isTaken = outcomes.every((it) => it.kind === 'done');
        check(isTaken === isDue, 'I3', () => `${complaintId} of ${asked} units of ${nameOf(line)} is ${isTaken ? '' : 'not '}taken`);
      },
      120,
      () => (isDue = !foreign && (complaint.isFiled || asked <= this.openTo(line, sku, world.now))),
    );
    answers.forEach((it, n) => world.machine.agenda.after(1_000 + answersMs * (n + 1), () => this.resolve(complaint, it)));
  }

  /** Of units that came in time and were not complained of; by our own books. */
  private openTo(line: LineBook, sku: string | undefined, at: number): number {
    let open = 0;
    for (const hold of line.holds.values())
      if ((sku === undefined || hold.sku === sku) && at - (hold.cameAt ?? 0) <= WITHIN_MS)
        open += (hold.known?.delivered ?? 0) - this.complainedOf(hold);
    return open;
  }

  private complainedOf(hold: HoldBook): number {
    let units = 0;
    for (const it of this.complaints.values()) units += it.of.get(hold) ?? 0;
    return units;
  }

  private resolve(complaint: ComplaintBook, answer: Answer): void {
    const { complaintId, line } = complaint;
    const { orderId, merchantId } = line.order.wish;
    const charged = chargedFor(complaint);
    if (charged === 0 && (answer === 'part' || answer === 'too-much')) return; // it is not filed, or not yet
    const refundMinor = answer === 'part' ? Math.ceil(charged / 2) : answer === 'too-much' ? charged + 1 : undefined;
    const outcome = answer === 'rejected' ? 'rejected' : 'refunded';
    const said = { outcome, ...(refundMinor !== undefined && { refundMinor }) };
    complaint.said.push(said);
    const command = { type: 'ResolveComplaint', orderId, merchantId, lineId: line.wish.lineId, complaintId, ...said };
    const work = { command, actor: 'operator' };
    const told = (outcomes: readonly Outcome[]): void => {
      const isTaken = outcomes.every((it) => it.kind === 'done');
      if (answer === 'too-much') return check(!isTaken, 'I4', () => `${complaintId} brings back more than was captured`);
      check(!isTaken || complaint.outcome === outcome, 'I3', () => `${complaintId} is answered ${outcome}, and is ${complaint.outcome}`);
      check(complaint.isFiled === (complaint.outcome !== undefined), 'I3', () => `${complaintId} is answered, and stays open`);
    };
    this.world.send('order', [work, work], told);
  }

  onFiled(event: Fact<'ComplaintFiled'>, at: number): void {
    const { complaintId, units, from, filedAt } = event;
    const line = this.book.lineOf(event);
    const complaint = this.complaints.get(complaintId) ?? fail('I10', `nobody has filed ${complaintId}`);
    const isAsFiled = complaint.line === line && complaint.units === units && Date.parse(filedAt) === at;
    check(isAsFiled && !complaint.isFiled, 'I11', () => `${complaintId} is filed as ${JSON.stringify(event)}`);
    complaint.isFiled = true;
    for (const { holdId, offerId, sku, units: taken, insteadOf, deliveredAt } of from) {
      const hold = this.book.holdOf(holdId);
      const isOfHold = hold.line === line && hold.offerId === offerId && hold.sku === sku && hold.cameAt === Date.parse(deliveredAt);
      const asked = line.piecesOf?.sku ?? line.wish.need.sku;
      check(isOfHold && insteadOf === (asked === sku ? undefined : asked), 'I10', () => `${complaintId} is about ${JSON.stringify(from)}`);
      check(at - (hold.cameAt ?? 0) <= WITHIN_MS, 'I3', () => `${complaintId} comes too late for ${holdId}`);
      complaint.of.set(hold, (complaint.of.get(hold) ?? 0) + taken);
      const [told, came] = [this.complainedOf(hold), hold.known?.delivered ?? 0];
      check(told <= came, 'I3', () => `${told} units of ${holdId} are complained of, and ${came} came`);
    }
    const told = from.reduce((sum, it) => sum + it.units, 0);
    check(told === units, 'I3', () => `${complaintId} is about ${told} units, and was of ${units}`);
  }

  onResolved({ complaintId, outcome, refundMinor }: Fact<'ComplaintResolved'>): void {
    const complaint = this.complaints.get(complaintId);
    check(complaint?.isFiled === true, 'I3', () => `${complaintId} is answered before it is filed`);
    check(complaint.outcome === undefined, 'I3', () => `${complaintId} was ${complaint.outcome}, and is ${outcome}`);
    const most = outcome === 'refunded' ? chargedFor(complaint) : 0;
    const isSaid = complaint.said.some((it) => it.outcome === outcome && (it.refundMinor ?? most) === refundMinor);
    check(isSaid && refundMinor <= most, 'I4', () => `${complaintId} brings ${refundMinor} back of ${most}, and nobody has said so`);
    complaint.outcome = outcome;
    complaint.line.refundedMinor += refundMinor;
  }

  /** At rest: selection knows each delivery that is complained of, as long as one of its complaints stands (I5). */
  atRest(): void {
    const standing = new Map<string, boolean>();
    for (const { of, isFiled, outcome } of this.complaints.values())
      if (isFiled) for (const { holdId } of of.keys()) standing.set(holdId, standing.get(holdId) === true || outcome !== 'rejected');
    const rows = this.world.machine
      .shell('selection-engine')
      .rowsOf<{ readonly complaints: Readonly<Record<string, boolean>> }>('complaints');
    check(rows.size === standing.size, 'I5', () => `${standing.size} deliveries are complained of, and selection knows ${rows.size}`);
    for (const [holdId, stands] of standing) {
      const known = Object.values(rows.get(holdId)?.complaints ?? {}).includes(true);
      check(
        known === stands,
        'I5',
        () => `what is complained of ${holdId} ${stands ? 'stands' : 'was unfounded'}, and selection says otherwise`,
      );
    }
  }
}

function chargedFor({ of }: ComplaintBook): number {
  let charged = 0;
  for (const [{ priceMinor, referencePriceMinor }, units] of of) charged += units * Math.min(priceMinor, referencePriceMinor);
  return charged;
}
