import { Database, NotFound } from '@midstream/runtime';
import { type Models, MODELS, type Trial, USUAL_MODELS, type Verdict } from '@midstream/selection-engine-domain';
import { Injectable } from '@nestjs/common';
import type { TrialChangeRecord } from '../records';
import type { OneTrialView, TrialChangeView, TrialsView, TrialView, TrialVerdictView } from './views';

/** A list shows the newest. */
const TRIALS_SHOWN = 50;

interface ChangeFound {
  readonly changed_at: Date;
  readonly what: string;
  readonly who: string;
  readonly why: string;
  readonly record: TrialChangeRecord;
}

@Injectable()
export class TrialQueries {
  constructor(private readonly database: Database) {}

  async all(): Promise<TrialsView> {
    const [models, trials] = await Promise.all([
      this.database.pool.query<{ state: Models }>('SELECT state FROM model WHERE id = $1', [MODELS]),
      this.database.pool.query<{ state: Trial }>('SELECT state FROM trial ORDER BY started_at DESC, id LIMIT $1', [TRIALS_SHOWN]),
    ]);
    const { champion } = models.rows[0]?.state ?? USUAL_MODELS;
    return { champion, items: trials.rows.map(({ state }) => trialView(state)) };
  }

  /** With its history. @throws NotFound */
  async one(name: string): Promise<OneTrialView> {
    const [trials, changes] = await Promise.all([
      this.database.pool.query<{ state: Trial }>('SELECT state FROM trial WHERE id = $1', [name]),
      this.database.pool.query<ChangeFound>('SELECT * FROM trial_change WHERE trial = $1 ORDER BY id', [name]),
    ]);
    const [found] = trials.rows;
    if (found === undefined) throw new NotFound('trial-not-found');
    return { ...trialView(found.state), changes: changes.rows.map(changeView) };
  }
}

export const trialView = ({ name, status, share, settings, before, startedAt, endedAt, looks, verdict }: Trial): TrialView => ({
  name,
  status,
  share,
  settings,
  against: before,
  startedAt: new Date(startedAt).toISOString(),
  ...(endedAt !== undefined && { endedAt: new Date(endedAt).toISOString() }),
  looks,
  ...(verdict && { verdict: verdictView(verdict) }),
});

const verdictView = ({ judgedAt, lines, ess, gain, lower, upper, guards, why, harm }: Verdict): TrialVerdictView => ({
  judgedAt: new Date(judgedAt).toISOString(),
  n: lines,
  ess,
  meanGain: gain,
  lowerBound: lower,
  upperBound: upper,
  guards,
  why,
  ...(harm && { harm }),
});

const changeView = ({ changed_at, what, who, why, record: { champion, verdict } }: ChangeFound): TrialChangeView => ({
  at: changed_at.toISOString(),
  what,
  who,
  why,
  champion,
  ...(verdict && { verdict: verdictView(verdict) }),
});
