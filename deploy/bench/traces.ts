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

/** What the storm of an offer left behind: its plans, and where the lines that it lost were held in answer to that. */
async function tracesOf(house: House, offerId: string, rooms: Traces['rooms']): Promise<Traces> {
  const plans = await rowsOf<{ objective: string; bound: string; record: PlanRow }>(house, SELECTION, PLANS, [offerId]);
  const decided = await rowsOf<Decided>(house, SELECTION, DECIDED, [offerId]);
  const lines = new Map<string, HitLine & { units: number; readonly kept: Map<string, number> }>();
  for (const { line, key, request } of decided)
    if (!lines.has(line)) lines.set(line, { key: key ?? classKeyOf(request), units: 0, kept: new Map() });
  const answers = new Set(decided.map(({ line, request }) => `${line}/${request.attempt}`));
  for (const it of await rowsOf<Held>(house, 'inventory', HELD, [offerId])) {
    const its = lines.get(it.line);
    if (its === undefined) throw new Error(`the line ${it.line} lost its hold, and nothing was decided for it`);
    if (it.offerId === offerId) its.units += it.lost;
    else if (answers.has(it.attempt)) its.kept.set(it.offerId, (its.kept.get(it.offerId) ?? 0) + it.granted);
  }
  return {
    plans: plans.map((it) => ({ ...it.record, objective: Number(it.objective), bound: Number(it.bound) })),
    lines: [...lines.values()],
    rooms,
  };
}

const SELECTION = 'selection_engine';

const PLANS = 'SELECT objective, bound, record FROM storm WHERE offer_id = $1 ORDER BY planned_at, id';

interface Decided {
  readonly line: string;
  /** Of the class, where a plan led the line. */
  readonly key: string | null;
  readonly request: SelectionRequest;
}

/** A line is decided again, by the next attempt, where not all of it was held. */
const DECIDED = `
SELECT order_id || '/' || (record #>> '{request,lineId}') AS line, record #>> '{storm,key}' AS key, record -> 'request' AS request
  FROM decision WHERE record #>> '{request,replaces,offerId}' = $1
 ORDER BY decided_at, id`;

interface Held {
  readonly line: string;
  /** `order/line/attempt` */
  readonly attempt: string;
  readonly offerId: string;
  readonly granted: number;
  readonly lost: number;
}

/** All holds of the lines that lost units at the offer. */
const HELD = `
WITH each AS (SELECT order_id || '/' || (state ->> 'lineId') AS line, regexp_replace(id, '/[^/]*$', '') AS attempt,
                     offer_id AS "offerId", granted, lost FROM hold)
SELECT * FROM each WHERE line IN (SELECT line FROM each WHERE "offerId" = $1 AND lost > 0)`;

async function rowsOf<Row extends object>(house: House, database: string, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = await house.connect(database);
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}
