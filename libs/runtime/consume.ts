import type { Service, Topic } from '@midstream/contracts';
import type { Logger } from 'pino';
import type { Chunk } from './bus';
import { point } from './fault';
import { type Handling, handleIn, insertTodos, todoRow, type Work } from './handle';
import { type Faulty, type Heard, isState, type Sorted, sortRecords } from './heard';
import { claim, noteWatermarks, project } from './inbox';
import { BATCH_TRIES_MAX, STRAIN_MAX } from './limits';
import { lockParked, park, ParkingFull, type ParkedMessageView } from './parking';
import { type Database, isConflict, isTransient, type Tx } from './postgres';

export interface Consuming {
  readonly consumer: Service;
  readonly database: Database;
  readonly handling: Handling;
  /** State topics that the domain reacts to, beside the projection. */
  readonly hears: ReadonlySet<Topic>;
  readonly logger: Logger;
  readonly count: (
    name: 'applied' | 'duplicate' | 'unknown-type' | 'parked' | 'waiting' | 'refused-fact',
    by: string,
    amount?: number,
  ) => void;
  readonly committed: () => void;
}

/**
 * A chunk of one partition. Throws only what may pass (the database is away), and then nothing of it was applied. All else ends here:
 * an error thrown into the bus would stop the whole consumer (reliability.md, finding 1).
 */
export function consumer(consuming: Consuming): (chunk: Chunk) => Promise<void> {
  const strain = new Map<string, number>();
  return async (chunk) => {
    await noteWatermarks(consuming.database, chunk.watermarks);
    const [first] = chunk.records;
    if (first === undefined) return;
    const place = `${first.topic}/${first.partition}`;
    const sorted = sortRecords(chunk.records, Date.now(), (type) => consuming.count('unknown-type', type));
    try {
      await commit(consuming, sorted);
    } catch (error) {
      const failures = (strain.get(place) ?? 0) + 1;
      strain.set(place, failures);
      // A "transient" error that lasts while the database answers is no outage: take the chunk apart.
      if (await isOutage(consuming, error, failures)) throw error;
      await takeApart(consuming, sorted);
    }
    strain.delete(place);
  };
}

async function isOutage({ database }: Consuming, error: unknown, failures = STRAIN_MAX): Promise<boolean> {
  if (error instanceof ParkingFull) return true;
  if (!isTransient(error)) return false;
  return (
    failures < STRAIN_MAX ||
    !(await database.pool.query('SELECT 1').then(
      () => true,
      () => false,
    ))
  );
}

async function commit(consuming: Consuming, sorted: Sorted): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await consuming.database.transaction((tx) => applyIn(tx, consuming, sorted));
      break;
    } catch (error) {
      if (!isConflict(error) || tries >= BATCH_TRIES_MAX) throw error;
    }
  }
  point('consume:after-commit');
  consuming.committed();
}

/** A chunk that fails as a whole is applied key by key; within the key that fails, message by message: the culprit is parked. */
async function takeApart(consuming: Consuming, { heard, faulty }: Sorted): Promise<void> {
  const keys = new Set([...heard, ...faulty].map((it) => it.key));
  for (const key of keys) {
    const own: Sorted = { heard: heard.filter((it) => it.key === key), faulty: faulty.filter((it) => it.key === key) };
    try {
      await commit(consuming, own);
    } catch (error) {
      if (await isOutage(consuming, error)) throw error;
      await parkCulprit(consuming, own);
    }
  }
}

async function parkCulprit(consuming: Consuming, { heard, faulty }: Sorted): Promise<void> {
  for (const [n, one] of heard.entries()) {
    try {
      await commit(consuming, { heard: [one], faulty: [] });
    } catch (error) {
      if (await isOutage(consuming, error)) throw error;
      consuming.logger.error({ err: error, key: one.key, topic: one.record.topic }, 'a message could not be applied: its key is parked');
      const culprit: Faulty = { index: one.index, record: one.record, key: one.key, eventId: one.envelope.id, error: messageOf(error) };
      return commit(consuming, { heard: heard.slice(n + 1), faulty: [culprit, ...faulty] });
    }
  }
  await commit(consuming, { heard: [], faulty });
}

/** One transaction: claim the new ones, set aside what waits behind a parked key, react, handle. */
async function applyIn(tx: Tx, consuming: Consuming, { heard, faulty }: Sorted): Promise<void> {
  const { consumer: name, count } = consuming;
  const parked = await lockParked(
    tx,
    name,
    [...heard, ...faulty].map((it) => it.key),
  );
  const facts = heard.filter((it) => !isState(it.fact));
  const fresh = await claim(tx, name, [...facts.map((it) => it.envelope.id), ...faulty.flatMap((it) => it.eventId ?? [])]);
  const mine = facts.filter((it) => fresh.has(it.envelope.id));
  const faults = faulty.filter((it) => (it.eventId === undefined ? !parked.has(it.key) : fresh.has(it.eventId)));
  const stoppedAt = new Map<string, number>([...parked].map((key) => [key, -1]));
  for (const it of faults) if (!stoppedAt.has(it.key)) stoppedAt.set(it.key, it.index);
  const isBehind = (it: Heard) => it.index > (stoppedAt.get(it.key) ?? Infinity);
  const behind = mine.filter(isBehind);
  await park(
    tx,
    name,
    errorsOf(faults),
    [...faults, ...behind]
      .sort((a, b) => a.index - b.index)
      .map(({ key, record }) => ({ key, topic: record.topic, envelope: record.value })),
  );
  const newer = await project(
    tx,
    heard.filter((it) => isState(it.fact)),
  );
  const now = [...mine.filter((it) => !isBehind(it)), ...newer.filter((it) => consuming.hears.has(it.record.topic))];
  await reactIn(tx, consuming, now);
  point('consume:after-handle');
  count('duplicate', name, facts.length - mine.length);
  count('parked', name, faults.length);
  count('waiting', name, behind.length);
  count('applied', name, now.length + newer.length);
}

const errorsOf = (faults: readonly Faulty[]): ReadonlyMap<string, string> => new Map([...faults].reverse().map((it) => [it.key, it.error]));

/** What the facts call for, handled in this transaction; what is for later becomes `todo`. */
async function reactIn(tx: Tx, { handling, count, logger }: Consuming, heard: readonly Pick<Heard, 'fact' | 'envelope'>[]): Promise<void> {
  const { domain } = handling;
  const works: Work[] = [];
  const later: object[] = [];
  for (const { fact, envelope } of heard) {
    const { id, traceparent } = envelope;
    for (const due of domain.react(fact)) {
      if (due.at === undefined)
        works.push({
          command: due.command,
          cause: { actor: `fact:${fact.type}`, cause: id, ...(traceparent !== undefined && { traceparent }) },
        });
      else later.push(todoRow(domain, due, due.at, id, traceparent));
    }
    if (!isState(fact)) domain.view.apply(handling.view, fact);
  }
  const outcomes = await handleIn(tx, handling, works, [insertTodos(later)]);
  outcomes.forEach((it, index) => {
    if (it.kind !== 'refused') return;
    // A fact cannot be refused: it has happened. A domain that refuses one has a hole, which is counted and told, not hidden.
    count('refused-fact', works[index]?.command.type ?? '');
    logger.error({ command: works[index]?.command.type, rejected: it.rejection }, 'a command that a fact calls for was refused');
  });
}

/**
 * Applies what waits behind a parked key, under the key's lock, and frees the key when nothing is left.
 * @returns how many were applied, and the error of the first that failed again (it and what follows stay parked).
 */
export async function resumeParked(consuming: Consuming, key: string): Promise<{ applied: number; error?: string }> {
  const { consumer: name, database } = consuming;
  let applied = 0;
  for (;;) {
    const step = await database
      .transaction(async (tx) => {
        const parked = await lockParked(tx, name, [key]);
        if (!parked.has(key)) return 'free';
        const { rows } = await tx.query<ParkedMessageView>(
          'SELECT id, topic, envelope FROM parked_message WHERE consumer = $1 AND key = $2 ORDER BY id LIMIT 1',
          [name, key],
        );
        const [message] = rows;
        if (message === undefined) {
          await tx.query('DELETE FROM parked_key WHERE consumer = $1 AND key = $2', [name, key]);
          point('resume:after-free');
          return 'free';
        }
        await resumeOne(tx, consuming, key, message);
        return 'applied';
      })
      .catch((error: unknown) => ({ error: messageOf(error) }));
    if (typeof step === 'object') {
      await database.pool.query('UPDATE parked_key SET error = $3 WHERE consumer = $1 AND key = $2', [name, key, step.error]);
      return { applied, error: step.error };
    }
    if (step === 'free') return { applied };
    applied += 1;
    consuming.committed();
  }
}

async function resumeOne(tx: Tx, consuming: Consuming, key: string, message: ParkedMessageView): Promise<void> {
  const record = { topic: message.topic as Topic, partition: 0, offset: message.id, key, value: message.envelope };
  const { heard, faulty } = sortRecords([record], Date.now(), (type) => consuming.count('unknown-type', type));
  const [fault] = faulty;
  if (fault !== undefined) throw new Error(fault.error);
  await project(
    tx,
    heard.filter((it) => isState(it.fact)),
  );
  await reactIn(
    tx,
    consuming,
    heard.filter((it) => !isState(it.fact) || consuming.hears.has(it.record.topic)),
  );
  await tx.query('DELETE FROM parked_message WHERE id = $1', [message.id]);
  point('resume:after-delete');
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
