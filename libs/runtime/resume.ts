import type { Service, Topic } from '@midstream/contracts';
import { type Consuming, messageOf, persistently, reactIn } from './consume';
import { point } from './fault';
import { isFaulty, isState, sortRecords } from './heard';
import { claim, project } from './inbox';
import { firstParked, freeKey, lockParked, type ParkedMessageView, removeParked } from './parking';
import type { Tx } from './postgres';

/**
 * Applies what waits behind a parked key, under the key's lock, and frees the key when nothing is left.
 * @returns how many were applied, and the error of the first that failed again (it and what follows stay parked).
 */
export async function resumeParked(consuming: Consuming, key: string): Promise<{ applied: number; error?: string }> {
  const { consumer, database } = consuming;
  for (let applied = 0; ; applied++) {
    try {
      if (!(await persistently(() => database.transaction((tx) => step(tx, consuming, key))))) return { applied };
    } catch (error) {
      await database.pool.query('UPDATE parked_key SET error = $3 WHERE consumer = $1 AND key = $2', [consumer, key, messageOf(error)]);
      return { applied, error: messageOf(error) };
    }
    consuming.committed();
  }
}

/** The next message, if there is one; else the key is free. */
async function step(tx: Tx, consuming: Consuming, key: string): Promise<boolean> {
  const consumer: Service = consuming.consumer;
  const parked = await lockParked(tx, consumer, [key]);
  if (!parked.has(key)) return false;
  const message = await firstParked(tx, consumer, key);
  if (message === undefined) {
    await freeKey(tx, consumer, key);
    return false;
  }
  await apply(tx, consuming, key, message);
  await removeParked(tx, message.id);
  point('resume:after-remove');
  return true;
}

async function apply(tx: Tx, consuming: Consuming, key: string, message: ParkedMessageView): Promise<void> {
  const record = { topic: message.topic as Topic, partition: 0, offset: message.id, key, value: message.envelope };
  // What was claimed when it was parked is not older than the inbox, however long it has waited here
  const remembers = (id: string) => id === message.eventId || consuming.inbox.remembers(id);
  const [told] = sortRecords([record], remembers, (type) => consuming.count('unknown-type', type));
  if (told === undefined) return;
  if (isFaulty(told)) throw new Error(told.error);
  if (isState(told.fact)) {
    const newer = await project(tx, [told]);
    if (consuming.hears.has(told.record.topic)) await reactIn(tx, consuming, newer);
    return;
  }
  // One that was mended, or came without a place in the inbox, may have been applied by another road
  const isMine = told.envelope.id === message.eventId || (await claim(tx, consuming.consumer, [told.envelope.id])).size > 0;
  if (isMine) await reactIn(tx, consuming, [told]);
  else consuming.count('duplicate', consuming.consumer);
}
