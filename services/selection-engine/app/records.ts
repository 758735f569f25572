import type { EventMeta, TableRows } from '@midstream/runtime';
import {
  clusterOf,
  type SelectionDecided,
  type SelectionEvent,
  type StormPlanned,
  type TrialChanged,
} from '@midstream/selection-engine-domain';
import { DecisionRow, ErasureRow, StormRow, TrialChangeRow, TrialLineRow } from './tables';

/** What a decision was made of, as `decision.record` keeps it. */
export type DecisionRecord = Pick<
  SelectionDecided,
  'request' | 'candidates' | 'gates' | 'considered' | 'chosen' | 'storm' | 'split' | 'repack' | 'settings' | 'trial'
>;

/** What the plan of a storm was made of, as `storm.record` keeps it. */
export type StormRecord = Pick<StormPlanned, 'good' | 'classes' | 'units' | 'left' | 'share' | 'optimal' | 'offers' | 'quotas'>;

/** What a change of the models rests on, as `trial_change.record` keeps it; `champion`: what lines are ranked by from then on. */
export type TrialChangeRecord = Pick<TrialChanged['trial'], 'settings' | 'share' | 'verdict'> & Pick<TrialChanged['models'], 'champion'>;

export function recordsOf(event: SelectionEvent, meta: Pick<EventMeta, 'actor'>): readonly TableRows[] {
  if (event.type === 'BuyerForgotten') return [{ entity: ErasureRow, rows: [{ buyer_key: event.buyerKey }] }];
  if (event.type === 'StormPlanned') return [{ entity: StormRow, rows: [stormRow(event)] }];
  if (event.type === 'TrialChanged')
    return event.what === 'judged' ? [] : [{ entity: TrialChangeRow, rows: [changeRow(event, meta.actor)] }];
  if (event.type !== 'SelectionDecided') return [];
  const { decisionId, decidedAt, model, candidates, gates, considered, chosen, storm, split, repack, settings, trial } = event;
  // Who bought is remembered in one place, where it can be forgotten
  const { buyerKey: _, ...request } = event.request;
  const record: Written = { request, candidates, gates, considered, chosen, ...(storm && { storm }), ...(split && { split }) };
  if (repack !== undefined) record.repack = repack;
  if (settings !== undefined) record.settings = settings;
  if (trial !== undefined) record.trial = trial;
  const { orderId, merchantId } = request;
  const asked = request.attempt === 1 ? (request.need.sku ?? candidates[0]?.sku ?? null) : null;
  const units = asked === null ? null : request.quantity;
  const row = { id: decisionId, order_id: orderId, merchant_id: merchantId, decided_at: new Date(decidedAt), model, asked, units, record };
  const decision: TableRows = { entity: DecisionRow, rows: [row] };
  return trial === undefined || request.attempt > 1 ? [decision] : [decision, { entity: TrialLineRow, rows: [lineRow(event, trial)] }];
}

type Written = { -readonly [Name in keyof DecisionRecord]: DecisionRecord[Name] };

const lineRow = ({ request, decidedAt }: SelectionDecided, { name, challenger }: NonNullable<SelectionDecided['trial']>) => ({
  order_id: request.orderId,
  line_id: request.lineId,
  trial: name,
  challenger,
  cluster: clusterOf(request, decidedAt),
  decided_at: new Date(decidedAt),
});

const changeRow = ({ what, why, changedAt, trial, models: { champion } }: TrialChanged, who: string) => {
  const { name, settings, share, verdict } = trial;
  const record: TrialChangeRecord = { settings, share, ...(verdict && { verdict }), champion };
  return { trial: name, changed_at: new Date(changedAt), what, who, why, record };
};

const stormRow = ({ planId, offerId, plannedAt, objective, bound, gap, ...it }: StormPlanned) => {
  const { good, classes, units, left, share, optimal, offers, quotas } = it;
  const record: StormRecord = { ...(good !== undefined && { good }), classes, units, left, share, optimal, offers, quotas };
  return { id: planId, offer_id: offerId, planned_at: new Date(plannedAt), objective, bound, gap, record };
};
