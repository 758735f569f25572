import type { Beliefs } from './beliefs';
import { addCounts, countsAt, noCounts, probability } from './rates';
import type { RateSettings } from './settings';

/** Words on substitutes are few: they last long, and a pair's own weigh against all words on the substitute. */
const WORDS: RateSettings = {
  halfLifeMs: 60 * 86_400_000,
  prior: { good: 6, bad: 2 },
  weight: { category: 8, supplier: 8, offer: 8 },
};
/** Guadagni-Little: what a buyer bought last weighs a fifth. */
export const LOYALTY_STEP = 0.2;
/** Buyers whose loyalty is remembered, and goods for each; the one that was heard of longest ago goes first. */
export const BUYERS_MAX = 50_000;
export const GOODS_OF_BUYER_MAX = 20;

interface Answer {
  readonly at: number;
  readonly sku: string;
  readonly insteadOf: string;
  readonly good: number;
  readonly bad: number;
}

export function noteAnswer({ substitutes }: Beliefs, { at, sku, insteadOf, good, bad }: Answer): void {
  for (const key of [`${insteadOf}>${sku}`, `>${sku}`]) {
    const counts = substitutes.get(key) ?? noCounts(at);
    substitutes.set(key, counts);
    addCounts(counts, WORDS, at, good, bad);
  }
}

export function notePurchase({ loyalty }: Beliefs, { buyer, sku }: { buyer: string; sku: string }): void {
  const goods = loyalty.get(buyer) ?? new Map<string, number>();
  loyalty.delete(buyer); // the youngest last
  loyalty.set(buyer, goods);
  for (const [known, value] of goods) goods.set(known, value * (1 - LOYALTY_STEP));
  goods.set(sku, (goods.get(sku) ?? 0) + LOYALTY_STEP);
  if (goods.size > GOODS_OF_BUYER_MAX) goods.delete(goods.keys().next().value ?? '');
  if (loyalty.size > BUYERS_MAX) loyalty.delete(loyalty.keys().next().value ?? '');
}

/** Forgets a buyer: whoever asks to be erased is. */
export const forgetBuyer = ({ loyalty }: Beliefs, buyer: string): boolean => loyalty.delete(buyer);

/** A good in place of another, as its buyer would see it. */
export interface Substitute {
  readonly sku: string;
  readonly insteadOf: string;
  readonly buyer?: string;
  /** Of the good's attributes, in [0,1]. */
  readonly similarity?: number;
  readonly sameCategory: boolean;
  /** Price of the good that was asked for, and of this one; minor units. */
  readonly referenceMinor: number;
  readonly priceMinor: number;
  readonly preApproved: boolean;
}

/** Weights of the acceptance model (selection.md 3): policy, likeness, saving, nest, words, loyalty, heat. */
export const ACCEPTANCE = { preApproved: 1.6, asked: 0.2, likeness: 0.8, saving: 0.6, nest: 0.7, loyalty: 2, heat: 0.2 } as const;

/** P(the buyer keeps the substitute), in [0,1]: a logit of what is known of the pair, the good and the buyer. */
export function acceptanceOf(beliefs: Beliefs, it: Substitute, at: number): number {
  const { substitutes, loyalty, heat } = beliefs;
  const words = (key: string) => countsAt(substitutes.get(key) ?? noCounts(at), WORDS, at);
  const { good, bad } = WORDS.prior;
  const usual = good / (good + bad);
  const ofGood = shrunkWords(usual, good + bad, words(`>${it.sku}`));
  const ofPair = shrunkWords(ofGood, WORDS.weight.offer, words(`${it.insteadOf}>${it.sku}`));
  const saving = Math.max(0, it.referenceMinor - it.priceMinor) / Math.max(1, it.referenceMinor);
  const z =
    (it.preApproved ? ACCEPTANCE.preApproved : ACCEPTANCE.asked) +
    ACCEPTANCE.likeness * ((it.similarity ?? 0.5) - 0.5) +
    ACCEPTANCE.saving * saving +
    (it.sameCategory ? ACCEPTANCE.nest : -ACCEPTANCE.nest) +
    logit(probability(ofPair)) -
    logit(usual) +
    ACCEPTANCE.loyalty * loyaltyOf(loyalty, it) +
    ACCEPTANCE.heat * Math.log(Math.max(0.1, heat.get(it.sku) ?? 1));
  return probability(1 / (1 + Math.exp(-z)));
}

const shrunkWords = (mean: number, weight: number, [good, all]: readonly [number, number]): number =>
  (weight * mean + good) / (weight + all);

/** For the substitute, less that for the good that is missing: the faithful take another one badly. */
function loyaltyOf(loyalty: Beliefs['loyalty'], { buyer, sku, insteadOf }: Substitute): number {
  const goods = buyer === undefined ? undefined : loyalty.get(buyer);
  return goods === undefined ? 0 : (goods.get(sku) ?? 0) - 0.5 * (goods.get(insteadOf) ?? 0);
}

const logit = (p: number): number => Math.log(p / (1 - p));
