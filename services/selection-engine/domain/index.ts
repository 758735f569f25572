import type { AnyFact } from '@midstream/contracts';
import type { Domain } from '@midstream/kernel';
import { applyToBook, emptyBook, type OfferBook } from './book';
import { rankOffers } from './decide';
import type { SelectionCommand, SelectionEvent } from './messages';
import { react } from './react';
import { attemptOf, evolve, type Rows, uphold } from './state';

/** Decides which offers serve a line, and says why. Refuses nothing: a line that no offer can serve gets an empty list. */
export const selection: Domain<Rows, OfferBook, SelectionCommand, SelectionEvent, AnyFact, never> = {
  keysOf: ({ request }) => [{ kind: 'ranked', id: attemptOf(request) }],
  decide: rankOffers,
  evolve,
  uphold,
  react,
  view: { create: emptyBook, apply: applyToBook },
};

export * from './messages';
export { type OfferBook, SHADE_MS } from './book';
export { MODEL } from './decide';
export { PRICE_BAND_FLOOR } from './gates';
export { CONSIDERED_MAX } from './rank';
export { decisionIdOf, type Ranked, type Rows } from './state';
export { FAILURE_SHARE, FILL_PRIOR, LATE_SHARE, LOST_SALE_SHARE, RESPONSE_PRIOR_COUNT, SUBSTITUTION_SHARE } from './worth';
