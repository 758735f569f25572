import { classKeyOf } from '@midstream/selection-engine-domain/assign/bound';
import type { SelectionRequest } from '@midstream/contracts';
import { assignByHighs, loadHighs } from '@midstream/selection-engine/assign/highs';
import type { House } from './house';
import { type HitLine, type PlanRow, type Traces, type Worth, worthOf } from './worth';

/** Units that every offer has left, by inventory's own count. */
export async function roomsOf(house: House): Promise<ReadonlyMap<string, number>> {
  const rows = await rowsOf<{ id: string; room: number }>(house, 'inventory', ROOMS);
  return new Map(rows.map((it) => [it.id, it.room]));
}

const ROOMS = 'SELECT id, on_hand - held - in_flight AS room FROM offer';

/** What the storm of an offer came to, checked by HiGHS; nothing where it had no plan. `rooms`: as they were before it. */
export async function worthIn(house: House, offerId: string, rooms: Traces['rooms']): Promise<Worth | undefined> {
  const traces = await tracesOf(house, offerId, rooms);
  if (traces.plans.length === 0) return undefined;
  const highs = await loadHighs();
  return worthOf(traces, (it) => assignByHighs(highs, it).objective);
}

/** What the storm of an offer left behind: its plans, and where the lines that it lost are held now. */
async function tracesOf(house: House, offerId: string, rooms: Traces['rooms']): Promise<Traces> {
  const plans = await rowsOf<{ objective: string; bound: string; record: PlanRow }>(house, SELECTION, PLANS, [offerId]);
  const decided = await rowsOf<Decided>(house, SELECTION, DECIDED, [offerId]);
  const held = await rowsOf<Held>(house, 'inventory', HELD, [offerId]);
  const keptOf = new Map(held.map((it) => [it.line, it]));
  const lines = decided.flatMap(({ line, key, request }): HitLine[] => {
    const its = keptOf.get(line);
    keptOf.delete(line);
    return its === undefined ? [] : [{ key: key ?? classKeyOf(request), units: its.units, kept: new Map(Object.entries(its.kept ?? {})) }];
  });
  if (keptOf.size > 0) throw new Error(`${keptOf.size} lines lost their hold, and nothing was decided for them`);
  return { plans: plans.map((it) => ({ ...it.record, objective: Number(it.objective), bound: Number(it.bound) })), lines, rooms };
}

const SELECTION = 'selection_engine';

const PLANS = 'SELECT objective, bound, record FROM storm WHERE offer_id = $1 ORDER BY planned_at, id';

interface Decided {
  readonly line: string;
  /** Of the class, where a plan led the line. */
  readonly key: string | null;
  readonly request: SelectionRequest;
}

/** The first decision of each line that lost its hold at the offer; a line may be decided again where nothing was found. */
const DECIDED = `
SELECT line, key, request
  FROM (SELECT DISTINCT ON (line) line, key, request, decided_at, id
          FROM (SELECT order_id || '/' || (record #>> '{request,lineId}') AS line, record #>> '{storm,key}' AS key, record -> 'request' AS request,
                       decided_at, id
                  FROM decision WHERE record #>> '{request,replaces,offerId}' = $1) AS each
         ORDER BY line, decided_at, id) AS first
 ORDER BY decided_at, id`;

interface Held {
  readonly line: string;
  readonly units: number;
  readonly kept: Readonly<Record<string, number>> | null;
}

const HELD = `
WITH line AS (SELECT order_id || '/' || (state ->> 'lineId') AS line, offer_id, lost, granted - lost - released AS kept FROM hold),
     hit AS (SELECT line, sum(lost)::int AS units FROM line WHERE offer_id = $1 AND lost > 0 GROUP BY 1),
     its AS (SELECT line, offer_id, sum(kept) AS kept FROM line WHERE offer_id <> $1 AND kept > 0 GROUP BY 1, 2)
SELECT line, units, jsonb_object_agg(offer_id, kept) FILTER (WHERE offer_id IS NOT NULL) AS kept
  FROM hit LEFT JOIN its USING (line)
 GROUP BY 1, 2`;

async function rowsOf<Row extends object>(house: House, database: string, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = await house.connect(database);
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}
