import { type Database, type Loop, point } from '@midstream/runtime';
import { COUNTED_MAX, LINE_UNITS_MAX, MINUTE_MS } from '@midstream/selection-engine-domain';

const EVERY_MS = 15_000;
/** A decision's time is stamped before its commit: a minute is counted when whatever was decided in it has long been committed. */
const SETTLED_MS = 20_000;
/** Demand that is older when we come back says nothing of bursts; heat would have lost most of it. */
const BACKLOG_MAX_MS = 86_400_000;

interface Counted {
  readonly minute: string;
  readonly sku: string;
  readonly orders: string;
  readonly units: string;
}

/**
 * Counts the lines that asked for goods, minute by minute, from the decisions themselves: exact over restarts and replicas. Every replica
 * runs it; a minute that another has counted changes nothing.
 */
export function demandLoop(): Loop {
  let countedTo: number | undefined;
  return {
    name: 'demand',
    everyMs: EVERY_MS,
    async run({ database, handle }) {
      const to = Math.floor((Date.now() - SETTLED_MS) / MINUTE_MS) * MINUTE_MS;
      const from = Math.max(countedTo ?? (await lastCounted(database)), to - BACKLOG_MAX_MS);
      if (from >= to) return false;
      for (const { minuteAt, counts } of batched(await demandBetween(database, from, to))) {
        await handle({ type: 'CountDemand', minuteAt, counts } as { type: string });
        point('demand:after-count');
      }
      countedTo = to;
      return false;
    },
  };
}

async function lastCounted(database: Database): Promise<number> {
  const { rows } = await database.pool.query<{ last: string | null }>(
    `SELECT max((state->'watch'->>'minuteAt')::bigint) AS last FROM market`,
  );
  // The last one again: of its goods some may not have been counted
  return Number(rows[0]?.last ?? 0);
}

/** Lines that asked for a good for the first time, and their units, by the minute. */
export async function demandBetween(database: Database, from: number, to: number): Promise<readonly Counted[]> {
  const { rows } = await database.pool.query<Counted>(
    `SELECT (floor(extract(epoch FROM decided_at) / 60) * 60000)::bigint AS minute, asked AS sku, count(*) AS orders,
            sum(least(coalesce(units, 1), ${LINE_UNITS_MAX})) AS units
       FROM decision
      WHERE asked IS NOT NULL AND decided_at >= $1 AND decided_at < $2
      GROUP BY 1, 2
      ORDER BY 1, 2`,
    [new Date(from), new Date(to)],
  );
  return rows;
}

function batched(rows: readonly Counted[]) {
  const batches: { minuteAt: number; counts: { sku: string; orders: number; units: number }[] }[] = [];
  for (const { minute, sku, orders, units } of rows) {
    const minuteAt = Number(minute);
    const last = batches.at(-1);
    const count = { sku, orders: Number(orders), units: Number(units) };
    if (last?.minuteAt === minuteAt && last.counts.length < COUNTED_MAX) last.counts.push(count);
    else batches.push({ minuteAt, counts: [count] });
  }
  return batches;
}
