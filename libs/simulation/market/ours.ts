import {
  type Beliefs,
  type CandidateOffer,
  type CandidateRequest,
  createBeliefs,
  type MarketObservation,
  observe,
  rankCandidates,
} from '@midstream/selection-engine-domain';
import { type Answer, ATTEMPTS, type Heard, type Policy, type PublicOffer, type Question } from './policy';
import { complaintMinor, QUERY_MS, RETURN_SHARE, TIMEOUT_MS } from './regimes';

/** The policy under test: the service's own domain, through the two functions that it exports. */
export class Ours implements Policy {
  readonly name = 'midstream';
  private readonly beliefs: Beliefs = createBeliefs();
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
      ...(first !== undefined && { success: first.success, onTime: first.onTime, stock: first.stock }),
    };
  }

  hear(heard: Heard): void {
    observe(this.beliefs, factOf(heard, this.quantities.get(heard.offer)));
  }

  /** Each snapshot once. */
  private stock({ name, stock, stockAt }: PublicOffer): void {
    if (this.told.get(name) === stockAt) return;
    this.told.set(name, stockAt);
    observe(this.beliefs, { type: 'stock', at: stockAt, offerId: name, units: stock });
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
    responseMs,
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
