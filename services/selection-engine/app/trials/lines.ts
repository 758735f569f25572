import type { Database, Tx } from '@midstream/runtime';
import { type EndedTrialLine, JUDGED_MAX, MARGIN_AT, rewardOf, SETTLED_MS, type TrialLine } from '@midstream/selection-engine-domain';

/** One replica at a time. */
const SETTLING = 60_109;
export const SETTLED_MAX = 500;
/** A line of which no end was heard for so long is not looked for any more. */
const OPEN_DAYS = 30;

interface Ended extends Omit<EndedTrialLine, 'endedAt'> {
  readonly order_id: string;
  readonly line_id: string;
  readonly ended_at: Date;
}

/** Works out what lines that ended came to, each once. Says of how many; `undefined`: another replica is about it. */
export const settleLines = (database: Database, trial: string): Promise<number | undefined> =>
  database.transaction(async (tx) => {
    const { rows: lease } = await tx.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [SETTLING]);
    if (lease[0]?.mine !== true) return undefined;
    const { rows } = await tx.query<Ended>(ENDED, [trial]);
    await keepRewards(tx, rows);
    return rows.length;
  });

async function keepRewards(tx: Tx, ended: readonly Ended[]): Promise<void> {
  if (ended.length === 0) return;
  const rows = ended.map(({ order_id, line_id, ended_at, ...it }) => {
    const { reward, late, atStake } = rewardOf({ ...it, endedAt: ended_at.getTime() });
    return { order_id, line_id, ended_at, reward, late, at_stake: atStake };
  });
  await tx.query(
    `UPDATE trial_line l SET ended_at = s.ended_at, reward = s.reward, late = s.late, at_stake = s.at_stake
       FROM json_to_recordset($1::json)
            AS s(order_id text, line_id text, ended_at timestamptz, reward float8, late boolean, at_stake jsonb)
      WHERE (l.order_id, l.line_id) = (s.order_id, s.line_id)`,
    [JSON.stringify(rows)],
  );
}

const OF_LINE = `order_id = came.order_id AND record #>> '{request,lineId}' = came.line_id`;

/** With the line's first request, how many decisions it took, and what each offer that served it left as they knew it. */
const ENDED = `
  WITH came AS (
    SELECT order_id, line_id, e.ordered, e.delivered, coalesce(e.served, '[]') AS served, coalesce(e.faulty, '[]') AS faulty, e.ended_at
      FROM trial_line l JOIN line_end e USING (order_id, line_id)
     WHERE l.trial = $1 AND l.ended_at IS NULL AND l.decided_at > now() - make_interval(days => ${OPEN_DAYS})
     ORDER BY l.decided_at LIMIT ${SETTLED_MAX}
  )
  SELECT came.*, attempts, request, margins
    FROM came CROSS JOIN LATERAL (
      SELECT count(*)::int AS attempts, (array_agg(record->'request' ORDER BY decided_at, id))[1] AS request
        FROM decision WHERE ${OF_LINE}) decided
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_object_agg(it->>'offerId', it->'known'->${MARGIN_AT} ORDER BY decided_at), '{}') AS margins
        FROM decision, jsonb_array_elements(record->'considered') it
       WHERE ${OF_LINE} AND it ? 'known'
         AND served @> jsonb_build_array(jsonb_build_object('offerId', it->'offerId'))) priced
   WHERE request IS NOT NULL`;

interface Judged {
  readonly challenger: boolean;
  readonly cluster: number;
  readonly reward: number;
  readonly late: boolean;
  readonly ended_at: Date;
  readonly at_stake: Readonly<Record<string, number>>;
  readonly complained: readonly string[] | null;
}

/** What has had its day to be complained of, with the complaints that stand by now. */
export async function judgedLines(database: Database, trial: string): Promise<TrialLine[]> {
  const { rows } = await database.pool.query<Judged>(
    `WITH complained AS (
       SELECT split_part(id, '/', 1) AS order_id, split_part(id, '/', 2) AS line_id, jsonb_agg(state->>'offerId') AS offers
         FROM complaint WHERE state->'complaints' @? '$.* ? (@ == true)' GROUP BY 1, 2
     )
     SELECT challenger, cluster, reward, late, ended_at, at_stake, offers AS complained
       FROM trial_line l LEFT JOIN complained USING (order_id, line_id)
      WHERE trial = $1 AND ended_at <= now() - make_interval(secs => ${SETTLED_MS / 1_000})
      ORDER BY ended_at, order_id, line_id LIMIT ${JUDGED_MAX}`,
    [trial],
  );
  return rows.map(({ ended_at, at_stake, complained, ...it }) => ({
    ...it,
    endedAt: ended_at.getTime(),
    ...(complained && { complaint: complained.reduce((sum, offerId) => sum + (at_stake[offerId] ?? 0), 0) }),
  }));
}

/** The challenger's lines that would be judged now. */
export async function readyLines(database: Database, trial: string): Promise<number> {
  const { rows } = await database.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM trial_line
      WHERE trial = $1 AND challenger AND ended_at <= now() - make_interval(secs => ${SETTLED_MS / 1_000})`,
    [trial],
  );
  return rows[0]?.n ?? 0;
}

/** What is known of trials that are over is their verdict. */
export const dropOtherLines = (database: Database, trial: string): Promise<unknown> =>
  database.pool.query('DELETE FROM trial_line WHERE trial <> $1', [trial]);
