import type { SelectionRequest } from '@midstream/contracts';
import type { RowsOf } from '@midstream/kernel';
import { chanceOf } from '../chain/explore';
import { MODEL } from '../chain/rank-candidates';
import { type MoneySettings, USUAL } from '../chain/settings';
import { attemptOf, type Ranked } from '../state';

/** The formulas of `chain-money-6` with these numbers; of a trial, with its name behind: `chain-money-6+calm`. */
export interface Model {
  readonly name: string;
  readonly settings: MoneySettings;
}

/** What lines are ranked by from now on. `running`: the trial that challenges the champion. */
export interface Models {
  readonly champion: Model;
  readonly running?: { readonly name: string; readonly share: number; readonly challenger: Model };
}

/** Which side of a trial a line is on, for good. `propensity`: P(this side), exact, of all lines that come while it runs. */
export interface OnTrial {
  readonly name: string;
  readonly challenger: boolean;
  readonly propensity: number;
}

/** A line's model; lines that a trial compares carry its name. */
export interface Drawn {
  readonly model: Model;
  readonly trial?: OnTrial;
}

export const USUAL_MODELS: Models = { champion: { name: MODEL, settings: USUAL } };

export const challengerOf = (trial: string, settings: MoneySettings): Model => ({ name: `${MODEL}+${trial}`, settings });

/** A model by the formulas of today: what is from before an upgrade brings its numbers. A number that is newer than it is as usual. */
const ofToday = ({ name, settings }: Model): Model => ({
  name: [MODEL, ...name.split('+').slice(1)].join('+'),
  settings: { ...USUAL, ...settings },
});

/** As the database has it. */
export function knowModels(book: { models: Models }, { champion, running }: Models): void {
  book.models = { champion: ofToday(champion), ...(running && { running: { ...running, challenger: ofToday(running.challenger) } }) };
}

/** The formulas of a model, without the name of the trial that its numbers come from. */
export const formulasOf = (model: string): string => model.split('+')[0] ?? model;

/**
 * The model of a line. It is drawn once, with its first decision, by order and line, and stays: later attempts find it in the row of the first.
 * As many lines as go to the challenger are watched beside it with the champion (`share` is at most a half), so that both sides are alike.
 */
export function drawModel(request: SelectionRequest, ranked: RowsOf<Ranked>, { champion, running }: Models): Drawn {
  const { orderId, lineId, attempt } = request;
  if (attempt > 1) {
    const drawn = ranked[attemptOf({ ...request, attempt: 1 })]?.drawn;
    return drawn === undefined ? { model: champion } : { ...drawn, model: ofToday(drawn.model) };
  }
  if (running === undefined) return { model: champion };
  const { name, share, challenger } = running;
  const chance = chanceOf(`${name}/${orderId}/${lineId}`);
  if (chance < share) return { model: challenger, trial: { name, challenger: true, propensity: share } };
  return chance < 2 * share ? { model: champion, trial: { name, challenger: false, propensity: share } } : { model: champion };
}
