export { CEILING, compare, type Comparison, type Interval, playAll, type Row, UNDER_TEST } from './compare';
export { type Behind, play } from './play';
export type { Answer, Heard, Policy, PublicOffer, Question } from './policy';
export { type Regime, REGIMES } from './regimes';
export { type HiddenWorld, worldOf } from './world';
