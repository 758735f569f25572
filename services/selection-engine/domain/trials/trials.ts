import { assert, type Decision, reject, type RowsOf } from '@midstream/kernel';
import { areWithinBounds, type MoneySettings, SETTING_NAMES } from '../chain/settings';
import { challengerOf, type Model, type Models, USUAL_MODELS } from './models';
import { LOOKS, type Verdict } from './verdict';

/** The most that a challenger gets, so that as many lines stay to compare it with; and the least, so that it comes to an end. */
export const SHARE_MAX = 0.5;
export const SHARE_LEAST = 0.01;

/** A challenger and what became of it. Its name is used once, for good. */
export interface Trial {
  readonly name: string;
  readonly settings: MoneySettings;
  readonly share: number;
  readonly status: 'running' | 'ended' | 'promoted' | 'rolled-back';
  readonly startedAt: number;
  readonly endedAt?: number;
  /** The champion that it was tried against: what a rollback brings back. */
  readonly before: Model;
  /** How often it could have been promoted, and was not. */
  readonly looks: number;
  readonly verdict?: Verdict;
}

export interface StartTrial {
  readonly type: 'StartTrial';
  readonly at: number;
  readonly name: string;
  readonly settings: Partial<MoneySettings>;
  readonly share: number;
  readonly why: string;
}
/** Without a verdict in the challenger's favour: nothing but the champion stays. */
export interface EndTrial {
  readonly type: 'EndTrial';
  readonly at: number;
  readonly name: string;
  readonly why: string;
}
/** A promoted challenger goes, and the champion from before it comes back. */
export interface RollBackTrial {
  readonly type: 'RollBackTrial';
  readonly at: number;
  readonly name: string;
  readonly why: string;
}
/** What its lines say by now. */
export interface JudgeTrial {
  readonly type: 'JudgeTrial';
  readonly at: number;
  readonly name: string;
  readonly verdict: Verdict;
}
export type TrialCommand = StartTrial | EndTrial | RollBackTrial | JudgeTrial;
export type TrialCode =
  'trial-running' | 'trial-name-used' | 'trial-changes-nothing' | 'trial-not-found' | 'trial-not-running' | 'trial-not-champion';

/** Internal: the trial and the models as they are from now on. Each but `judged` leaves a row. */
export interface TrialChanged {
  readonly type: 'TrialChanged';
  readonly what: 'started' | 'judged' | 'ended' | 'promoted' | 'rolled-back';
  readonly why: string;
  readonly changedAt: number;
  readonly trial: Trial;
  readonly models: Models;
}

export interface TrialRows {
  /** One row, MODELS. */
  readonly models: RowsOf<Models>;
  /** By name. */
  readonly trials: RowsOf<Trial>;
}

export const MODELS = 'selection';

export function decideTrial(command: TrialCommand, rows: TrialRows): Decision<TrialChanged, TrialCode> {
  const models = rows.models[MODELS] ?? USUAL_MODELS;
  if (command.type === 'StartTrial') return start(command, rows, models);
  const trial = named(rows, command.name);
  const isRunning = models.running?.name === command.name;
  if (trial === undefined) return reject('trial-not-found');
  if (command.type === 'RollBackTrial') return rollBack(command, trial, models);
  if (command.type === 'EndTrial') return isRunning ? end(command.at, trial, models, command.why) : reject('trial-not-running');
  return isRunning ? judged(command, trial, models) : [];
}

/** A name may be one that every object has, too. */
const named = ({ trials }: TrialRows, name: string): Trial | undefined => (Object.hasOwn(trials, name) ? trials[name] : undefined);

function start({ name, settings, share, why, at }: StartTrial, rows: TrialRows, models: Models): Decision<TrialChanged, TrialCode> {
  const { champion, running } = models;
  if (running !== undefined) return reject('trial-running', { running: running.name });
  if (named(rows, name) !== undefined) return reject('trial-name-used');
  const whole: { -readonly [Name in keyof MoneySettings]: number } = { ...champion.settings };
  for (const it of SETTING_NAMES) whole[it] = settings[it] ?? whole[it];
  if (SETTING_NAMES.every((it) => whole[it] === champion.settings[it])) return reject('trial-changes-nothing');
  const trial: Trial = { name, settings: whole, share, status: 'running', startedAt: at, before: champion, looks: 0 };
  return changed('started', why, at, trial, { champion, running: { name, share, challenger: challengerOf(name, whole) } });
}

function end(at: number, trial: Trial, { champion }: Models, why: string, verdict = trial.verdict): readonly TrialChanged[] {
  return changed('ended', why, at, { ...trial, status: 'ended', endedAt: at, ...(verdict && { verdict }) }, { champion });
}

function rollBack({ at, why }: RollBackTrial, trial: Trial, { champion, running }: Models): Decision<TrialChanged, TrialCode> {
  if (trial.status !== 'promoted' || champion.name !== challengerOf(trial.name, trial.settings).name) return reject('trial-not-champion');
  if (running !== undefined) return reject('trial-running', { running: running.name });
  return changed('rolled-back', why, at, { ...trial, status: 'rolled-back' }, { champion: trial.before });
}

/** Promoted only at a look, and only by `judge`; ended as soon as it surely does harm, or when no look is left. Otherwise it goes on. */
function judged({ at, verdict }: JudgeTrial, trial: Trial, models: Models): readonly TrialChanged[] {
  if (verdict.harm !== undefined) return end(at, trial, models, verdict.harm, verdict);
  const looks = LOOKS.filter((it) => verdict.ess >= it).length;
  if (looks > trial.looks && verdict.promote) {
    const promoted: Trial = { ...trial, status: 'promoted', endedAt: at, looks, verdict };
    return changed('promoted', verdict.why, at, promoted, { champion: challengerOf(trial.name, trial.settings) });
  }
  if (looks === LOOKS.length) return end(at, { ...trial, looks }, models, verdict.why, verdict);
  return changed('judged', verdict.why, at, { ...trial, looks: Math.max(looks, trial.looks), verdict }, models);
}

const changed = (what: TrialChanged['what'], why: string, changedAt: number, trial: Trial, models: Models): readonly TrialChanged[] => [
  { type: 'TrialChanged', what, why, changedAt, trial, models },
];

export const evolveTrials = <Rows extends TrialRows>(rows: Rows, { trial, models }: TrialChanged): Rows => ({
  ...rows,
  models: { ...rows.models, [MODELS]: models },
  trials: { ...rows.trials, [trial.name]: trial },
});

export function upholdTrials({ models, trials }: TrialRows): void {
  for (const { champion, running } of Object.values(models)) {
    assert(areWithinBounds(champion.settings), 'a champion is made of numbers within their bounds');
    const trial = running && trials[running.name];
    assert(trial === undefined || trial.status === 'running', 'a trial whose lines are drawn is running');
  }
  for (const { share, settings } of Object.values(trials)) {
    assert(areWithinBounds(settings), 'a challenger is made of numbers within their bounds');
    assert(share >= SHARE_LEAST && share <= SHARE_MAX, 'as many lines as the challenger gets stay to compare it with');
  }
}
