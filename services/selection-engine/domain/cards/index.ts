export { evaluate, type Evaluation } from './evaluate';
export { type Card, recommend, type Recommendation, type Role, ROLE_NAMES, ROLES, kinship } from './recommend';
export type { Good, Influence, Link } from './goods';
export { CARDS_LEAST, CARDS_MAX, type CardNeed } from './need';
export { stockOutProbability } from './outlook';
export { type Package, PACKAGES, packageOf } from './packages';
export { type ScoreBasis, type Scores, scoresOf } from './scores';
export { contributions, type Group, GROUPS, type Traits, valueOf } from './value';
export type { Name } from './words';
