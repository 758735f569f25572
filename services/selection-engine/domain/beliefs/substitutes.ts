import type { Beliefs } from './beliefs';
import { categoryOf, type Chose, noteChoice, seenIn } from './choices';
import { probability } from './rates';
import { learnAnswer, type Traits, weighed, weightsOf } from './tastes';

/** Words on substitutes are few: they last long. */
const WORDS_HALF_MS = 60 * 86_400_000;
/** So many words hold what is said of a good, and of a pair, to what was foreseen. */
const WORDS_WEIGHT = 20;
/** Of a word of which nothing else is known. */
const USUAL_YES = 0.75;
/** What was foreseen for sure leaves words nothing to say. */
const FORESEEN_MOST = 0.98;
/** Goods and pairs of which words are remembered; whichever was not heard of for longest goes first. */
export const WORDS_MAX = 50_000;
/** Guadagni-Little: what a buyer bought last weighs a fifth. */
export const LOYALTY_STEP = 0.2;
/** Buyers whose loyalty is remembered, and goods for each; the one that was heard of longest ago goes first. */
export const BUYERS_MAX = 50_000;
export const GOODS_OF_BUYER_MAX = 20;

/** Words on a substitute: of how many it was a yes or a no, and how many had been foreseen to say yes. */
export interface Words {
  good: number;
  bad: number;
  foreseen: number;
  at: number;
}

/** A buyer's answer, in parts of one. */
export interface Answer extends Partial<Omit<Substitute, 'sku' | 'insteadOf'>> {
  readonly at: number;
  readonly sku: string;
  readonly insteadOf: string;
  readonly good: number;
  readonly bad: number;
}

/** Learns what buyers look at from what they say, and of the good and the pair what that does not explain. */
export function noteAnswer(beliefs: Beliefs, it: Answer): void {
  const { at, sku, insteadOf, good, bad } = it;
  const [ofGood, ofPair] = [wordsIn(beliefs, `>${sku}`, at), wordsIn(beliefs, `${insteadOf}>${sku}`, at)];
  const [saysGood, saysPair] = [said(ofGood, at), said(ofPair, at)];
  const z = isTold(it) ? foreseenAndLearnt(beliefs, it, saysGood + saysPair) : logit(USUAL_YES);
  addWords(ofGood, at, { good, bad, foreseen: (good + bad) * logistic(z) });
  addWords(ofPair, at, { good, bad, foreseen: (good + bad) * logistic(z + saysGood) });
}

/** What was delivered in another's place is complained of (1), or was not after all (-1): one word more, of whoever. */
export function noteUnkept(beliefs: Beliefs, { at, sku, insteadOf }: Pick<Answer, 'at' | 'sku' | 'insteadOf'>, bad: number): void {
  for (const key of [`>${sku}`, `${insteadOf}>${sku}`])
    addWords(wordsIn(beliefs, key, at), at, { good: 0, bad, foreseen: bad * USUAL_YES });
}

const isTold = (it: Answer): it is Answer & Substitute => it.referenceMinor !== undefined && it.priceMinor !== undefined;

/** @returns what was foreseen of it without words, in logits */
function foreseenAndLearnt(beliefs: Beliefs, it: Answer & Substitute, words: number): number {
  const { tastes } = beliefs;
  const { category = categoryOf(tastes, it.sku), good, bad } = it;
  const traits = traitsIn(beliefs, it, category);
  const given = givenOf(beliefs, it);
  const z = given + weighed(weightsOf(tastes, category), traits);
  learnAnswer(tastes, category, { traits, given: given + words, good, bad });
  return z;
}

export function notePurchase(beliefs: Beliefs, chose: Chose): void {
  noteChoice(beliefs, chose);
  const { loyalty } = beliefs;
  const { buyer, sku } = chose;
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
  /** Absent: where the good was last on offer. */
  readonly category?: string;
  /** Of the good's attributes, in [0,1]. */
  readonly similarity?: number;
  readonly sameCategory: boolean;
  /** Price of the good that was asked for, and of this one; minor units. */
  readonly referenceMinor: number;
  readonly priceMinor: number;
  readonly preApproved: boolean;
}

/** What is given in the acceptance model (selection.md 3): policy, nest, heat. What buyers look at is learnt (`USUAL`). */
export const ACCEPTANCE = { preApproved: 1.6, asked: 0.2, nest: 0.7, heat: 0.2 } as const;

/** P(the buyer keeps the substitute), in [0,1]: a logit of what is known of the pair, the good and the buyer. */
export function acceptanceOf(beliefs: Beliefs, it: Substitute, at: number): number {
  const { substitutes, tastes } = beliefs;
  const { category = categoryOf(tastes, it.sku) } = it;
  const words = said(substitutes.get(`>${it.sku}`), at) + said(substitutes.get(`${it.insteadOf}>${it.sku}`), at);
  return probability(logistic(givenOf(beliefs, it) + weighed(weightsOf(tastes, category), traitsIn(beliefs, it, category)) + words));
}

type Given = Partial<Pick<Substitute, 'preApproved' | 'sameCategory'>> & Pick<Substitute, 'sku'>;

function givenOf({ heat }: Beliefs, { sku, preApproved = false, sameCategory = true }: Given): number {
  const policy = preApproved ? ACCEPTANCE.preApproved : ACCEPTANCE.asked;
  const nest = sameCategory ? ACCEPTANCE.nest : -ACCEPTANCE.nest;
  return policy + nest + ACCEPTANCE.heat * Math.log(Math.max(0.1, heat.get(sku) ?? 1));
}

/** The faithful take another good badly. */
function traitsIn(beliefs: Beliefs, it: Omit<Substitute, 'preApproved'>, category: string): Traits {
  const { buyer, insteadOf, referenceMinor } = it;
  const liked = buyer === undefined ? undefined : beliefs.loyalty.get(buyer);
  return seenIn(beliefs.tastes, { insteadOf, referenceMinor, category, liked })(it);
}

/** What words add, in logits: their share, held to what was foreseen of them, against that. */
function said(words: Words | undefined, at: number): number {
  if (words === undefined) return 0;
  const all = words.good + words.bad;
  if (!(all > 0)) return 0;
  const foreseen = Math.min(FORESEEN_MOST, Math.max(1 - FORESEEN_MOST, words.foreseen / all));
  const fade = faded(words, at);
  return logit((WORDS_WEIGHT * foreseen + words.good * fade) / (WORDS_WEIGHT + all * fade)) - logit(foreseen);
}

function addWords(it: Words, at: number, { good, bad, foreseen }: Omit<Words, 'at'>): void {
  const [fade, weight] = [faded(it, at), 2 ** (-Math.max(0, it.at - at) / WORDS_HALF_MS)];
  it.good = Math.max(0, it.good * fade + good * weight);
  it.bad = Math.max(0, it.bad * fade + bad * weight);
  it.foreseen = Math.max(0, it.foreseen * fade + foreseen * weight);
  it.at = Math.max(it.at, at);
}

const faded = (it: Words, at: number): number => 2 ** (-Math.max(0, at - it.at) / WORDS_HALF_MS);

function wordsIn({ substitutes }: Beliefs, key: string, at: number): Words {
  const words = substitutes.get(key) ?? { good: 0, bad: 0, foreseen: 0, at };
  substitutes.delete(key); // the youngest last
  substitutes.set(key, words);
  if (substitutes.size > WORDS_MAX) substitutes.delete(substitutes.keys().next().value ?? '');
  return words;
}

const logit = (p: number): number => Math.log(p / (1 - p));
const logistic = (z: number): number => 1 / (1 + Math.exp(-z));
