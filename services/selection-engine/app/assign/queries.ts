import { Database, NotFound } from '@midstream/runtime';
import { certificateOf } from '@midstream/selection-engine-domain';
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

/** Of the lines of one class, what they asked for, and what of it was foreseen where. */
interface Decided {
  readonly key: string;
  readonly lines: number;
  readonly units: number;
  readonly placed: Readonly<Record<string, number>> | null;
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
    const decided = await this.decided(planId, found.record);
    const view: OneStormView = { ...viewOf(found), offers: offers ?? [], quotas, decided };
    return offers === undefined ? view : { ...view, verified: isSame(found, { offers, quotas }) };
  }

  /** As the plan reckons: a unit is worth what it is worth to its class where it was sent, one that is not placed costs its refund. */
  private async decided(planId: string, { offers = [], quotas }: StormFound['record']): Promise<StormDecidedView> {
    const { rows } = await this.database.pool.query<Decided>(DECIDED, [planId]);
    const classes = new Map(quotas.map((it) => [it.key, it]));
    const found: StormDecidedView = { lines: 0, units: 0, placed: 0, value: 0 };
    for (const { key, lines, units, placed } of rows) {
      const its = classes.get(key);
      const values = new Map(its?.at.map(([place, value]) => [offers[place]?.offerId, value]));
      let left = units;
      for (const [offerId, count] of Object.entries(placed ?? {})) {
        left -= count;
        found.value += count * (values.get(offerId) ?? 0);
      }
      found.lines += lines;
      found.units += units;
      found.placed += units - left;
      found.value -= left * (its?.refund ?? 0);
    }
    return found;
  }
}

const DECIDED = `
WITH led AS (SELECT id, record, record #>> '{storm,key}' AS key FROM decision WHERE record #>> '{storm,planId}' = $1),
     sent AS (SELECT key, it ->> 'offerId' AS offer_id, sum((it ->> 'planned')::int) AS planned
                FROM led, jsonb_array_elements(record -> 'candidates') AS it WHERE (it ->> 'planned')::int > 0 GROUP BY 1, 2)
SELECT key, count(*)::int AS lines, sum((record #>> '{request,quantity}')::int)::int AS units,
       (SELECT jsonb_object_agg(offer_id, planned) FROM sent WHERE sent.key = led.key) AS placed
  FROM led GROUP BY key`;

const isSame = ({ objective, bound }: StormFound, stated: Parameters<typeof certificateOf>[0]): boolean => {
  const again = certificateOf(stated);
  return again.feasible && again.objective === Number(objective) && again.bound === Number(bound);
};

const viewOf = ({
  id,
  offer_id,
  planned_at,
  objective,
  bound,
  gap,
  record: { good, classes, units, left, share },
}: StormFound): StormView => ({
  planId: id,
  offerId: offer_id,
  ...(good !== undefined && { good }),
  plannedAt: planned_at.toISOString(),
  classes,
  units,
  left,
  ...(share !== undefined && { share }),
  objective: Number(objective),
  bound: Number(bound),
  gap: Number(gap),
});
