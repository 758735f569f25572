import type { GateCounts } from '@midstream/contracts';
import {
  type BuyerProfile,
  type Card,
  type Evidence,
  likingOf,
  type Outlook,
  type Recommendation,
  ROLE_NAMES,
} from '@midstream/selection-engine-domain';
import type { CardView, KnownBuyerView, OperatorCardView, RecommendationView, TextView } from './views';

type ExpectedMargin = Outlook['expectedMargin'];

const INSTANT_MS = 60_000;
export const rounded = (value: number, digits = 4): number => Math.round(value * 10 ** digits) / 10 ** digits;

export interface Told {
  readonly at: number;
  readonly isOperator: boolean;
  readonly evidence: (card: Card) => Evidence;
  /** Who buys, where he is remembered. */
  readonly buyer?: BuyerProfile;
}

export function recommendationView({ cards, gates, considered, package: set }: Recommendation, told: Told): RecommendationView {
  return {
    asOf: new Date(told.at).toISOString(),
    cards: cards.map((it) => (told.isOperator ? operatorView(it, told) : cardView(it, told))),
    considered,
    ...(set !== undefined && { package: { scenario: set.scenario, name: set.name, why: set.why } }),
    ...(cards.length === 0 && { unmet: { gates, text: unmetText(gates) } }),
  };
}

function cardView(card: Card, { at, evidence, buyer }: Told): CardView {
  const { good, roles, explained, scores, basis, suggestedQuantity, outlook } = card;
  const { product, chain, available, stockAsOf } = good;
  const { influence, resembles } = evidence(card);
  const perDay = 24 * outlook.demand.perHour.mean;
  const { sku, name, category, priceMinor, currency } = product;
  return {
    sku,
    name,
    category,
    priceMinor,
    currency,
    isSubstitute: !good.isWanted,
    suggestedQuantity,
    scores,
    roles: roles.map((role) => ({ role, ...ROLE_NAMES[role] })),
    stockRisk: { level: outlook.stockRisk.level, probability: rounded(outlook.stockRisk.probability) },
    onTime: rounded(good.onTime),
    stock: {
      available,
      asOf: stockAsOf,
      ageSeconds: Math.max(0, Math.round((at - Date.parse(stockAsOf)) / 1_000)),
      ...(perDay > 0 && { daysOfCover: rounded(available / perDay, 1) }),
    },
    verdict: basis.verdict,
    verdictLabel: VERDICT_LABELS[basis.verdict],
    fallbacks: chain.length - 1,
    isInstant: (chain[0]?.responseMs ?? Infinity) <= INSTANT_MS,
    reasons: (explained?.reasons ?? []).map(({ group, text, minor }) => ({ group, speaks: minor >= 0 ? 'for' : 'against', text })),
    ...(buyer !== undefined && { buyer: knownView(buyer, sku) }),
    ...(resembles !== undefined && {
      resembles: {
        caseId: resembles.case.caseId,
        similarity: rounded(resembles.similarity, 3),
        influence: rounded(influence, 5),
        ...(resembles.case.title !== undefined && { title: resembles.case.title }),
        orders: resembles.case.orders,
        delivered: rounded(resembles.case.delivered, 3),
      },
    }),
  };
}

/** In words, what his history says of the good. */
function knownView(buyer: BuyerProfile, sku: string): KnownBuyerView {
  const liking = likingOf(buyer, sku);
  const { orders, returns, tier } = buyer;
  const history = {
    zh: `该买家已有 ${orders} 单、其中 ${returns} 单为 30 天内复购`,
    en: `This buyer has ${orders} orders, ${returns} of them within 30 days of the one before`,
  };
  const text =
    liking > 0
      ? { zh: `${history.zh}，买过本商品`, en: `${history.en}, and has bought this good` }
      : { zh: `${history.zh}，未买过本商品`, en: `${history.en}, and has not bought this good` };
  return { orders, returns, tier, influence: rounded(liking, 5), text };
}

function operatorView(card: Card, told: Told): OperatorCardView {
  const { good, explained, outlook } = card;
  // Not a literal that begins with a spread (README decision 45): eighteen properties of each card were defined one by one
  return Object.assign(cardView(card, told), {
    expectedMargin: marginView(outlook.expectedMargin, good.product.priceMinor),
    buyAhead: outlook.suggestedQuantity,
    valueMinor: rounded(good.valueMinor, 2),
    ...(explained !== undefined && {
      contributions: { against: explained.against, minor: explained.contributions },
      counterfactual: explained.counterfactual,
    }),
    chain: good.chain.map(({ offer, fill, costMinor, responseMs }) => ({
      offerId: offer.offerId,
      supplierId: offer.supplierId,
      upstreamGroup: offer.upstreamGroup,
      fill: rounded(fill),
      costMinor,
      responseMs: Math.round(responseMs),
      tiers: offer.costTiers,
    })),
  });
}

const VERDICT_LABELS: Readonly<Record<Card['basis']['verdict'], TextView>> = {
  compliant: { zh: '合规', en: 'Compliant' },
  'high-risk': { zh: '高风险', en: 'High risk' },
  banned: { zh: '禁售', en: 'Banned' },
  unscreened: { zh: '未审核', en: 'Not screened yet' },
};

const GATE_WORDS: Readonly<Record<string, TextView>> = {
  'unknown-product': { zh: '商品未知或未上架', en: 'not known or not listed' },
  policy: { zh: '不符合需求', en: 'not what is asked for' },
  region: { zh: '该地区不可售', en: 'not sold in this region' },
  price: { zh: '价格超出上限或币种不符', en: 'too dear, or another currency' },
  excluded: { zh: '本订单已排除', en: 'excluded by this order' },
  closed: { zh: '货源暂停', en: 'closed' },
  quantity: { zh: '低于起订量', en: 'below the least quantity' },
  'lead-time': { zh: '赶不上交付时间', en: 'too slow for the deadline' },
  stock: { zh: '无库存', en: 'out of stock' },
  verdict: { zh: '合规禁售或高风险', en: 'banned or of high risk' },
  surge: { zh: '爆单期间未达核心指标', en: 'below the core indicators while demand bursts' },
};

/** Which gate stopped how many: a clear answer where nothing can be shown. */
function unmetText(gates: GateCounts): TextView {
  const counts = Object.entries(gates).filter(([, count]) => count > 0);
  if (counts.length === 0) return { zh: '目前没有任何货源提供这类商品。', en: 'No offer of such goods is known.' };
  const all = (language: keyof TextView) => counts.map(([gate, count]) => `${GATE_WORDS[gate]?.[language] ?? gate} ${count}`);
  return { zh: `没有可推荐的商品：${all('zh').join('，')}。`, en: `Nothing can be recommended: ${all('en').join(', ')}.` };
}

/** As shares of the price; the interval holds 80 of 100. */
export const marginView = ({ share, lowMinor, highMinor, meanMinor }: ExpectedMargin, priceMinor: number): object => {
  const of = (minor: number) => rounded(minor / Math.max(1, priceMinor));
  return {
    mean: rounded(share),
    low: Math.min(rounded(share), of(lowMinor)),
    high: Math.max(rounded(share), of(highMinor)),
    meanMinor,
    lowMinor,
    highMinor,
  };
};
