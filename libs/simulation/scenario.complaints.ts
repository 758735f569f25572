import { randomOf } from './random';
import type { Timed } from './scenario';

/** Worlds in which merchants complain and operators answer: what they draw, no other world draws. */
const COMPLAINING_EVERY = 11;
const COMPLAINING_AT = 8;
const COMPLAINTS = 40;
const ACTING_MS = 180_000;

/** Of a line to which units have come, if there is one by then; what is drawn decides which, of how many units, and who says what how often. */
export interface ComplaintWish {
  readonly pick: number;
  readonly units: 'one' | 'all' | 'more';
  /** `last-moment`: when the newest units of it may still be complained of; `too-late`: a moment later. */
  readonly when: 'now' | 'last-moment' | 'too-late';
  readonly namesGood: boolean;
  readonly twice: boolean;
  readonly foreign: boolean;
  /** The operators' answers, one after the other. */
  readonly answers: readonly ('rejected' | 'refunded' | 'part' | 'too-much')[];
  readonly answersMs: number;
}

export function complaints(seed: number): Timed[] {
  if (seed % COMPLAINING_EVERY !== COMPLAINING_AT) return [];
  const random = randomOf(seed, 'complaints');
  const answer = () => random.pick(['rejected', 'refunded', 'refunded', 'part', 'too-much'] as const);
  return Array.from({ length: COMPLAINTS }, () => ({
    kind: 'complain',
    pick: random.whole(0, 1e6),
    units: random.pick(['one', 'one', 'all', 'more'] as const),
    when: random.pick(['now', 'now', 'now', 'last-moment', 'too-late'] as const),
    namesGood: random.chance(0.5),
    twice: random.chance(0.2),
    foreign: random.chance(0.05),
    answers: Array.from({ length: random.whole(0, 3) }, answer),
    answersMs: random.pick([0, 400, 20_000]),
    atMs: random.whole(5_000, ACTING_MS),
  }));
}
