import { randomUUID } from 'node:crypto';
import { assert } from '@midstream/kernel';
import { ExponentialBackoff } from 'cockatiel';
import type { Logger } from 'pino';
import type { Effect } from './define';
import { point } from './fault';
import { type Gather, gather } from './gather';
import { type AnyCommand, type AnyEvent, decideIn, type Handling, planOf, readFor, type Work, type Wrote } from './handle';
import {
  BATCH_MAX,
  EFFECT_ATTEMPTS_MAX,
  EFFECT_BACKOFF_MS,
  EFFECT_LEASE_MS,
  EFFECTS_AT_ONCE_MAX,
  LANE_AT_ONCE_MAX,
  PARKED_RETRY_MS,
  TODO_EVERY_MS,
} from './limits';
import { type Database, isTransient, type Tx } from './postgres';
import { alarmClock } from './wait';
import { outage } from './outage';

export type AnyEffect = Effect<never, never>;

interface TodoRow {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly payload: AnyCommand & AnyEvent;
  readonly cause: string | null;
  readonly traceparent: string | null;
  readonly attempts: number;
}

export interface TodoOptions {
  readonly database: Database;
  readonly handling: Handling;
  readonly effects: Readonly<Record<string, AnyEffect>>;
  readonly logger: Logger;
  readonly committed: (wrote: Wrote) => void;
}

export interface Todo {
  poke(): void;
  /** Takes no new work, and resolves when the effects that run have ended. */
  stop(): Promise<void>;
}

/** One worker a database takes the commands, so that those of one row keep their order. */
const TODO_LOCK = 7_320_002;

const FINISH_AGAIN_MS = 200;

const leaseOf = (effect: AnyEffect): number => effect.leaseMs ?? EFFECT_LEASE_MS;

const COLUMNS = 't.id, t.kind, t.key, t.payload, t.cause, t.traceparent, t.attempts';
/**
 * Past its time, and past what its topic's owner had published by then (protocol 16). statement_timestamp(): by clock_timestamp(), which may differ from row to
 * row, the index of times cannot be asked, and each look read all that waits (15 ms of a storm's every 20).
 */
const IS_DUE = `NOT t.stuck AND t.due_at <= statement_timestamp() AND (t.caught_up IS NULL OR t.due_at <= (
  SELECT CASE WHEN count(*) >= max(w.partitions) THEN min(w.at) END FROM watermark w WHERE w.topic = t.caught_up))`;

/** Does what is due: commands in batches, in the transaction that takes them; effects under a lease, committed before the call. */
export function startTodo(options: TodoOptions): Todo {
  const { logger, database, handling, committed } = options;
  // Calls that end together are finished together
  const finishing = gather(database, handling, committed);
  const bell = alarmClock();
  const running = new Set<Promise<void>>();
  const lanes = new Lanes();
  let stopping = false;

  const run = async (): Promise<void> => {
    const backoff = new ExponentialBackoff({ initialDelay: 100, maxDelay: 2_000 });
    let waiting = backoff.next();
    const trouble = outage(logger, { fails: 'what is due cannot be taken; it goes on trying', again: 'what is due is taken again' });
    while (!stopping) {
      try {
        const due = await look(database);
        const commands = due.commands ? await takeCommands(options) : 0;
        const free = EFFECTS_AT_ONCE_MAX - running.size;
        const effects = free > 0 && due.effects ? await claimEffects(database, options.effects, lanes, free) : [];
        for (const it of effects) {
          lanes.enter(it.lane);
          const work = runEffect(options, finishing, it).finally(() => {
            running.delete(work);
            lanes.leave(it.lane);
            bell.ring();
          });
          running.add(work);
        }
        trouble.passed();
        waiting = backoff.next();
        if (commands < BATCH_MAX && effects.length === 0) await bell.wait(TODO_EVERY_MS);
      } catch (error) {
        trouble.failed(error);
        await bell.wait(waiting.duration);
        waiting = waiting.next(undefined);
      }
    }
  };
  const ended = run();

  return {
    poke: () => bell.ring(),
    async stop() {
      stopping = true;
      bell.ring();
      await ended;
      await Promise.allSettled(running);
    },
  };
}

/** Whether there is anything to do at all: one statement, so that an idle service costs next to nothing. */
async function look(database: Database): Promise<{ readonly commands: boolean; readonly effects: boolean }> {
  const { rows } = await database.query<{ commands: boolean; effects: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM todo WHERE kind = 'command' AND NOT stuck AND due_at <= statement_timestamp()) AS commands,
            EXISTS (SELECT 1 FROM todo WHERE kind <> 'command' AND NOT stuck AND due_at <= statement_timestamp()
                       AND (lease_until IS NULL OR lease_until < statement_timestamp())) AS effects`,
    [],
  );
  return rows[0] ?? { commands: false, effects: false };
}

const inTurn = <T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> => database.turn(() => database.transaction(work));

/** Commands that are due, handled and taken away in one transaction; one that fails waits longer, the others are done. */
async function takeCommands(options: TodoOptions): Promise<number> {
  const { database, committed } = options;
  let taken: readonly TodoRow[] = [];
  try {
    const wrote = await inTurn(database, async (tx) => {
      taken = await lockCommands(tx, BATCH_MAX);
      return taken.length === 0 ? undefined : doCommands(tx, options, taken);
    });
    if (wrote !== undefined) committed(wrote);
    return taken.length;
  } catch (error) {
    if (taken.length === 0) throw error;
    for (const row of taken) await takeAlone(options, row);
    return taken.length;
  }
}

async function lockCommands(tx: Tx, limit: number): Promise<TodoRow[]> {
  const { rows: lock } = await tx.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [TODO_LOCK]);
  point('todo:after-lock');
  if (lock[0]?.mine !== true) return [];
  const { rows } = await tx.query<TodoRow>(
    `SELECT ${COLUMNS} FROM todo t WHERE t.kind = 'command' AND ${IS_DUE} ORDER BY t.due_at, t.id LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [limit],
  );
  point('todo:after-take');
  return rows;
}

/** Those about a parked record wait (protocol 27): what they would decide on is not the whole truth. */
async function doCommands(tx: Tx, { handling, logger }: TodoOptions, due: readonly TodoRow[]): Promise<Wrote> {
  const works = due.map((it): Work => ({ command: it.payload, cause: causeOf(it, `timer:${it.payload.type}`) }));
  const plan = planOf(handling, works);
  const [, done, read] = await Promise.all([postponeParked(tx, handling, due), takeAway(tx, due), readFor(tx, handling, plan)]);
  const isDone = (_: unknown, index: number) => done.has(due[index]?.id ?? '');
  const now = { works: works.filter(isDone), keys: plan.keys.filter(isDone) };
  const { outcomes, wrote } = await decideIn(tx, handling, now, read);
  outcomes.forEach((it, index) => {
    if (it.kind === 'refused')
      logger.warn({ command: now.works[index]?.command.type, rejected: it.rejection }, 'a timer came to a refusal');
  });
  return wrote;
}

async function postponeParked(tx: Tx, { domain }: Handling, rows: readonly TodoRow[]): Promise<void> {
  const about = rows.flatMap((it) => domain.keysOf(it.payload).map(({ id }) => ({ todo: it.id, key: id })));
  await tx.query(
    `UPDATE todo t SET due_at = clock_timestamp() + make_interval(secs => $2), error = 'key-parked'
      WHERE t.id IN (SELECT s.todo FROM json_to_recordset($1::json) AS s(todo bigint, key text) JOIN parked_key p USING (key))`,
    [JSON.stringify(about), PARKED_RETRY_MS / 1_000],
  );
  point('todo:after-parked');
}

/** Those that were not postponed a moment before. */
async function takeAway(tx: Tx, rows: readonly TodoRow[]): Promise<ReadonlySet<string>> {
  const { rows: gone } = await tx.query<{ id: string }>(
    'DELETE FROM todo WHERE id = ANY($1::bigint[]) AND due_at <= clock_timestamp() RETURNING id',
    [rows.map((it) => it.id)],
  );
  point('todo:after-delete');
  return new Set(gone.map((it) => it.id));
}

async function takeAlone(options: TodoOptions, row: TodoRow): Promise<void> {
  const { database, logger, committed } = options;
  try {
    const wrote = await inTurn(database, async (tx) => {
      const { rows } = await tx.query(`SELECT 1 FROM todo WHERE id = $1 FOR UPDATE SKIP LOCKED`, [row.id]);
      point('todo:after-alone');
      return rows.length === 0 ? undefined : doCommands(tx, options, [row]);
    });
    if (wrote !== undefined) committed(wrote);
  } catch (error) {
    logger.error({ err: error, command: row.payload.type, key: row.key }, 'a command that is due failed');
    await postpone(database, row, error);
  }
}

const causeOf = (row: TodoRow, actor: string): Work['cause'] => ({
  actor,
  ...(row.cause !== null && { cause: row.cause }),
  ...(row.traceparent !== null && { traceparent: row.traceparent }),
});

interface Claimed extends TodoRow {
  readonly token: string;
  readonly lane: string;
}

/** How many effects run in each lane. */
class Lanes {
  private readonly running = new Map<string, number>();

  enter(lane: string): void {
    this.running.set(lane, (this.running.get(lane) ?? 0) + 1);
  }

  leave(lane: string): void {
    const left = (this.running.get(lane) ?? 0) - 1;
    if (left > 0) this.running.set(lane, left);
    else this.running.delete(lane);
  }

  /** Those in which `most` run, or more. */
  full(most: number): string[] {
    return [...this.running].filter(([, n]) => n >= most).map(([lane]) => lane);
  }

  /** Of the others, how many run. */
  busy(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.running);
  }
}

/** So many that are due are looked at, more than one lane may begin: one with a long queue must not hide the next. */
const LOOKED_AT = 256;

/** A lane takes no more than a quarter of what is free: four suppliers that did not answer had all of it, and a storm waited for them. */
const laneMost = (free: number): number => Math.max(1, Math.min(LANE_AT_ONCE_MAX, Math.floor(free / 4)));

/** Leases effects, at most one a key, the oldest first, as many a lane as it has room for. Committed before the call: a crash leaves the lease, and the lease runs out. */
async function claimEffects(
  database: Database,
  effects: Readonly<Record<string, AnyEffect>>,
  lanes: Lanes,
  limit: number,
): Promise<Claimed[]> {
  const names = Object.keys(effects);
  if (names.length === 0) return [];
  const token = randomUUID();
  const leases = Object.fromEntries(Object.entries(effects).map(([name, it]) => [name, leaseOf(it)]));
  const most = laneMost(limit);
  const { rows } = await database.query<TodoRow & { lane: string }>(
    // MATERIALIZED: a plan that asks the inner query again would lease more than LIMIT. Two that claim at once: the second waits for the
    // row, and finds its lease
    `WITH due AS MATERIALIZED (
       SELECT t.id, t.lane FROM todo t
        WHERE t.kind <> 'command' AND t.kind = ANY($3) AND ${IS_DUE} AND (t.lease_until IS NULL OR t.lease_until < statement_timestamp())
          AND t.lane <> ALL($5)
          AND NOT EXISTS (SELECT 1 FROM todo e WHERE e.key = t.key AND e.kind = ANY($3) AND NOT e.stuck AND e.id < t.id)
        ORDER BY t.due_at, t.id LIMIT ${LOOKED_AT}),
          first AS MATERIALIZED (
       SELECT id FROM (SELECT id, lane, row_number() OVER (PARTITION BY lane ORDER BY id) AS n FROM due) d
        WHERE n <= $7::int - coalesce(($6::json ->> lane)::int, 0) ORDER BY id LIMIT $4)
     UPDATE todo t SET token = $1, attempts = t.attempts + 1, lease_until = clock_timestamp() + make_interval(secs => ($2::json ->> t.kind)::int / 1000.0)
       FROM first WHERE t.id = first.id AND (t.lease_until IS NULL OR t.lease_until < statement_timestamp())
     RETURNING ${COLUMNS}, t.lane`,
    [token, JSON.stringify(leases), names, limit, lanes.full(most), JSON.stringify(lanes.busy()), most],
  );
  point('todo:after-claim');
  return rows.map((it) => ({ ...it, token }));
}

async function runEffect(options: TodoOptions, finishing: Gather, row: Claimed): Promise<void> {
  const { database, effects, logger } = options;
  const effect = effects[row.kind];
  assert(effect !== undefined, `the service has the effect ${row.kind}`);
  const until = Date.now() + leaseOf(effect) * 0.9;
  try {
    const commands = await callOf(options, effect, row);
    point('todo:after-call');
    await whileItMayPass(until, () => finish(database, finishing, row, commands));
    point('todo:after-finish');
  } catch (error) {
    logger.warn({ err: error, effect: row.kind, key: row.key, attempts: row.attempts }, 'an effect failed; it is tried again');
    await postpone(database, row, error, row.token).catch(() => undefined);
  }
}

async function finish(database: Database, finishing: Gather, row: Claimed, commands: readonly AnyCommand[]): Promise<void> {
  const finishes = { id: row.id, token: row.token };
  const works = commands.map((command) => ({ command, cause: causeOf(row, `effect:${row.kind}`), finishes }));
  if (works.length > 0) await finishing.submitAll(works);
  else await database.query('DELETE FROM todo WHERE id = $1 AND token = $2', [row.id, row.token]);
}

/** What the call came to is known here only: a database that is away for a moment must not make it unknown. */
async function whileItMayPass(until: number, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, FINISH_AGAIN_MS));
    }
  }
}

/** The commands that the call came to. One that may be tried only once, and was tried before, is lost (protocol 11). */
async function callOf({ database, logger }: TodoOptions, effect: AnyEffect, row: Claimed): Promise<readonly AnyCommand[]> {
  const event = row.payload as never;
  const signal = AbortSignal.timeout(leaseOf(effect) * 0.8);
  const run = () =>
    effect.run(event, { database, signal, attempts: row.attempts - 1, ...(row.traceparent !== null && { traceparent: row.traceparent }) });
  if (effect.lost === undefined) return run();
  if (row.attempts > 1) return [effect.lost(event, 'died')];
  try {
    return await run();
  } catch (error) {
    logger.warn({ err: error, effect: row.kind, key: row.key }, 'the outcome of an effect is not known');
    return [effect.lost(event, 'failed')];
  }
}

/** `token`: of the lease under which it was tried; where another has the row by now, it is his. */
async function postpone(database: Database, row: TodoRow, error: unknown, token: string | null = null): Promise<void> {
  const waitMs = Math.min(EFFECT_BACKOFF_MS.first * 2 ** Math.min(row.attempts, 20), EFFECT_BACKOFF_MS.max);
  const message = (error instanceof Error ? error.message : String(error)).slice(0, 500);
  await database.pool.query(
    `UPDATE todo SET due_at = clock_timestamp() + make_interval(secs => $2), lease_until = NULL, token = NULL, error = $3, stuck = attempts >= $4,
            attempts = CASE WHEN kind = 'command' THEN attempts + 1 ELSE attempts END
      WHERE id = $1 AND token IS NOT DISTINCT FROM $5`,
    [row.id, waitMs / 1000, message, EFFECT_ATTEMPTS_MAX, token],
  );
  point('todo:after-postpone');
}
