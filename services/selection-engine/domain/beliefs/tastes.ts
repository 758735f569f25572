/**
 * What a good in another's place is judged by; each is 0 where nothing is known of it, so that then only `USUAL` and today's prices speak.
 * `level`: whatever it is. `likeness`: of its attributes, less a half. `saving`: share of the missing good's price. `loyalty`: how much its
 * buyer is used to it, less half of what he is to the missing one. `habit`: the log of how often he takes it, times a good of its category
 * that nobody prefers. `price`: tenths by which it costs more than it usually does. `popularity`: log of how often it is taken where it
 * could be, times chance.
 */
export const TRAITS = ['level', 'likeness', 'saving', 'loyalty', 'habit', 'price', 'popularity'] as const;
const SIZE = TRAITS.length;
export type Traits = Float64Array;

/** What each weighs before anything was learnt, in logits: half of all markets lie within a third of a logit of it. */
export const USUAL: Traits = Float64Array.of(0, 0.8, 0.6, 2, 0, -0.25, 0);
/** N(usual, 0.5²). */
const PRIOR_PRECISION = 4;
/** Beyond it a trait says no more, and a weight is no further from what is usual. */
const TRAIT_MAX = 5;
export const WEIGHT_AWAY_MAX = 4;
/** So many newer observations halve what one weighs: buyers change. */
const HALF_AFTER = 2_000;
const KEPT = 2 ** (-1 / HALF_AFTER);

/**
 * Weights as they were learnt: a normal around what is usual one level above, and a quadratic for each observation (online Laplace), all of it
 * in numbers of one size. `curvature` and `pull` are the observations' alone, so that the level above may move under them.
 */
export interface Taste {
  readonly curvature: Float64Array;
  readonly pull: Float64Array;
  readonly weights: Traits;
  /** Choices that were learnt from, and the goods among which they were made; both faded. */
  choices: number;
  offered: number;
}

export const noTaste = (): Taste => ({
  curvature: new Float64Array(SIZE * SIZE),
  pull: new Float64Array(SIZE),
  weights: USUAL.slice(),
  choices: 0,
  offered: 0,
});

export const traitsOf = (...values: number[]): Traits => Float64Array.from(values, (it) => Math.min(TRAIT_MAX, Math.max(-TRAIT_MAX, it)));

/** What its traits say for a good, in logits. */
export function weighed({ weights }: Pick<Taste, 'weights'>, traits: Traits): number {
  let sum = 0;
  for (let n = 0; n < SIZE; n++) sum += (weights[n] ?? 0) * (traits[n] ?? 0);
  return sum;
}

/** One observation at today's weights: the gradient of its likelihood, and minus its second derivative. */
interface Lesson {
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
}

/** Of a good that was taken or not, where it was foreseen as `said`. */
export function lessonOfAnswer(traits: Traits, said: number, { good, bad }: { readonly good: number; readonly bad: number }): Lesson {
  const gradient = traits.map((it) => it * (good - (good + bad) * said));
  const curvature = new Float64Array(SIZE * SIZE);
  addSquare(curvature, traits, (good + bad) * said * (1 - said));
  return { gradient, curvature };
}

/** Of one good that was taken of several: a conditional logit. */
export function lessonOfChoice(taste: Taste, options: readonly Traits[], chosen: number): Lesson {
  const shares = sharesOf(options.map((it) => weighed(taste, it)));
  const mean = new Float64Array(SIZE);
  options.forEach((it, k) => it.forEach((value, n) => (mean[n] = (mean[n] ?? 0) + (shares[k] ?? 0) * value)));
  const curvature = new Float64Array(SIZE * SIZE);
  const less = (it: Traits): Traits => it.map((value, n) => value - (mean[n] ?? 0));
  options.forEach((it, k) => addSquare(curvature, less(it), shares[k] ?? 0));
  return { gradient: less(options[chosen] ?? mean), curvature };
}

/** Takes an observation in; `above` are the weights of the level above. O(1). */
export function learnTaste({ curvature, pull, weights }: Taste, lesson: Lesson, above: Traits): void {
  for (let row = 0; row < SIZE; row++) {
    let along = 0;
    for (let column = 0; column < SIZE; column++) {
      const at = row * SIZE + column;
      const bent = lesson.curvature[at] ?? 0;
      along += bent * (weights[column] ?? 0);
      curvature[at] = KEPT * (curvature[at] ?? 0) + bent;
    }
    pull[row] = KEPT * (pull[row] ?? 0) + along + (lesson.gradient[row] ?? 0);
  }
  const matrix = curvature.map((it, at) => it + (at % (SIZE + 1) === 0 ? PRIOR_PRECISION : 0));
  const learnt = solved(matrix, pull.map((it, n) => it + PRIOR_PRECISION * (above[n] ?? 0))); // prettier-ignore
  for (let n = 0; n < SIZE; n++) {
    const usual = USUAL[n] ?? 0;
    weights[n] = Math.min(usual + WEIGHT_AWAY_MAX, Math.max(usual - WEIGHT_AWAY_MAX, learnt[n] ?? usual));
  }
}

export function noteOffered(taste: Taste, goods: number): void {
  taste.choices = KEPT * taste.choices + 1;
  taste.offered = KEPT * taste.offered + goods;
}

/** Shares of a logit. */
export function sharesOf(values: readonly number[]): number[] {
  const most = Math.max(...values);
  const odds = values.map((it) => Math.exp(it - most));
  const all = odds.reduce((sum, it) => sum + it, 0);
  return odds.map((it) => it / all);
}

function addSquare(matrix: Float64Array, vector: Traits, times: number): void {
  for (let row = 0; row < SIZE; row++)
    for (let column = 0; column < SIZE; column++) {
      const at = row * SIZE + column;
      matrix[at] = (matrix[at] ?? 0) + times * (vector[row] ?? 0) * (vector[column] ?? 0);
    }
}

/** By Gauss; the matrix is positive definite (its diagonal holds the prior), so that no pivot is near 0. Both are used up. */
function solved(matrix: Float64Array, right: Float64Array): Float64Array {
  for (let row = 0; row < SIZE; row++) {
    for (let lower = row + 1; lower < SIZE; lower++) {
      const times = (matrix[lower * SIZE + row] ?? 0) / (matrix[row * SIZE + row] ?? 1);
      for (let n = row; n < SIZE; n++) matrix[lower * SIZE + n] = (matrix[lower * SIZE + n] ?? 0) - times * (matrix[row * SIZE + n] ?? 0);
      right[lower] = (right[lower] ?? 0) - times * (right[row] ?? 0);
    }
  }
  for (let row = SIZE - 1; row >= 0; row--) {
    let sum = right[row] ?? 0;
    for (let n = row + 1; n < SIZE; n++) sum -= (matrix[row * SIZE + n] ?? 0) * (right[n] ?? 0);
    right[row] = sum / (matrix[row * SIZE + row] ?? 1);
  }
  return right;
}
