import { chanceOf, normalOf, STREAM } from './chance';
import { Agenda } from './queue';
import { type Answer, ATTEMPTS, type Heard, type Policy, type PublicOffer, type Question } from './policy';
import { complaintMinor, QUERY_MS, RETURN_SHARE, TIMEOUT_MS } from './regimes';
import { Shelf } from './shelf';
import { emptyTally, note, type Tally } from './tally';
import { type Fate, serveChance } from './truth';
import { DAY_MS, type HiddenWorld, type MarketOffer, type MarketOrder } from './world';

/** Days at the beginning in which a policy learns and is not judged. */
export const WARM_DAYS = 2;
const RETURN_MS = 2 * DAY_MS;
const INVALID_KNOWN_MS = 3_600_000;
/** Of answers, so many never come; of those, so many are found out by asking. */
const AMBIGUOUS = { ifServed: 0.01, ifSlow: 0.1, resolved: 0.9 } as const;
const OUT_OF_STOCK_MS = 2_000;

/** What a policy is made with: the oracles look behind the curtain, nobody else does. */
export interface Behind {
  readonly world: HiddenWorld;
  readonly shelf: Shelf;
}

/** One policy through one world. The same world and policy give the same tally. */
export function play(world: HiddenWorld, make: (behind: Behind) => Policy): Tally {
  const shelf = new Shelf(world);
  return new Play(world, shelf, make({ world, shelf })).through();
}

class Play {
  private readonly agenda = new Agenda<Heard>();
  private readonly tally: Tally;
  private readonly still: PublicOffer[] = [];

  constructor(
    private readonly world: HiddenWorld,
    private readonly shelf: Shelf,
    private readonly policy: Policy,
  ) {
    this.tally = emptyTally(policy.name, world.days);
  }

  through(): Tally {
    for (const order of this.world.orders) {
      for (let it = this.agenda.due(order.at); it !== undefined; it = this.agenda.due(order.at)) this.policy.hear(it);
      const question = this.ask(order);
      const answer = question.offers.length === 0 ? { chain: [] } : this.policy.answer(question);
      this.serve(order, question, answer);
    }
    return this.tally;
  }

  private ask(order: MarketOrder): Question {
    const { regime, suppliers } = this.world;
    const offers = (this.world.offersOf[order.sku] ?? []).filter((it) => {
      const supplier = suppliers[it.supplier];
      return supplier !== undefined && supplier.from <= order.at && order.at < supplier.until;
    });
    return {
      order: order.index,
      at: order.at,
      quantity: order.quantity,
      deadlineMs: regime.deadlineMs,
      regime,
      offers: offers.map((it) => this.seen(it, order)),
    };
  }

  /** Written out, for it is made for every offer of every order: a spread here takes most of the time of a run. */
  private seen(offer: MarketOffer, { at, quantity }: MarketOrder): PublicOffer {
    const still = this.still[offer.index] ?? this.look(offer);
    const stock = this.shelf.reported(offer, at);
    let costMinor = offer.costMinor;
    for (const it of still.costTiers) if (it.from <= quantity) costMinor = it.costMinor;
    return {
      index: offer.index,
      name: still.name,
      supplier: still.supplier,
      group: still.group,
      sku: still.sku,
      category: still.category,
      priceMinor: still.priceMinor,
      costMinor,
      costTiers: still.costTiers,
      leadTimeMs: still.leadTimeMs,
      stock: stock.units,
      stockAt: stock.at,
    };
  }

  /** What of an offer stays as it is. */
  private look(offer: MarketOffer): PublicOffer {
    const { suppliers, skus, regime } = this.world;
    const sku = skus[offer.sku];
    const off = regime.tiers.map((it) => ({ from: it.from, costMinor: Math.round(offer.costMinor * (1 - it.off)) }));
    const seen: PublicOffer = {
      index: offer.index,
      name: offer.name,
      supplier: offer.supplier,
      group: suppliers[offer.supplier]?.group ?? 0,
      sku: sku?.name ?? '',
      category: sku?.category ?? '',
      priceMinor: sku?.priceMinor ?? 0,
      costMinor: offer.costMinor,
      costTiers: [{ from: 1, costMinor: offer.costMinor }, ...off],
      leadTimeMs: offer.leadTimeMs,
      stock: 0,
      stockAt: 0,
    };
    this.still[offer.index] = seen;
    return seen;
  }

  /** Attempt by attempt, until one delivers, or the chain is at its end. */
  private serve(order: MarketOrder, { offers, quantity }: Question, answer: Answer): void {
    const { regime, skus } = this.world;
    const price = (skus[order.sku]?.priceMinor ?? 0) * quantity;
    let [elapsed, money, attempts] = [0, 0, 0];
    let delivered: PublicOffer | undefined;
    for (const place of answer.chain.slice(0, ATTEMPTS)) {
      const seen = offers[place];
      const offer = seen === undefined ? undefined : this.world.offers[seen.index];
      if (seen === undefined || offer === undefined) continue;
      const fate = this.attempt(order, offer, { attempt: attempts, at: order.at + elapsed });
      this.tell(seen, fate, order.at + elapsed);
      if (attempts === 0) this.noteFirst(order, offer, answer, fate);
      attempts++;
      elapsed += fate.ms;
      // bought, but nobody knows: the next attempt buys it again
      if (fate.served && fate.unknown) money -= seen.costMinor * quantity;
      if (fate.served && !fate.unknown) {
        delivered = seen;
        break;
      }
      money -= regime.failureShare * price;
    }
    const late = delivered !== undefined && elapsed > regime.deadlineMs;
    if (delivered === undefined) money -= regime.lostShare * price;
    else money += this.delivered(order, delivered, { price, late, at: order.at + elapsed });
    const day = Math.floor(order.at / DAY_MS);
    if (answer.money !== undefined && order.at >= WARM_DAYS * DAY_MS) note.money(this.tally, day, answer.money, money);
    note.order(this.tally, {
      day,
      price,
      money,
      attempts,
      late,
      delivered: delivered !== undefined,
      judged: order.at >= WARM_DAYS * DAY_MS,
    });
  }

  /** A policy foretells a unit that works: what is served and does not work has not come. */
  private noteFirst(order: MarketOrder, offer: MarketOffer, answer: Answer, { served, dry, ms }: Fate): void {
    const works = served && !this.isBad(order, offer);
    note.foreseen(this.tally, answer, { works, served, inTime: ms <= this.world.regime.deadlineMs, dry });
  }

  private isBad({ index }: MarketOrder, offer: { readonly index: number; readonly supplier: number }): boolean {
    const { invalid = 0 } = this.world.suppliers[offer.supplier] ?? {};
    return chanceOf(this.world.seed, index, 9, offer.index, STREAM.invalid) < invalid;
  }

  private attempt(order: MarketOrder, offer: MarketOffer, { attempt, at }: { attempt: number; at: number }): Fate {
    const { seed, regime } = this.world;
    const u = (stream: number): number => chanceOf(seed, order.index, attempt, offer.index, stream);
    const answerMs = offer.leadTimeMs * Math.exp(0.5 * normalOf(u(STREAM.latency), u(STREAM.spread)));
    if (this.shelf.at(offer, at) < order.quantity) return { served: false, unknown: false, silent: false, dry: true, ms: OUT_OF_STOCK_MS };
    const served = u(STREAM.serves) < serveChance(this.world, offer, at);
    if (served) this.shelf.take(offer, at, order.quantity);
    const slow = !served && u(STREAM.slow) < regime.slowFailures;
    const silent = u(STREAM.ambiguous) < (served ? AMBIGUOUS.ifServed : slow ? AMBIGUOUS.ifSlow : 0);
    if (silent) return { served, unknown: u(STREAM.late) > AMBIGUOUS.resolved, silent, dry: false, ms: TIMEOUT_MS + QUERY_MS };
    return { served, unknown: false, silent, dry: false, ms: slow ? TIMEOUT_MS : answerMs };
  }

  private tell(offer: PublicOffer, fate: Fate, at: number): void {
    const said = (outcome: (Heard & { kind: 'attempt' })['outcome'], ms: number, more: { noStock?: boolean; late?: boolean } = {}): void =>
      this.agenda.add(at + ms, { kind: 'attempt', at: at + ms, offer, outcome, responseMs: ms, ...more });
    if (fate.dry) return said('failed', fate.ms, { noStock: true });
    if (!fate.silent) return said(fate.served ? 'delivered' : fate.ms === TIMEOUT_MS ? 'timed-out' : 'failed', fate.ms);
    said('ambiguous', TIMEOUT_MS);
    // asked after, it says; at the latest an hour later its bill does
    said(fate.served ? 'delivered' : 'failed', fate.unknown ? 3_600_000 : fate.ms, { late: true });
  }

  /**
   * What a delivery brings. What comes after it, complaints, bad codes and buyers who come back, is counted by its true chance: the events
   * themselves are heard by the policy, but their luck would hide differences between policies in noise.
   */
  private delivered(order: MarketOrder, offer: PublicOffer, { price, late, at }: { price: number; late: boolean; at: number }): number {
    const { seed, regime, suppliers } = this.world;
    const { complaint = 0, invalid = 0 } = suppliers[offer.supplier] ?? {};
    const u = (stream: number): number => chanceOf(seed, order.index, 9, offer.index, stream);
    const complaintChance = complaint * (late ? 1.5 : 1);
    const returnChance = (complains: boolean): number => 0.3 * (late ? 0.6 : 1) * (complains ? 0.1 : 1);
    const complains = u(STREAM.complains) < complaintChance;
    if (complains) this.agenda.add(at - Math.log(u(STREAM.delay)) * DAY_MS, { kind: 'complaint', at: 0, offer });
    if (order.at >= WARM_DAYS * DAY_MS) note.complaint(this.tally, complaintChance);
    if (this.isBad(order, offer)) {
      const known = at + INVALID_KNOWN_MS;
      this.agenda.add(known, { kind: 'attempt', at: known, offer, outcome: 'invalid-code', responseMs: 0, late: true });
    }
    if (u(STREAM.returns) < returnChance(complains)) this.agenda.add(at + RETURN_MS, { kind: 'return', at: 0, offer });
    const returns = complaintChance * returnChance(true) + (1 - complaintChance) * returnChance(false);
    return (
      price * (1 - invalid) -
      offer.costMinor * order.quantity -
      (late ? regime.lateShare * price : 0) -
      complaintChance * complaintMinor(price) +
      returns * RETURN_SHARE * price
    );
  }
}
