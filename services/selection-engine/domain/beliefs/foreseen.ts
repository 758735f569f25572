import { type Calibration, calibrated, calibrationOf } from '../demand/calibration';
import type { Beliefs } from './beliefs';
import { probability } from './rates';
import { viewOf } from './rows';

/** Attempts of which about the same was foreseen, decayed: how many, the sum of what was foreseen, and those that delivered. */
interface Bin {
  tried: number;
  said: number;
  came: number;
  at: number;
}

const BinView = viewOf('tried', 'said', 'came', 'at');
const BIN_WIDTH = 4;
/** Bins of half a logit: within one, what was foreseen differs by less than anybody could tell from what came. */
const [BINS, LOGIT_STEP] = [24, 0.5];

/** What was foreseen of attempts, whatever the offer, and what came: numbers only, O(1) in the market's size. */
export type Foreseen = Float64Array;
export const nothingForeseen = (): Foreseen => new Float64Array(BINS * BIN_WIDTH);

const binOf = (foreseen: Foreseen, said: number): Bin => {
  const place = Math.floor(Math.log(said / (1 - said)) / LOGIT_STEP) + BINS / 2;
  return new BinView(foreseen, BIN_WIDTH * Math.min(BINS - 1, Math.max(0, place)));
};

/** One attempt: what beliefs alone foresaw of it, before they knew its end, and its end. */
export function noteForeseen({ foreseen, settings }: Beliefs, at: number, foretold: number, came: boolean): void {
  const said = probability(foretold);
  const bin = binOf(foreseen, said);
  const { halfLifeMs } = settings.foreseen;
  const fade = 2 ** (-Math.max(0, at - bin.at) / halfLifeMs);
  const weight = 2 ** (-Math.max(0, bin.at - at) / halfLifeMs);
  bin.tried = bin.tried * fade + weight;
  bin.said = bin.said * fade + said * weight;
  bin.came = bin.came * fade + Number(came) * weight;
  bin.at = Math.max(bin.at, at);
}

/** Learns what foreseen chances are corrected by. The offers that are chosen are those that look best, and so look better than they are. */
export function recalibrate(beliefs: Beliefs, at: number): void {
  const told = Array.from({ length: BINS }, (_, n) => new BinView(beliefs.foreseen, n * BIN_WIDTH)).flatMap((it) => {
    const fade = 2 ** (-Math.max(0, at - it.at) / beliefs.settings.foreseen.halfLifeMs);
    const [tried, came] = [it.tried * fade, it.came * fade];
    if (!(tried > 0)) return [];
    const said = it.said / it.tried;
    return [{ said, came: true, times: came }, { said, came: false, times: Math.max(0, tried - came) }]; // prettier-ignore
  });
  beliefs.calibration = calibrationOf(told);
}

/** P(an attempt delivers, if the stock is there), as past ones came true. Never turns the order of two offers round. */
export const delivering = ({ calibration }: { readonly calibration?: Calibration }, foreseen: number): number =>
  probability(calibrated(foreseen, calibration));
