import type { Client } from 'pg';

/** An event of a service's log, as a follower sees it: committed. */
export interface Logged {
  readonly type: string;
  readonly key: string;
  readonly lineId: string | null;
  /** The offer whose hold it replaces, of a LineAssigned. */
  readonly replaces: string | null;
}

export interface Follower {
  stop(): Promise<void>;
}

/** Between two looks: what a latency may be too long by. */
const EVERY_MS = 5;

/**
 * Follows the log of a service in its own database, and tells of each event once, as soon as it is committed; never too soon. By snapshot
 * difference, since ids are drawn before the commit. `seenAt`: performance.now() of this process.
 */
export async function followLog(
  client: Client,
  types: readonly string[],
  hear: (event: Logged, seenAt: number) => void,
): Promise<Follower> {
  let snapshot = (await client.query<{ now: string }>('SELECT pg_current_snapshot()::text AS now')).rows[0]?.now ?? '';
  let stopping = false;
  const run = async (): Promise<void> => {
    while (!stopping) {
      const { rows } = await client.query<{ now: string } & Logged>({ name: 'follow', text: NEWS, values: [snapshot, types] });
      const at = performance.now();
      for (const row of rows) {
        snapshot = row.now;
        if (row.type !== null) hear(row, at);
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  };
  const ended = run();
  ended.catch(() => undefined);
  return {
    async stop() {
      stopping = true;
      await ended;
    },
  };
}

/**
 * One statement has one snapshot: what it sees is what pg_current_snapshot() says in it. The upper bound says nothing new, except to the
 * planner, who without it takes a third of the log for new and reads all of it.
 */
const NEWS = `
  SELECT s.now, e.type, e.key, e.data ->> 'lineId' AS "lineId", e.data -> 'replaces' ->> 'offerId' AS replaces
    FROM (SELECT pg_current_snapshot()::text AS now) s
    LEFT JOIN (SELECT type, key, data FROM event
                WHERE xid >= pg_snapshot_xmax($1::pg_snapshot) AND xid < pg_snapshot_xmax(pg_current_snapshot()) AND type = ANY($2)
               UNION ALL
               SELECT type, key, data FROM event
                WHERE xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::pg_snapshot))) AND type = ANY($2)) e ON true`;
