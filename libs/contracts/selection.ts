import { Type } from '@sinclair/typebox';
import { Candidate, closed, GateCounts, Id, ofLine, SelectionRequest } from './words';

/** At most this many offers travel the lap; the rest is in the decision's record. */
export const CANDIDATES_MAX = 5;

/** Selection's answer: the best first, none where no offer passed the gates. `gates` tells why the others did not. */
export const OffersRanked = closed({
  ...ofLine,
  decisionId: Id,
  request: SelectionRequest,
  candidates: Type.Array(Candidate, { maxItems: CANDIDATES_MAX }),
  gates: GateCounts,
});
