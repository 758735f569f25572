import { type Database, type Loop, type Tx } from '@midstream/runtime';
import { type DailyDemand, knowDemand, type PooledModel, trainDaily } from '@midstream/selection-engine-domain';
import { bookOf } from '../book';

const EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
/** A decision's time is stamped before its commit: a day is counted when whatever was decided in it has long been committed. */
const SETTLED_MS = 300_000;
/** Days of a good that are looked at, and so many that are counted at once when nobody did in time. */
const KEPT_DAYS = 120;
const BACKLOG_DAYS = 30;
/** One replica at a time. */
const COUNTING = 60_108;

/** Once a day: the units that lines asked for, by good, and what the pooled model makes of them. Every replica follows what one has made. */
export const nightlyLoop = (): Loop => ({
  name: 'nightly-demand',
  everyMs: EVERY_MS,
  async run({ database }) {
    const day = Math.floor((Date.now() - SETTLED_MS) / DAY_MS) - 1;
    const known = await countedTo(database);
    if (known < day) await count(database, day);
    const book = bookOf(database);
    if (book.demand.day < day) knowDemand(book, await demandOf(database));
    return false;
  },
});

async function countedTo(database: Pick<Database, 'query'>): Promise<number> {
  const { rows } = await database.query<{ day: number }>('SELECT day FROM demand_model');
  return rows[0]?.day ?? -1;
}

const count = (database: Database, day: number): Promise<void> =>
  database.transaction(async (tx) => {
    const { rows } = await tx.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [COUNTING]);
    if (rows[0]?.mine !== true || (await countedTo(tx)) >= day) return;
    const from = Math.max(await countedTo(tx), day - BACKLOG_DAYS) + 1;
    await tx.query(COUNT, [new Date(from * DAY_MS), new Date((day + 1) * DAY_MS)]);
    await tx.query('DELETE FROM demand_day WHERE day <= $1', [day - KEPT_DAYS]);
    const model = trainDaily((await unitsTo(tx, day)).values());
    await tx.query(
      `INSERT INTO demand_model (id, day, model) VALUES (true, $1, $2) ON CONFLICT (id) DO UPDATE SET day = excluded.day, model = excluded.model`,
      [day, model === undefined ? null : JSON.stringify(model)],
    );
  });

/** From the index alone, which has nothing but first requests. */
const COUNT = `
  INSERT INTO demand_day (day, sku, units)
  SELECT floor(extract(epoch FROM decided_at) / 86400)::int, asked, sum(coalesce(units, 1))
    FROM decision WHERE asked IS NOT NULL AND decided_at >= $1 AND decided_at < $2
   GROUP BY 1, 2 ON CONFLICT DO NOTHING`;

async function demandOf(database: Database): Promise<DailyDemand> {
  const { rows } = await database.query<{ day: number; model: PooledModel | null }>('SELECT day, model FROM demand_model');
  const { day = -1, model = null } = rows[0] ?? {};
  return { day, units: await unitsTo(database, day), ...(model !== null && { model }) };
}

/** Of each good from the first day that it was asked for; on days without a row it was not. */
async function unitsTo(database: Pick<Tx, 'query'>, day: number): Promise<ReadonlyMap<string, readonly number[]>> {
  const { rows } = await database.query<{ sku: string; days: number[]; units: number[] }>(
    `SELECT sku, array_agg(day ORDER BY day) AS days, array_agg(units::float8 ORDER BY day) AS units
       FROM demand_day WHERE day <= $1 GROUP BY sku ORDER BY sku`,
    [day],
  );
  return new Map(
    rows.map(({ sku, days, units }) => {
      const first = days[0] ?? day;
      const series = new Array<number>(day - first + 1).fill(0);
      days.forEach((it, n) => (series[it - first] = units[n] ?? 0));
      return [sku, series];
    }),
  );
}
