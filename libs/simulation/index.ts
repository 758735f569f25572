export { type Outcome, type Options, simulate } from './simulate';
export { shorten, type Shortened, story } from './shorten';
