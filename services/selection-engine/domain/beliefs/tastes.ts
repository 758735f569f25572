/**
 * What a good in another's place is judged by; each is 0 where nothing is known of it. `level`: whatever it is. `likeness`: of its attributes,
 * less a half. `saving`: share of the missing good's price. `loyalty`: how much its buyer is used to it, less half of what he is to the missing
 * one. `habit`: the log of how often he takes it, times a good of its category that nobody prefers. `price`: tenths by which it costs more than
 * it usually does. `popularity`: log of how often it is taken where it could be, times chance.
 */
export const TRAITS = ['level', 'likeness', 'saving', 'loyalty', 'habit', 'price', 'popularity'] as const;
const SIZE = TRAITS.length;
export type Traits = readonly number[];

/** What each weighs before anything was learnt, in logits. */
export const USUAL: Traits = [0, 0.8, 0.6, 2, 0, -0.25, 0];
/**
 * How sure it is: N(usual, 0.5²) for logs and tenths, N(usual, 1) for shares of one, which differ less from good to good. So weights of a market
 * lie around what is usual, and those of a category around its market's.
 */
const PRECISION: readonly number[] = [4, 1, 1, 1, 4, 4, 4];
/** Of a pivot, whatever rounding does. */
const LEAST = 1e-9;
/** Beyond it a trait says no more, and a weight is no further from what is usual. */
const TRAIT_MAX = 5;
export const WEIGHT_AWAY_MAX = 4;
/** So many newer observations of a category halve what one weighs: buyers change. */
const HALF_AFTER = 2_000;
const KEPT = 2 ** (-1 / HALF_AFTER);

/** A sum of quadratics, one an observation (online Laplace): minus its second derivatives below the diagonal and on it, and its pull. */
interface Learnt {
  readonly curvature: Float64Array;
  readonly pull: Float64Array;
}

/** What was learnt in one category, faded. */
export interface Taste extends Learnt {
  /** Where its next observation is looked at from: its own weights, around what is usual. */
  own: Traits;
  /** Its weights around those of all other categories, and how much was known then. */
  weights: Traits;
  asOf: number;
  /** Choices that were learnt from, and the goods among which they were made. */
  choices: number;
  offered: number;
}

/** Weights by category. Which of two categories is heard of first makes no difference to any. */
export interface TasteBook {
  readonly categories: Map<string, Taste>;
  /** The sum of all categories, the weights of one that is not known, and how many observations there were. */
  readonly all: Learnt & { weights: Traits; asOf: number };
  observations: number;
}

/** Categories that have a taste of their own; whichever was not heard of for longest goes first. */
export const TASTES_MAX = 500;

const nothing = (): Learnt => ({ curvature: new Float64Array(SIZE * SIZE), pull: new Float64Array(SIZE) });

export const noTasteBook = (): TasteBook => {
  const { curvature, pull } = nothing();
  return { categories: new Map(), all: { curvature, pull, weights: USUAL, asOf: 0 }, observations: 0 };
};

/** As much of a trait as counts. */
export const counted = (trait: number): number => Math.min(TRAIT_MAX, Math.max(-TRAIT_MAX, trait));

/** The weights of a category: its own, held to the market's; or the market's, where nothing is known of it. Worked out when they are asked for. */
export function weightsOf({ categories, all, observations }: TasteBook, category: string): Traits {
  const taste = categories.get(category);
  const known = taste ?? all;
  if (known.asOf === observations) return known.weights;
  known.asOf = observations;
  if (taste === undefined) known.weights = solved([all], USUAL);
  else known.weights = solved([taste], solved([all, taste], USUAL));
  return known.weights;
}

/** What its traits say for a good, in logits. */
export function weighed(weights: Traits, traits: Traits): number {
  let sum = 0;
  for (let n = 0; n < SIZE; n++) sum += (weights[n] ?? 0) * (traits[n] ?? 0);
  return sum;
}

/** Learns from a good that was taken (`good`) or not (`bad`), in parts of one; `given`: what else speaks for it, in logits. O(1). */
export function learnAnswer(
  book: TasteBook,
  category: string,
  { traits, given, good, bad }: { readonly traits: Traits; readonly given: number; readonly good: number; readonly bad: number },
): void {
  const taste = tasteIn(book, category);
  const said = 1 / (1 + Math.exp(-given - weighed(taste.own, traits)));
  const curvature = new Float64Array(SIZE * SIZE);
  addSquare(curvature, traits, (good + bad) * said * (1 - said));
  const gradient = traits.map((it) => it * (good - (good + bad) * said));
  learn(book, taste, { curvature, gradient });
}

/** Learns from one good that was taken of several: a conditional logit. O(options). */
export function learnChoice(book: TasteBook, category: string, options: readonly Traits[], chosen: number): void {
  const taste = tasteIn(book, category);
  const shares = sharesOf(options.map((it) => weighed(taste.own, it)));
  const mean = new Array<number>(SIZE).fill(0);
  const curvature = new Float64Array(SIZE * SIZE);
  for (let k = 0; k < options.length; k++) {
    const [traits, share] = [options[k] ?? USUAL, shares[k] ?? 0];
    for (let n = 0; n < SIZE; n++) mean[n] = (mean[n] ?? 0) + share * (traits[n] ?? 0);
    addSquare(curvature, traits, share);
  }
  addSquare(curvature, mean, -1);
  const taken = options[chosen] ?? mean;
  learn(book, taste, { curvature, gradient: mean.map((it, n) => (taken[n] ?? 0) - it) });
  taste.choices = KEPT * taste.choices + 1;
  taste.offered = KEPT * taste.offered + options.length;
}

/** One observation as its category sees it: the gradient of its likelihood, and minus its second derivatives. */
interface Lesson {
  readonly gradient: Traits;
  readonly curvature: Float64Array;
}

function learn(book: TasteBook, taste: Taste, { curvature, gradient }: Lesson): void {
  add(book.all, taste, -1);
  for (let row = 0; row < SIZE; row++) {
    let along = 0;
    for (let column = 0; column < SIZE; column++) {
      const at = Math.max(row, column) * SIZE + Math.min(row, column);
      along += (curvature[at] ?? 0) * (taste.own[column] ?? 0);
      if (column <= row) taste.curvature[at] = KEPT * (taste.curvature[at] ?? 0) + (curvature[at] ?? 0);
    }
    taste.pull[row] = KEPT * (taste.pull[row] ?? 0) + along + (gradient[row] ?? 0);
  }
  add(book.all, taste, 1);
  taste.own = solved([taste], USUAL);
  book.observations++;
}

function add(to: Learnt, { curvature, pull }: Learnt, times: number): void {
  for (let n = 0; n < curvature.length; n++) to.curvature[n] = (to.curvature[n] ?? 0) + times * (curvature[n] ?? 0);
  for (let n = 0; n < pull.length; n++) to.pull[n] = (to.pull[n] ?? 0) + times * (pull[n] ?? 0);
}

function tasteIn(book: TasteBook, category: string): Taste {
  const { categories } = book;
  const known = categories.get(category);
  const { curvature, pull } = known ?? nothing();
  const taste = known ?? { curvature, pull, own: USUAL, weights: USUAL, asOf: -1, choices: 0, offered: 0 };
  categories.delete(category); // the youngest last
  categories.set(category, taste);
  const [oldest] = categories.size > TASTES_MAX ? categories : [];
  if (oldest === undefined) return taste;
  add(book.all, oldest[1], -1);
  categories.delete(oldest[0]);
  return taste;
}

/** Shares of a logit. */
function sharesOf(values: readonly number[]): number[] {
  const most = Math.max(...values);
  const odds = values.map((it) => Math.exp(it - most));
  const all = odds.reduce((sum, it) => sum + it, 0);
  return odds.map((it) => it / all);
}

/** Only below the diagonal and on it: the rest is alike. */
function addSquare(matrix: Float64Array, vector: Traits, times: number): void {
  for (let row = 0; row < SIZE; row++) {
    const value = times * (vector[row] ?? 0);
    for (let column = 0; column <= row; column++) {
      const at = row * SIZE + column;
      matrix[at] = (matrix[at] ?? 0) + value * (vector[column] ?? 0);
    }
  }
}

/** The likeliest weights around those of the level above, by what was learnt, less a part of it. */
function solved([from, less]: readonly [Learnt, Learnt?], above: Traits): Traits {
  const matrix = Float64Array.from(from.curvature, (it, at) => it - (less?.curvature[at] ?? 0) + (at % (SIZE + 1) === 0 ? (PRECISION[at / (SIZE + 1)] ?? 1) : 0)); // prettier-ignore
  const right = Float64Array.from(from.pull, (it, n) => it - (less?.pull[n] ?? 0) + (PRECISION[n] ?? 1) * (above[n] ?? 0));
  cholesky(matrix, right);
  return USUAL.map((usual, n) => Math.min(usual + WEIGHT_AWAY_MAX, Math.max(usual - WEIGHT_AWAY_MAX, right[n] ?? usual)));
}

/** Solves in place. The matrix is positive definite, since its diagonal holds the prior; only its lower half is looked at. */
function cholesky(matrix: Float64Array, right: Float64Array): void {
  for (let row = 0; row < SIZE; row++)
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * SIZE + column] ?? 0;
      for (let n = 0; n < column; n++) sum -= (matrix[row * SIZE + n] ?? 0) * (matrix[column * SIZE + n] ?? 0);
      matrix[row * SIZE + column] = row === column ? Math.sqrt(Math.max(LEAST, sum)) : sum / (matrix[column * SIZE + column] ?? 1);
    }
  for (let row = 0; row < SIZE; row++) {
    for (let n = 0; n < row; n++) right[row] = (right[row] ?? 0) - (matrix[row * SIZE + n] ?? 0) * (right[n] ?? 0);
    right[row] = (right[row] ?? 0) / (matrix[row * SIZE + row] ?? 1);
  }
  for (let row = SIZE - 1; row >= 0; row--) {
    for (let n = row + 1; n < SIZE; n++) right[row] = (right[row] ?? 0) - (matrix[n * SIZE + row] ?? 0) * (right[n] ?? 0);
    right[row] = (right[row] ?? 0) / (matrix[row * SIZE + row] ?? 1);
  }
}
