import type { Database, Tx } from '@midstream/runtime';
import DataLoader from 'dataloader';

/** Units that one statement gives codes to. */
export const UNITS_A_STATEMENT = 500;
/** Beside each other: what one has locked the other skips. */
const STATEMENTS_AT_ONCE = 2;
/** Purchases that are gathered while others are under way. */
const PURCHASES_MAX = 200;

export interface WantsCodes {
  readonly purchaseId: string;
  readonly offerId: string;
  readonly unitIds: readonly string[];
}

interface Unit {
  readonly id: string;
  readonly purchaseId: string;
  readonly offerId: string;
}

/**
 * Gives units free codes of their vaults, exactly one each, those that expire soonest first. Purchases that come while others are served
 * are served together: one statement for up to 500 units of any offers (row by row is twenty times slower; reliability.md 3.2).
 */
export class Assignments {
  private readonly serving = new Set<Promise<unknown>>();
  private readonly wanting = new DataLoader<WantsCodes, string[]>((all) => this.serve(all), {
    cache: false,
    maxBatchSize: PURCHASES_MAX,
    batchScheduleFn: (go) => void this.turn().finally(() => setImmediate(go)),
  });

  constructor(private readonly database: Database) {}

  /** A unit that has a code keeps it. Returns the units of the purchase that have a code now. */
  assign(wants: WantsCodes): Promise<string[]> {
    return this.wanting.load(wants);
  }

  /** Where they cannot be served together, each is served by itself. */
  private async serve(all: readonly WantsCodes[]): Promise<(string[] | Error)[]> {
    const served = this.together(all).catch((error: Error) =>
      all.length === 1
        ? [error]
        : Promise.all(
            all.map((it) =>
              this.together([it]).then(
                ([units = []]) => units,
                (alone: Error) => alone,
              ),
            ),
          ),
    );
    const done = served.finally(() => this.serving.delete(done)).catch(() => undefined);
    this.serving.add(done);
    return served;
  }

  private async turn(): Promise<void> {
    if (this.serving.size >= STATEMENTS_AT_ONCE) await Promise.race(this.serving);
  }

  private async together(all: readonly WantsCodes[]): Promise<string[][]> {
    const given = await this.assignAll(all);
    return all.map(({ unitIds }) => unitIds.filter((it) => given.has(it)));
  }

  /** All of these purchases at once. Returns the units that have a code now. */
  private async assignAll(all: readonly WantsCodes[]): Promise<Set<string>> {
    // By their ids: a purchase that is asked for twice at once wants nothing twice
    const wanted = all.flatMap(({ purchaseId, offerId, unitIds }) =>
      unitIds.map((id): [string, Unit] => [id, { id, purchaseId, offerId }]),
    );
    const units = [...new Map(wanted).values()];
    const given = new Set<string>();
    for (let from = 0; from < units.length; from += UNITS_A_STATEMENT) {
      const part = units.slice(from, from + UNITS_A_STATEMENT);
      for (const it of await this.give(part, 'SKIP LOCKED')) given.add(it);
      const short = part.filter((it) => !given.has(it.id));
      if (short.length === 0) continue;
      // Skipped is not sold out: what others had locked may be free again. In a transaction of its own: who waits holds nothing that others wait for.
      for (const it of await this.give(short, '')) given.add(it);
    }
    return given;
  }

  private give(units: readonly Unit[], skip: 'SKIP LOCKED' | ''): Promise<string[]> {
    return this.database.transaction(async (tx) => {
      // Two answers to one purchase must not both look for its codes
      tx.send(
        `SELECT pg_advisory_xact_lock(h) FROM (SELECT DISTINCT hashtextextended(it, 0) AS h FROM unnest($1::text[]) AS it ORDER BY 1) AS lock`,
        [units.map((it) => it.purchaseId)],
      );
      return giveCodes(tx, units, skip);
    });
  }
}

/**
 * One statement. Offers are visited by id, and codes by their order: two that wait never wait for each other. Units and codes of an offer meet by
 * their places in two lists: however they were joined, the planner, which cannot know how many they are, compared each with every other (of 25 ms
 * for 500 units that was 13).
 */
async function giveCodes(tx: Tx, units: readonly Unit[], skip: 'SKIP LOCKED' | ''): Promise<string[]> {
  const { rows } = await tx.query<{ unit_id: string }>(
    `WITH asked AS MATERIALIZED (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS u(id, purchase_id, offer_id, n)),
          has   AS MATERIALIZED (SELECT unit_id, state FROM code WHERE unit_id = ANY($1)),
          need  AS MATERIALIZED (
            SELECT offer_id, count(*) AS n, array_agg(id ORDER BY n) AS units, array_agg(purchase_id ORDER BY n) AS purchases
              FROM asked WHERE id NOT IN (SELECT unit_id FROM has) GROUP BY offer_id ORDER BY offer_id),
          pair  AS MATERIALIZED (
            SELECT pair.* FROM need
             CROSS JOIN LATERAL (
               SELECT array_agg(x.id ORDER BY x.expires_at, x.id) AS codes FROM (
                 SELECT id, expires_at FROM code
                  WHERE offer_id = need.offer_id AND state = 'free' AND expires_at > clock_timestamp() AND sell_until > clock_timestamp()
                  ORDER BY expires_at, id LIMIT need.n FOR UPDATE ${skip}) AS x) AS free
             CROSS JOIN LATERAL unnest(free.codes, need.units, need.purchases) AS pair(code_id, unit_id, purchase_id)
             WHERE pair.code_id IS NOT NULL),
          given AS (
            UPDATE code SET state = 'assigned', purchase_id = pair.purchase_id, unit_id = pair.unit_id
              FROM pair WHERE code.id = pair.code_id RETURNING code.unit_id)
     SELECT unit_id FROM given UNION ALL SELECT unit_id FROM has WHERE state IN ('assigned', 'quarantined')`,
    [units.map((it) => it.id), units.map((it) => it.purchaseId), units.map((it) => it.offerId)],
  );
  return rows.map((it) => it.unit_id);
}
