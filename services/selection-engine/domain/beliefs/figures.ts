import type { Beliefs } from './beliefs';
import { Rows } from './rows';

/**
 * How far a supplier's figures of stock hold. Each attempt by a figure tells one thing of how many units too many it said: more than it left
 * to spare (there was nothing), or no more (there was). So a band of spare units is judged by what was missing there and above, and by what was found there and below.
 */
const BANDS = 12;
const [MISSING, FOUND, AT, WIDTH] = [0, BANDS, 2 * BANDS, 2 * BANDS + 1] as const;
/** Attempts that "figures hold" stands for in the market, and that the market stands for at a supplier: one lies or does not, few lie. */
const WEIGHT = { market: 20, supplier: 1 } as const;

/** Decayed counts by band of spare units (0, 1 to 2, 3 to 6, 7 to 14, …): what was missing, and what was found. */
export class Figures {
  constructor(
    private readonly numbers: Float64Array,
    private readonly from: number,
  ) {}

  note(at: number, halfLifeMs: number, spare: number, missing: number): void {
    const known = this.get(AT);
    const fade = 2 ** (-Math.max(0, at - known) / halfLifeMs);
    const weight = 2 ** (-Math.max(0, known - at) / halfLifeMs);
    for (let it = 0; it < 2 * BANDS; it++) this.set(it, this.get(it) * fade);
    const band = bandOf(spare);
    this.set(MISSING + band, this.get(MISSING + band) + missing * weight);
    this.set(FOUND + band, this.get(FOUND + band) + (1 - missing) * weight);
    this.set(AT, Math.max(known, at));
  }

  /** Moves P(more is missing than is spare) by what was heard here. Never rises with what is spare, where `mean` does not. */
  moved(mean: number, weight: number, at: number, halfLifeMs: number, spare: number): number {
    const band = bandOf(spare);
    let [missing, found] = [0, 0];
    for (let it = band; it < BANDS; it++) missing += this.get(MISSING + it);
    for (let it = 0; it <= band; it++) found += this.get(FOUND + it);
    const fade = 2 ** (-Math.max(0, at - this.get(AT)) / halfLifeMs);
    return (weight * mean + missing * fade) / (weight + (missing + found) * fade);
  }

  private get(place: number): number {
    return this.numbers[this.from + place] ?? 0;
  }

  private set(place: number, value: number): void {
    this.numbers[this.from + place] = value;
  }
}

const bandOf = (spare: number): number => Math.min(BANDS - 1, Math.floor(Math.log2(spare + 1)));

export const noFigures = (): Rows<Figures> => new Rows(WIDTH, (numbers, from) => new Figures(numbers, from));
/** Of the whole market: no supplier has an empty name. */
const MARKET = '';

/** An attempt by a figure that left so many units to spare. `missing`: P(they never were there), by what became of it; else the figure held. */
export function noteFigure({ figures, settings }: Beliefs, supplierId: string, at: number, spare: number, missing: number): void {
  for (const id of [MARKET, supplierId]) {
    const known = figures.get(id) ?? figures.add(id);
    known.note(at, settings.figures.halfLifeMs, spare, missing);
  }
}

/** P(the figure holds for a line that leaves so many units to spare). 1 where nothing was tried by a figure. */
export function figureHolds({ figures, settings }: Beliefs, supplierId: string, spare: number, at: number): number {
  const { halfLifeMs } = settings.figures;
  const market = figures.get(MARKET);
  if (market === undefined) return 1;
  const mean = market.moved(0, WEIGHT.market, at, halfLifeMs, spare);
  return 1 - (figures.get(supplierId)?.moved(mean, WEIGHT.supplier, at, halfLifeMs, spare) ?? mean);
}
