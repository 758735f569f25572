import { type Database, type Loop, type Tx } from '@midstream/runtime';
import {
  type DailyDemand,
  DayUnits,
  DEMAND_DAYS_MAX,
  DEMAND_GOODS_MAX,
  knowDemand,
  noDemand,
  type PooledModel,
  trainDaily,
} from '@midstream/selection-engine-domain';
import { bookOf } from '../book';
import { stockForesight } from './foretold';

const EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
/** A decision's time is stamped before its commit: a day is counted when whatever was decided in it has long been committed. */
const SETTLED_MS = 300_000;
/** So many days are counted at once when nobody did in time. */
const BACKLOG_DAYS = 30;
/** Rows that are read at once. */
const PAGE_ROWS = 20_000;
/** One replica at a time. */
const COUNTING = 60_108;

/** Once a day: the units that lines asked for, by good, and what the pooled model makes of them. Every replica follows what one has made. */
export function nightlyLoop(): Loop {
  const foresee = stockForesight();
  return {
    name: 'nightly-demand',
    everyMs: EVERY_MS,
    async run({ database }) {
      const day = Math.floor((Date.now() - SETTLED_MS) / DAY_MS) - 1;
      const known = await countedTo(database);
      if (known < day) await count(database, day);
      const book = bookOf(database);
      if (book.demand.day < day) knowDemand(book, await demandOf(database));
      await foresee(database);
      return false;
    },
  };
}

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
    await tx.query('DELETE FROM demand_day WHERE day <= $1', [day - DEMAND_DAYS_MAX]);
    await tx.query(DROP_LEAST_ASKED, [DEMAND_GOODS_MAX]);
    const model = trainDaily((await unitsTo(tx, day)).series());
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

const DROP_LEAST_ASKED = `
  DELETE FROM demand_day WHERE sku IN (SELECT sku FROM demand_day GROUP BY sku ORDER BY sum(units) DESC, sku OFFSET $1)`;

async function demandOf(database: Database): Promise<DailyDemand> {
  const { rows } = await database.query<{ day: number; model: PooledModel | null }>('SELECT day, model FROM demand_model');
  const [known] = rows;
  if (known === undefined) return noDemand();
  const { day, model } = known;
  return { day, units: await unitsTo(database, day), ...(model !== null && { model }) };
}

/** A page at a time: all days of all goods at once would be 60 MB and more that nobody needs a moment later. */
async function unitsTo(database: Pick<Tx, 'query'>, day: number): Promise<DayUnits> {
  const units = new DayUnits(day);
  let last: { readonly day: number; readonly sku: string } | undefined = { day: day - DEMAND_DAYS_MAX, sku: '' };
  while (last !== undefined) {
    const { rows }: { rows: { day: number; sku: string; units: number }[] } = await database.query(
      `SELECT day, sku, units::float8 AS units FROM demand_day WHERE (day, sku) > ($1, $2) AND day <= $3 ORDER BY day, sku LIMIT ${PAGE_ROWS}`,
      [last.day, last.sku, day],
    );
    for (const it of rows) units.note(it.sku, it.day, it.units);
    last = rows.length < PAGE_ROWS ? undefined : rows.at(-1);
  }
  return units;
}
