import { Database, NotFound } from '@midstream/runtime';
import { certificateOf, givingUpMinor } from '@midstream/selection-engine-domain';
import { Injectable } from '@nestjs/common';
import type { StormRecord } from '../records';
import type { OneStormView, StormDecidedView, StormsView, StormView } from './views';

/** A list shows the newest. */
export const STORMS_SHOWN = 50;

interface StormFound {
  readonly id: string;
  readonly offer_id: string;
  readonly planned_at: Date;
  readonly objective: string;
  readonly bound: string;
  readonly gap: string;
  /** A plan that an older model made has neither offers nor share. */
  readonly record: Omit<StormRecord, 'offers' | 'share'> & Partial<Pick<StormRecord, 'offers' | 'share'>>;
}

interface Decided {
  readonly lines: number;
  readonly units: string | null;
  readonly placed: string | null;
  readonly value: string | null;
}

@Injectable()
export class StormQueries {
  constructor(private readonly database: Database) {}

  async newest(): Promise<StormsView> {
    const { rows } = await this.database.pool.query<StormFound>(`SELECT * FROM storm ORDER BY planned_at DESC, id LIMIT $1`, [
      STORMS_SHOWN,
    ]);
    return { items: rows.map(viewOf) };
  }

  /** The plan with its proof, reckoned again, and what the lines that it led came to. @throws NotFound */
  async storm(planId: string): Promise<OneStormView> {
    const { rows } = await this.database.pool.query<StormFound>(`SELECT * FROM storm WHERE id = $1`, [planId]);
    const [found] = rows;
    if (found === undefined) throw new NotFound('storm-not-found');
    const { offers, quotas } = found.record;
    const decided = await this.decided(found);
    const view: OneStormView = { ...viewOf(found), offers: offers ?? [], quotas, decided };
    return offers === undefined ? view : { ...view, verified: isSame(found, { offers, quotas }) };
  }

  private async decided({ id }: StormFound): Promise<StormDecidedView> {
    const [retail, enterprise] = (['retail', 'enterprise'] as const).map((segment) => givingUpMinor({ priceCapMinor: 1, segment }));
    const { rows } = await this.database.pool.query<Decided>(DECIDED, [id, retail, enterprise]);
    const [sums] = rows;
    return {
      lines: sums?.lines ?? 0,
      units: Number(sums?.units ?? 0),
      placed: Number(sums?.placed ?? 0),
      value: Math.round(Number(sums?.value ?? 0)),
    };
  }
}

/** As the plan reckons: a unit is worth its offer's value, one that is not placed costs its refund. */
const DECIDED = `
SELECT count(*)::int AS lines, sum(units) AS units, sum(placed) AS placed,
       sum(10 * (value - (units - placed) * round(cap * CASE segment WHEN 'retail' THEN $2::numeric ELSE $3::numeric END, 1))) AS value
  FROM (SELECT (record #>> '{request,quantity}')::int AS units, (record #>> '{request,priceCapMinor}')::numeric AS cap,
               record #>> '{request,segment}' AS segment, its.*
          FROM decision, LATERAL (
               SELECT coalesce(sum((it ->> 'planned')::int), 0) AS placed,
                      coalesce(sum((it ->> 'planned')::int * (it ->> 'expectedMinor')::numeric), 0) AS value
                 FROM jsonb_array_elements(record -> 'candidates') AS it) AS its
         WHERE record #>> '{storm,planId}' = $1) AS line`;

const isSame = ({ objective, bound }: StormFound, stated: Parameters<typeof certificateOf>[0]): boolean => {
  const again = certificateOf(stated);
  return again.feasible && again.objective === Number(objective) && again.bound === Number(bound);
};

const viewOf = ({ id, offer_id, planned_at, objective, bound, gap, record: { classes, units, left, share } }: StormFound): StormView => ({
  planId: id,
  offerId: offer_id,
  plannedAt: planned_at.toISOString(),
  classes,
  units,
  left,
  ...(share !== undefined && { share }),
  objective: Number(objective),
  bound: Number(bound),
  gap: Number(gap),
});
