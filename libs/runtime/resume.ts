import type { Topic } from '@midstream/contracts';
import { type Consuming, messageOf, persistently, reactionOf } from './consume';
import { point } from './fault';
import { EVERYTHING, readFor } from './handle';
import { type Heard, isFaulty, isState, sortRecords } from './heard';
import { claim, project } from './inbox';
import { BATCH_MAX } from './limits';
import { firstParked, freeKey, lockParked, type ParkedMessageView, removeParked } from './parking';
import { isTransient, type Tx } from './postgres';

/** More than a chunk can bring while we work: a key to which messages keep coming gets free all the same. */
const RESUME_MAX = 2 * BATCH_MAX;

/**
 * Applies what waits behind a parked key, under the key's lock, and frees the key when nothing is left.
 * @returns how many were applied, and the error of the first that failed again (it and what follows stay parked).
 */
export async function resumeParked(consuming: Consuming, key: string): Promise<{ applied: number; error?: string }> {
  const { consumer, database } = consuming;
  let applied = 0;
  for (let size = RESUME_MAX; ;) {
    try {
      const step = await database.turn(() => persistently(() => database.transaction((tx) => resumeSome(tx, consuming, key, size))));
      applied += step.applied;
      consuming.committed(EVERYTHING);
      if (step.free) return { applied };
    } catch (error) {
      if (isTransient(error)) throw error;
      if (size === 1) {
        await database.pool.query('UPDATE parked_key SET error = $3 WHERE consumer = $1 AND key = $2', [consumer, key, messageOf(error)]);
        return { applied, error: messageOf(error) };
      }
      // What comes before the one that fails can be applied
      size = Math.ceil(size / 10);
    }
  }
}

/** The next messages; where they are the last, the key is free, and whoever waits for its lock finds it so. */
async function resumeSome(tx: Tx, consuming: Consuming, key: string, size: number): Promise<{ applied: number; free: boolean }> {
  const { consumer } = consuming;
  const parked = await lockParked(tx, consumer, [key]);
  if (!parked.has(key)) return { applied: 0, free: true };
  const messages = await firstParked(tx, consumer, key, size);
  await apply(tx, consuming, key, messages);
  await removeParked(
    tx,
    messages.map((it) => it.id),
  );
  point('resume:after-remove');
  const free = messages.length < size;
  if (free) await freeKey(tx, consumer, key);
  return { applied: messages.length, free };
}

/** All of them, in their order, or none. */
async function apply(tx: Tx, consuming: Consuming, key: string, messages: readonly ParkedMessageView[]): Promise<void> {
  const records = messages.map(({ topic, id, envelope }) => ({ topic: topic as Topic, partition: 0, offset: id, key, value: envelope }));
  // What was claimed when it was parked is not older than the inbox, however long it has waited here
  const claimed = new Set(messages.flatMap((it) => it.eventId ?? []));
  const remembers = (id: string) => claimed.has(id) || consuming.inbox.remembers(id);
  const heard: Heard[] = [];
  for (const told of sortRecords(records, remembers, (type) => consuming.count('unknown-type', type))) {
    if (isFaulty(told)) throw new Error(told.error);
    heard.push(told);
  }
  const states = heard.filter((it) => isState(it.fact));
  const facts = heard.filter((it) => !isState(it.fact));
  // One that was mended, or came without a place in the inbox, may have been applied by another road
  const fresh = await claim(
    tx,
    consuming.consumer,
    facts.map((it) => it.envelope.id).filter((id) => !claimed.has(id)),
  );
  const mine = facts.filter(({ envelope: { id } }) => claimed.has(id) || fresh.delete(id));
  const newer = await project(tx, states);
  const now = [...mine, ...newer.filter((it) => consuming.hears.has(it.record.topic))];
  const reaction = reactionOf(consuming, now);
  await reaction.apply(tx, await readFor(tx, consuming.handling, reaction.plan), new Set(now));
}
