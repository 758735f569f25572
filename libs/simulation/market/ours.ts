import {
  type Beliefs,
  type CandidateOffer,
  type CandidateRequest,
  createBeliefs,
  JUDGED_REPURCHASE,
  type MarketObservation,
  observe,
  rankCandidates,
  type RankedChain,
} from '@midstream/selection-engine-domain';
import { type Answer, ATTEMPTS, type Foreseen, type Heard, type Policy, type PublicOffer, type Question } from './policy';
import { complaintMinor, QUERY_MS, RETURN_SHARE, TIMEOUT_MS } from './regimes';

/** The policy under test: the service's own domain, through the two functions that it exports. */
export class Ours implements Policy {
  readonly name = 'midstream';
  private readonly beliefs: Beliefs = createBeliefs({ repurchase: JUDGED_REPURCHASE });
  private readonly returns = new Returns();
  private readonly told = new Map<string, number>();
  /** What was ordered by which look at an offer: an attempt is told with it. */
  private readonly quantities = new WeakMap<PublicOffer, number>();

  answer(question: Question): Answer {
    for (const it of question.offers) {
      this.stock(it);
      this.quantities.set(it, question.quantity);
    }
    const ranked = rankCandidates(this.beliefs, requestOf(question));
    const places = new Map(question.offers.map((it, place) => [it.name, place]));
    const [first] = ranked.candidates;
    return {
      chain: ranked.candidates.slice(0, ranked.chainLength).flatMap((it) => places.get(it.offerId) ?? []),
      money: moneyOf(ranked, question),
      ...(first !== undefined && { success: first.success, onTime: first.onTime, stock: first.stock }),
    };
  }

  hear(heard: Heard): void {
    if (heard.kind === 'return') return this.returns.heard(heard.offer);
    for (const { at, offer, returned } of this.returns.judged(heard))
      observe(this.beliefs, { type: 'repurchase', at, ...named(offer), judged: 1, returned });
    observe(this.beliefs, factOf(heard, this.quantities.get(heard.offer)));
  }

  /** Each snapshot once. */
  private stock({ name, stock, stockAt }: PublicOffer): void {
    if (this.told.get(name) === stockAt) return;
    this.told.set(name, stockAt);
    observe(this.beliefs, { type: 'stock', at: stockAt, offerId: name, units: stock });
  }
}

/** So long after a delivery it is known whether its buyer came back. */
const JUDGED_MS = 7 * 86_400_000;

/** Buyers who came back, told as the service tells them: with the deliveries of which that is known. A look at an offer belongs to one order. */
class Returns {
  private readonly delivered: { readonly at: number; readonly offer: PublicOffer }[] = [];
  private first = 0;
  private readonly back = new WeakSet<PublicOffer>();

  heard(offer: PublicOffer): void {
    this.back.add(offer);
  }

  judged({ kind, at, offer, ...it }: Heard): { readonly at: number; readonly offer: PublicOffer; readonly returned: number }[] {
    if (kind === 'attempt' && 'outcome' in it && it.outcome === 'delivered') this.delivered.push({ at, offer });
    const found = [];
    for (let next = this.delivered[this.first]; next !== undefined && next.at + JUDGED_MS <= at; next = this.delivered[++this.first]) {
      found.push({ at: Math.floor(at), offer: next.offer, returned: Number(this.back.has(next.offer)) });
    }
    return found;
  }
}

const named = ({ name, supplier, group, sku, category }: PublicOffer) => ({
  offerId: name,
  supplierId: `s${supplier}`,
  upstreamGroup: `u${group}`,
  sku,
  category,
});

function factOf(heard: Heard, quantity: number | undefined): MarketObservation {
  const at = Math.floor(heard.at);
  if (heard.kind !== 'attempt') return { type: heard.kind === 'complaint' ? 'complaint' : 'repurchase', at, ...named(heard.offer) };
  const { offer, outcome, responseMs, noStock, late } = heard;
  return {
    type: 'attempt',
    at,
    ...named(offer),
    outcome,
    // what nobody answered is asked after before the next attempt
    responseMs: outcome === 'ambiguous' ? responseMs + QUERY_MS : responseMs,
    stock: offer.stock,
    stockAt: offer.stockAt,
    ...(quantity !== undefined && { quantity }),
    ...(noStock === true && { reason: 'no-stock' as const }),
    ...(late === true && { late }),
  };
}

function requestOf({ at, quantity, offers, deadlineMs, regime }: Question): CandidateRequest {
  const price = offers[0]?.priceMinor ?? 0;
  return {
    at,
    line: { sku: offers[0]?.sku ?? '', quantity, priceCapMinor: price, deliverByAt: at + deadlineMs, segment: regime.segment },
    offers: offers.map((it) => candidateOf(it, quantity)),
    attemptsMax: ATTEMPTS,
    economics: {
      failedAttemptMinor: regime.failureShare * price,
      lostSaleMinor: regime.lostShare * price,
      lateMinor: regime.lateShare * price,
      complaintMinor: complaintMinor(price * quantity) / quantity,
      invalidCodeMinor: price,
      repurchaseMinor: RETURN_SHARE * price,
      queryMs: QUERY_MS,
      // the hub's money in the mean is what is measured here
      riskAversion: 0,
    },
  };
}

/** Of the whole order: the chain's own value, and how far its ends lie apart. */
function moneyOf({ candidates, chainLength, valueMinor }: RankedChain, { quantity, regime, offers }: Question): Foreseen {
  const lost = regime.lostShare * (offers[0]?.priceMinor ?? 0);
  let [open, spent, sum, squares] = [1, 0, 0, 0];
  const end = (chance: number, minor: number): void => {
    sum += chance * minor;
    squares += chance * minor * minor;
  };
  for (const { success, parts } of candidates.slice(0, chainLength)) {
    const { failureMinor, ...gains } = parts;
    const gain = Object.values(gains).reduce((total, it) => total + it, 0) / success;
    end(open * success, gain - spent);
    spent += success < 1 ? -failureMinor / (1 - success) - lost : 0;
    open *= 1 - success;
  }
  end(open, -lost - spent);
  return { mean: valueMinor * quantity, variance: Math.max(0, squares - sum * sum) * quantity * quantity };
}

const candidateOf = (it: PublicOffer, quantity: number): CandidateOffer => ({
  ...named(it),
  priceMinor: it.priceMinor,
  costTiers: it.costTiers,
  leadTimeMs: Math.min(it.leadTimeMs, TIMEOUT_MS),
  stock: it.stock,
  stockAt: it.stockAt,
  // an order is not split here: who has less has nothing
  minQuantity: quantity,
});
