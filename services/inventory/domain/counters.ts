import type { Offer } from './state';

/** What an offer counts, all of it rebuilt from its movements and holds. */
export interface Counters {
  readonly held: number;
  readonly queued: number;
  readonly inFlight: number;
  readonly accepted: number;
  readonly reported: number;
  readonly settled: number;
  readonly acceptedAtReport: number;
}

export const countersOf = ({ held, queued, inFlight, accepted, reported, settled, acceptedAtReport }: Offer): Counters => ({
  held,
  queued,
  inFlight,
  accepted,
  reported,
  settled,
  acceptedAtReport,
});
