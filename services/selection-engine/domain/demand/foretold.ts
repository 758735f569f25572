import { availableAt, type OfferBook } from '../book';
import { type Calibration, calibrationOf, type Foretold } from './calibration';
import { finite, positive } from './checks';

/** What past probabilities of running out are corrected by, as one replica has worked it out in the night and all follow it. */
export interface KnownCalibration {
  /** The night of the newest of them, in days since 1970. */
  readonly day: number;
  /** None while too few of them have ended. */
  readonly by?: Calibration;
}

/** Nights whose probabilities count: what was long ago is no longer so (deploy/bench/README.md: three are best). */
export const ORIGINS_NEWEST = 3;
/** Of fewer outcomes nothing is learnt. */
export const LABELS_LEAST = 100;
/** Where nothing was foretold for so long, what was learnt is forgotten. */
export const CALIBRATION_DAYS = 7;
/** Whoever looks later than this does not know any more how it stood when the time was over. */
export const LOOK_LATE_MS = 600_000;
const DAY_MS = 86_400_000;

/** The correction that those outcomes give; none where they are too few. @throws InvalidDemand */
export const correctionOf = (told: readonly Foretold[]): Calibration | undefined =>
  told.length < LABELS_LEAST ? undefined : calibrationOf(told);

/** An offer, of which it was foretold at `toldAt` how likely it is empty before `untilAt`; milliseconds. */
export interface Awaited {
  readonly toldAt: number;
  readonly untilAt: number;
}

/** How an offer stands now: its room, when its figure was taken, and whether nobody else takes of it (a vault's). */
export interface Standing {
  readonly available: number;
  readonly figureAt: number;
  readonly isOurs: boolean;
}

/** Undefined where it is not in the market, as far as this replica knows. */
export function standingOf(book: OfferBook, offerId: string): Standing | undefined {
  const offer = book.offers.get(offerId);
  if (offer === undefined) return undefined;
  return { available: availableAt(book, offer), figureAt: Date.parse(offer.stockAsOf), isOurs: offer.kind === 'vault' };
}

/**
 * What became of it. `undefined`: nothing yet. `unseen`: nobody looked when the time was over, or no figure has come since it was told, so
 * that it tells nothing, neither way.
 */
export function becameOf({ toldAt, untilAt }: Awaited, offer: Standing | undefined, at: number): 'empty' | 'lasted' | 'unseen' | undefined {
  if (at > untilAt + LOOK_LATE_MS) return 'unseen';
  const isFed = offer !== undefined && (offer.isOurs || offer.figureAt > toldAt);
  if (isFed && offer.available < 1) return 'empty';
  if (at < untilAt) return undefined;
  return isFed ? 'lasted' : 'unseen';
}

/** Every replica that hears of it; the newest counts. @throws InvalidDemand for a correction that is none */
export function knowCalibration(book: OfferBook, known: KnownCalibration): void {
  finite('calibration.day', known.day);
  if (known.by !== undefined) {
    positive('calibration.slope', known.by.slope);
    finite('calibration.shift', known.by.shift);
  }
  if (known.day >= book.calibration.day) book.calibration = known;
}

/** What a card's probability of running out is corrected by; nothing where that is not known, or long ago. */
export const calibrationAt = ({ calibration }: OfferBook, at: number): Calibration | undefined =>
  at - calibration.day * DAY_MS > CALIBRATION_DAYS * DAY_MS ? undefined : calibration.by;
