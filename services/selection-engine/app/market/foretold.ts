import { setImmediate } from 'node:timers/promises';
import type { Database, Tx } from '@midstream/runtime';
import {
  becameOf,
  correctionOf,
  foretell,
  type Foretelling,
  type Foretold,
  knowCalibration,
  type OfferBook,
  ORIGINS_NEWEST,
  standingOf,
} from '@midstream/selection-engine-domain';
import { bookOf } from '../book';

const DAY_MS = 86_400_000;
/** Of past nights, for whoever wants to look; three of them are used. */
const KEPT_DAYS = 14;
/** A market in which there is nothing to foretell is looked at again after so long. */
const AGAIN_MS = 3_600_000;
/** Foretold at once, before others are served. */
const CHUNK = 20;
/** One replica at a time. */
const FORETELLING = 60_112;

/**
 * Closes the loop of stock risk, with the nightly loop: each night one replica foretells of a sample of offers how likely they run out; whoever
 * sees that one has, or that its time is over, writes it down, once; from what became of the newest nights one replica works out what cards
 * are corrected by, and all follow.
 */
export function stockForesight(): (database: Database) => Promise<void> {
  let triedAt = 0;
  return async (database) => {
    const at = Date.now();
    const [book, day] = [bookOf(database), Math.floor(at / DAY_MS)];
    await noteEnded(database, book, at);
    const { told, ended, fitted } = await standOf(database);
    if (ended > fitted) await fit(database, ended);
    if (told < day && at - triedAt >= AGAIN_MS) {
      triedAt = at;
      await tell(database, book, day, at);
    }
    await follow(database, book);
  };
}

interface Stand {
  /** The last night in which it was foretold, the last of which all has ended, and the last that the correction knows. */
  readonly told: number;
  readonly ended: number;
  readonly fitted: number;
}

const ENDED = `SELECT day FROM stock_foretold GROUP BY day HAVING bool_and(came IS NOT NULL)`;

async function standOf(database: Pick<Tx, 'query'>): Promise<Stand> {
  const { rows } = await database.query<Stand>(
    `SELECT coalesce((SELECT max(day) FROM stock_foretold), -1) AS told, coalesce((SELECT max(day) FROM (${ENDED}) AS it), -1) AS ended,
            coalesce((SELECT day FROM stock_calibration), -1) AS fitted`,
  );
  return rows[0] ?? { told: -1, ended: -1, fitted: -1 };
}

interface OpenRow {
  readonly day: number;
  readonly offer_id: string;
  readonly told_at: Date;
  readonly until: Date;
}

/** What another replica has written down stays. */
async function noteEnded(database: Database, book: OfferBook, at: number): Promise<void> {
  const { rows } = await database.query<OpenRow>('SELECT day, offer_id, told_at, until FROM stock_foretold WHERE came IS NULL');
  const ended = rows.flatMap(({ day, offer_id, told_at, until }) => {
    const became = becameOf({ toldAt: told_at.getTime(), untilAt: until.getTime() }, standingOf(book, offer_id), at);
    return became === undefined ? [] : [{ day, offer_id, became }];
  });
  const seen = ended.filter((it) => it.became !== 'unseen');
  if (seen.length > 0)
    await database.query(
      `UPDATE stock_foretold AS it SET came = s.came FROM unnest($1::int[], $2::text[], $3::boolean[]) AS s(day, offer_id, came)
        WHERE it.day = s.day AND it.offer_id = s.offer_id AND it.came IS NULL`,
      [seen.map((it) => it.day), seen.map((it) => it.offer_id), seen.map((it) => it.became === 'empty')],
    );
  const unseen = ended.filter((it) => it.became === 'unseen');
  if (unseen.length > 0)
    await database.query(
      `DELETE FROM stock_foretold AS it USING unnest($1::int[], $2::text[]) AS s(day, offer_id)
        WHERE it.day = s.day AND it.offer_id = s.offer_id AND it.came IS NULL`,
      [unseen.map((it) => it.day), unseen.map((it) => it.offer_id)],
    );
}

const alone = (database: Database, work: (tx: Tx, stand: Stand) => Promise<void>): Promise<void> =>
  database.transaction(async (tx) => {
    const { rows } = await tx.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [FORETELLING]);
    if (rows[0]?.mine === true) await work(tx, await standOf(tx));
  });

async function tell(database: Database, book: OfferBook, day: number, at: number): Promise<void> {
  const all: Foretelling[] = [];
  for (const it of foretell(book, day, at)) if (all.push(it) % CHUNK === 0) await setImmediate();
  if (all.length === 0) return;
  await alone(database, async (tx, { told }) => {
    if (told >= day) return;
    await tx.query(
      `INSERT INTO stock_foretold (day, offer_id, said, told_at, until)
       SELECT $1, offer_id, said, $2, until FROM unnest($3::text[], $4::float8[], $5::timestamptz[]) AS s(offer_id, said, until)`,
      [day, new Date(at), all.map((it) => it.offerId), all.map((it) => it.said), all.map((it) => new Date(it.untilAt))],
    );
    await tx.query('DELETE FROM stock_foretold WHERE day <= $1', [day - KEPT_DAYS]);
  });
}

const fit = (database: Database, day: number): Promise<void> =>
  alone(database, async (tx, { fitted }) => {
    if (fitted >= day) return;
    const { rows } = await tx.query<Foretold>(
      `SELECT said, came FROM stock_foretold WHERE day IN (SELECT day FROM (${ENDED}) AS it WHERE day <= $1 ORDER BY day DESC LIMIT $2)`,
      [day, ORIGINS_NEWEST],
    );
    const by = correctionOf(rows);
    await tx.query(
      `INSERT INTO stock_calibration (id, day, ended, slope, shift) VALUES (true, $1, $2, $3, $4)
           ON CONFLICT (id) DO UPDATE SET day = excluded.day, ended = excluded.ended, slope = excluded.slope, shift = excluded.shift`,
      [day, rows.length, by?.slope ?? null, by?.shift ?? null],
    );
  });

async function follow(database: Database, book: OfferBook): Promise<void> {
  const { rows } = await database.query<{ day: number; slope: number | null; shift: number | null }>(
    'SELECT day, slope, shift FROM stock_calibration',
  );
  for (const { day, slope, shift } of rows)
    knowCalibration(book, { day, ...(slope !== null && shift !== null && { by: { slope, shift } }) });
}
