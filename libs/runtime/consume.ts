import type { Service, Topic } from '@midstream/contracts';
import type { Logger } from 'pino';
import type { Chunk } from './bus';
import { type ChunkTold, joinChunks } from './chunks';
import { type DueRow, insertTodos, todoRow } from './appends';
import { point } from './fault';
import { decideIn, type Handled, type Handling, type Plan, planOf, type Read, readFor, type Work, type Wrote } from './handle';
import { asFaulty, type Heard, isFaulty, isState, sortRecords, type Told } from './heard';
import { claim, project, watermarkNotes } from './inbox';
import { BATCH_TRIES_MAX, STRAIN_MAX } from './limits';
import { lockParked, park, ParkingFull } from './parking';
import type { InboxMemory } from './partitions';
import { answers, type Database, isConflict, isTransient, isUnique, type Tx } from './postgres';

export type MessageCount = 'applied' | 'duplicate' | 'unknown-type' | 'parked' | 'waiting' | 'refused-fact';

export interface Consuming {
  readonly consumer: Service;
  readonly database: Database;
  readonly handling: Handling;
  readonly inbox: InboxMemory;
  /** State topics that the domain reacts to, beside the projection. */
  readonly hears: ReadonlySet<Topic>;
  readonly lingerMs?: number;
  readonly logger: Logger;
  readonly count: (name: MessageCount, by: string, amount?: number) => void;
  readonly committed: (wrote: Wrote) => void;
}

/**
 * A chunk of one partition. Throws only what may pass (the database is away), and then the bus gives the chunk again. All else ends here:
 * an error thrown into the bus would stop the whole consumer (reliability.md, finding 1).
 */
export function consumer(consuming: Consuming): (chunk: Chunk) => Promise<void> {
  const { database, inbox, count } = consuming;
  const strain = new Map<string, number>();
  const note = watermarkNotes(database);
  let heard = 0;

  /** Whether to wait, rather than to look for a culprit. While the database answers, a "transient" error that lasts is no outage. */
  const waits = async (place: string, error: unknown): Promise<boolean> => {
    if (error instanceof ParkingFull) return true;
    if (!isTransient(error)) return false;
    if (!(await answers(database))) return true;
    const failures = (strain.get(place) ?? 0) + 1;
    strain.set(place, failures);
    return failures < STRAIN_MAX;
  };

  const failed = async ({ place, told }: ChunkTold, error: unknown): Promise<void> => {
    strain.set(place, strain.get(place) ?? 0);
    if (await waits(place, error)) throw error;
    await takeApart(consuming, told, (it) => waits(place, it));
  };

  const join = joinChunks({ lingerMs: consuming.lingerMs ?? 0, commit: (take) => commit(consuming, take), failed });

  const applied = async (records: Chunk['records'], place: string): Promise<void> => {
    if (strain.has(place)) await inbox.refresh();
    const told = sortRecords(records, inbox.remembers, (type) => count('unknown-type', type), heard);
    heard += records.length;
    await join({ place, told });
    strain.delete(place);
  };

  return async ({ records, watermarks }) => {
    const [first] = records;
    if (first !== undefined) await applied(records, `${first.topic}/${first.partition}`);
    // After the records that came before it: it says that they have been heard
    note(watermarks);
  };
}

/** A chunk that fails as a whole is applied key by key, a key that fails in halves: order is kept, and what fails alone is parked. */
async function takeApart(consuming: Consuming, told: readonly Told[], waits: (error: unknown) => Promise<boolean>): Promise<void> {
  const halve = async (part: readonly Told[]): Promise<void> => {
    try {
      await commit(consuming, () => part);
    } catch (error) {
      if (await waits(error)) throw error;
      const [only] = part;
      if (part.length > 1) {
        const half = Math.ceil(part.length / 2);
        await halve(part.slice(0, half));
        await halve(part.slice(half));
      } else if (only !== undefined && !isFaulty(only)) {
        consuming.logger.error(
          { err: error, key: only.key, topic: only.record.topic },
          'a message could not be applied: its key is parked',
        );
        await commit(consuming, () => [asFaulty(only, consuming.inbox.remembers, messageOf(error))]);
      } else throw error;
    }
  };
  for (const key of new Set(told.map((it) => it.key))) await halve(told.filter((it) => it.key === key));
}

interface Applied {
  readonly counts: readonly (readonly [name: MessageCount, amount: number])[];
  readonly wrote: Wrote;
}

const NOTHING: Wrote = { topics: new Set(), due: false, states: false };

async function commit(consuming: Consuming, toldNow: () => readonly Told[]): Promise<void> {
  const { counts, wrote } = await consuming.database.turn(() => {
    const told = toldNow();
    const reaction = reactionOf(consuming, told.filter(isHeard));
    const news = newsOf(told, reaction);
    return news === undefined
      ? persistently(() => consuming.database.transaction((tx) => applyIn(tx, consuming, told, reaction)))
      : Promise.resolve(noted(reaction, news));
  });
  point('consume:after-commit');
  for (const [name, amount] of counts) consuming.count(name, consuming.consumer, amount);
  consuming.committed(wrote);
}

/** Again where another transaction was in the way: a deadlock, or a row that it made meanwhile (then it is found). */
export async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(isConflict(error) || isUnique(error)) || tries >= BATCH_TRIES_MAX) throw error;
    }
  }
}

const isHeard = (it: Told): it is Heard => !isFaulty(it);

/** All that is told, where it calls for nothing and nothing of it is kept. */
const newsOf = (told: readonly Told[], { calledBy }: Reaction): readonly Heard[] | undefined => {
  const isNews = (it: Told): it is Heard => isHeard(it) && !isState(it.fact) && !calledBy.has(it);
  return told.every(isNews) ? told : undefined;
};

/** News alone asks nothing of the database: half of what selection and a third of what notification hears of an order. */
function noted(reaction: Reaction, news: readonly Heard[]): Applied {
  reaction.note(news);
  return { counts: [['applied', news.length]], wrote: NOTHING };
}

/** Of one or more chunks. One transaction, two round trips: claim the new ones, set aside what waits behind a parked key, react, handle. */
async function applyIn(tx: Tx, consuming: Consuming, told: readonly Told[], reaction: Reaction): Promise<Applied> {
  const { consumer: name } = consuming;
  const heard = told.filter(isHeard);
  const faulty = told.filter(isFaulty);
  const [facts, news] = parted(
    heard.filter((it) => !isState(it.fact)),
    (it) => reaction.calledBy.has(it),
  );
  const [fresh, parked, newer, read] = await Promise.all([
    claim(tx, name, [...facts.map((it) => it.envelope.id), ...faulty.flatMap((it) => it.eventId ?? [])]),
    // Behind the claim: it waits for a consumer that holds the same messages, and then the keys that he has parked are seen here.
    lockParked(
      tx,
      name,
      [...facts, ...faulty].map((it) => it.key),
    ),
    project(
      tx,
      heard.filter((it) => isState(it.fact)),
    ),
    readFor(tx, consuming.handling, reaction.plan),
  ]);
  // A relay that was interrupted repeats itself: the second of two in one chunk is a duplicate like any other.
  const mine = facts.filter((it) => fresh.delete(it.envelope.id));
  const faults = faulty.filter((it) => it.eventId === undefined || fresh.delete(it.eventId));
  const stoppedAt = new Map<string, number>([...parked].map((key) => [key, -1]));
  for (const it of faults) if (!stoppedAt.has(it.key)) stoppedAt.set(it.key, it.index);
  const isBehind = (it: Heard) => it.index > (stoppedAt.get(it.key) ?? Infinity);
  const behind = mine.filter(isBehind);
  const stopped = await park(tx, name, faults, behind);
  const now = [...mine.filter((it) => !isBehind(it)), ...newer.filter((it) => consuming.hears.has(it.record.topic))];
  // What calls for nothing has no place in the inbox: a view that hears it twice is an estimate (protocol 18)
  const { wrote } = await reaction.apply(tx, read, new Set([...now, ...news].sort((a, b) => a.index - b.index)));
  point('consume:after-handle');
  return {
    wrote: { ...wrote, states: wrote.states || newer.length > 0 },
    counts: [
      ['duplicate', facts.length - mine.length + faulty.length - faults.length],
      ['parked', stopped],
      ['waiting', behind.length],
      ['applied', mine.length - behind.length + newer.length + news.length],
    ],
  };
}

type Fact = Pick<Heard, 'fact' | 'envelope'>;

const parted = <T>(all: readonly T[], isFirst: (it: T) => boolean): [T[], T[]] => [all.filter(isFirst), all.filter((it) => !isFirst(it))];

interface Reaction {
  readonly plan: Plan;
  /** The facts that call for anything. */
  readonly calledBy: ReadonlySet<Fact>;
  /** Lets the view see facts. */
  note(facts: Iterable<Fact>): void;
  /** Handles what those of the facts call for that are to be applied now. */
  apply(tx: Tx, read: Read, now: ReadonlySet<Fact>): Promise<Handled>;
}

/** What facts call for, worked out before it is known which of them are new: a command for now, or one for later, which becomes `todo`. */
export function reactionOf({ handling, count, logger }: Consuming, heard: readonly Fact[]): Reaction {
  const { domain } = handling;
  const called = heard.flatMap((it) => {
    const { id, traceparent } = it.envelope;
    return domain.react(it.fact).map(({ command, at, caughtUp }): { by: Fact; work?: Work; later?: DueRow } => {
      if (at !== undefined) return { by: it, later: todoRow(domain, { command, at, caughtUp }, at, id, traceparent) };
      const cause = { actor: `fact:${it.fact.type}`, cause: id, ...(traceparent !== undefined && { traceparent }) };
      return { by: it, work: { command, cause } };
    });
  });
  const plan = planOf(
    handling,
    called.flatMap((it) => it.work ?? []),
  );
  const keysOf = new Map(plan.works.map((it, index) => [it, plan.keys[index] ?? []]));
  const note = (facts: Iterable<Fact>): void => {
    for (const { fact } of facts) if (!isState(fact)) domain.view.apply(handling.view, fact);
  };
  return {
    plan,
    calledBy: new Set(called.map((it) => it.by)),
    note,
    async apply(tx, read, now) {
      note(now);
      const due = called.filter((it) => now.has(it.by));
      const works = due.flatMap((it) => it.work ?? []);
      const keys = works.map((it) => keysOf.get(it) ?? []);
      const handled = await decideIn(tx, handling, { works, keys }, read, [insertTodos(due.flatMap((it) => it.later ?? []))]);
      handled.outcomes.forEach((it, index) => {
        if (it.kind !== 'refused') return;
        // A fact cannot be refused: it has happened. A domain that refuses one has a hole, which is counted and told, not hidden.
        count('refused-fact', works[index]?.command.type ?? '');
        logger.error({ command: works[index]?.command.type, rejected: it.rejection }, 'a command that a fact calls for was refused');
      });
      return handled;
    },
  };
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
