import { type Counters, countersOf, type Offer } from '@midstream/inventory-domain';
import { Database, type LoopContext } from '@midstream/runtime';
import { Injectable } from '@nestjs/common';
import type { DifferenceView, MovementView, StockBooksView } from './books.views';

const SHOWN_MAX = 200;

interface Compared {
  readonly state: Offer;
  readonly held: number;
  readonly in_flight: number;
  readonly accepted: number;
  readonly reported: number;
  readonly settled: number;
  readonly accepted_at_report: number;
  readonly holds_held: number;
  readonly holds_queued: number;
  readonly holds_in_flight: number;
}

interface Difference {
  readonly offerId: string;
  readonly seen: Counters;
  readonly rebuilt: Counters;
  readonly ofHolds: { readonly held: number; readonly inFlight: number };
}

/**
 * Every counter against the movements and the holds, in one statement and so at one moment: what runs meanwhile makes no difference. Where a
 * movement is named, only of offers that have had one after it.
 */
async function compare(database: Database, after?: string): Promise<{ offers: number; differences: Difference[] }> {
  const { rows } = await database.pool.query<Compared>(
    `WITH looked AS MATERIALIZED (
       SELECT o.id, o.state FROM offer o
         LEFT JOIN LATERAL (SELECT s.id FROM stock_movement s WHERE s.offer_id = o.id AND s.id > $1::bigint ORDER BY s.id DESC LIMIT 1) AS s ON true
        WHERE $1::bigint IS NULL OR s.id IS NOT NULL),
     moved AS (
       SELECT s.offer_id, sum(s.held)::int AS held, sum(s.in_flight)::int AS in_flight, sum(s.accepted)::int AS accepted,
              max(s.id) FILTER (WHERE s.reported IS NOT NULL) AS feed
         FROM stock_movement s JOIN looked l ON l.id = s.offer_id GROUP BY s.offer_id),
     at_report AS (
       SELECT s.offer_id, sum(s.accepted)::int AS accepted FROM stock_movement s JOIN moved m USING (offer_id)
        WHERE s.id <= m.feed AND s.accepted <> 0 GROUP BY s.offer_id),
     holds AS (
       SELECT offer_id, sum(strikable)::int AS held, sum((state ->> 'queued')::int)::int AS queued,
              sum((state ->> 'submitting')::int + (state ->> 'unknown')::int)::int AS in_flight
         FROM hold WHERE (strikable > 0 OR at_supplier > 0) AND offer_id IN (SELECT id FROM looked) GROUP BY offer_id)
     SELECT o.state, coalesce(m.held, 0) AS held, coalesce(m.in_flight, 0) AS in_flight, coalesce(m.accepted, 0) AS accepted,
            coalesce(f.reported, 0) AS reported, coalesce(f.settled, 0) AS settled, coalesce(r.accepted, 0) AS accepted_at_report,
            coalesce(h.held, 0) AS holds_held, coalesce(h.queued, 0) AS holds_queued, coalesce(h.in_flight, 0) AS holds_in_flight
       FROM looked o LEFT JOIN moved m ON m.offer_id = o.id LEFT JOIN stock_movement f ON f.offer_id = o.id AND f.id = m.feed
       LEFT JOIN at_report r ON r.offer_id = o.id LEFT JOIN holds h ON h.offer_id = o.id`,
    [after ?? null],
  );
  return { offers: rows.length, differences: rows.flatMap((it) => differenceOf(it) ?? []) };
}

function differenceOf(it: Compared): Difference | undefined {
  const seen = countersOf(it.state);
  const rebuilt: Counters = {
    held: it.held,
    queued: it.holds_queued,
    inFlight: it.in_flight,
    accepted: it.accepted,
    reported: it.reported,
    settled: it.settled,
    acceptedAtReport: it.accepted_at_report,
  };
  const ofHolds = { held: it.holds_held, inFlight: it.holds_in_flight };
  const isSound =
    (Object.keys(seen) as (keyof Counters)[]).every((name) => seen[name] === rebuilt[name]) &&
    ofHolds.held === seen.held &&
    ofHolds.inFlight === seen.inFlight;
  return isSound ? undefined : { offerId: it.state.offerId, seen, rebuilt, ofHolds };
}

/** Only where the ledger and the holds say the same is the row the one that is wrong; else a person must look. */
const isRepairable = ({ rebuilt, ofHolds }: Difference): boolean => rebuilt.held === ofHolds.held && rebuilt.inFlight === ofHolds.inFlight;

/** Compares, keeps what it finds, and repairs what can be. `after`: only offers with a movement after that one. */
export async function reconcileStock({ database, handle }: LoopContext, after?: string): Promise<StockBooksView> {
  const { offers, differences } = await compare(database, after);
  for (const { offerId, seen, rebuilt, ofHolds } of differences) {
    const repaired = isRepairable({ offerId, seen, rebuilt, ofHolds });
    if (repaired) await handle({ type: 'RebuildCounters', offerId, seen, rebuilt } as { type: string });
    await database.pool.query(`INSERT INTO stock_difference (offer_id, seen, rebuilt, of_holds, repaired) VALUES ($1, $2, $3, $4, $5)`, [
      offerId,
      JSON.stringify(seen),
      JSON.stringify(rebuilt),
      JSON.stringify(ofHolds),
      repaired,
    ]);
  }
  return { offers, differences: differences.length, repaired: differences.filter(isRepairable).length };
}

@Injectable()
export class StockBooks {
  constructor(private readonly database: Database) {}

  async differences(): Promise<DifferenceView[]> {
    const { rows } = await this.database.pool.query<Omit<DifferenceView, 'foundAt'> & { found: Date }>(
      `SELECT offer_id AS "offerId", seen, rebuilt, of_holds AS "ofHolds", repaired, found_at AS found
         FROM stock_difference ORDER BY id DESC LIMIT ${SHOWN_MAX}`,
    );
    return rows.map(({ found, ...it }) => ({ ...it, foundAt: found.toISOString() }));
  }

  /** The newest movements of an offer, newest first; older ones before `before`. */
  async movements(offerId: string, before: string | undefined): Promise<MovementView[]> {
    const { rows } = await this.database.pool.query<Omit<MovementView, 'at'> & { time: Date }>(
      `SELECT id::text AS "movementId", kind, hold_id AS "holdId", units, held, in_flight AS "inFlight", accepted, reported, settled, reason, at AS time
         FROM stock_movement WHERE offer_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT ${SHOWN_MAX}`,
      [offerId, before ?? null],
    );
    return rows.map(({ time, reason, ...it }) => ({ ...it, ...(reason && { reason }), at: time.toISOString() }));
  }

  get source(): Database {
    return this.database;
  }
}
