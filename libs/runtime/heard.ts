import { type Envelope, factOf, factTypeOf, faultOf, topicOf, TOPICS } from '@midstream/contracts';
import type { InRecord } from './bus';
import type { AnyEvent } from './handle';

/** A message that can be applied. */
export interface Heard {
  readonly index: number;
  readonly record: InRecord;
  readonly key: string;
  readonly envelope: Envelope;
  readonly fact: AnyEvent;
}

/** A message that cannot be applied, and why: its key stops, and everything else goes on. */
export interface Faulty {
  readonly index: number;
  readonly record: InRecord;
  readonly key: string;
  /** What its place in the inbox is; absent where it has none: the envelope cannot be read, or the inbox does not go back that far. */
  readonly eventId?: string;
  readonly error: string;
}

export type Told = Heard | Faulty;

export const isFaulty = (it: Told): it is Faulty => 'error' in it;

/** Takes the messages apart, in their order, which is counted from `after` on. An unknown type is skipped and told: a rolling upgrade must not park the world (protocol 27). */
export function sortRecords(
  records: readonly InRecord[],
  remembers: (eventId: string) => boolean,
  unknownType: (type: string) => void,
  after = 0,
): Told[] {
  return records.flatMap((record, at) => {
    const index = after + at;
    const envelope = parseEnvelope(record.value);
    const key = keyOf(record);
    // No key can be trusted in a broken envelope: parked by its place.
    if (envelope === undefined) return { index, record, key: placeOf(record), error: 'the envelope is not a CloudEvent' };
    const fact = factOf(envelope);
    if (fact === undefined) {
      unknownType(factTypeOf(envelope.type) ?? envelope.type);
      return [];
    }
    // It could have been applied and forgotten (protocol 25)
    if (!isState(fact) && !remembers(envelope.id)) return { index, record, key, error: 'the event is older than the inbox remembers' };
    const error = faultOf(fact.type, envelope.data, 'in');
    const heard: Heard = { index, record, key, envelope, fact };
    return error === undefined ? heard : asFaulty(heard, remembers, error);
  });
}

/** A state may be older than the inbox, and needs none. */
export const asFaulty = ({ index, record, key, envelope }: Heard, remembers: (eventId: string) => boolean, error: string): Faulty => ({
  index,
  record,
  key,
  ...(remembers(envelope.id) && { eventId: envelope.id }),
  error,
});

const placeOf = ({ topic, partition, offset }: InRecord): string => `${topic}:${partition}:${offset}`;

/** Longer ones do not fit into an index. */
const KEY_LENGTH_MAX = 500;

/** A key that cannot be stored or asked for is none. */
const keyOf = (record: InRecord): string =>
  record.key === '' || record.key.length > KEY_LENGTH_MAX || record.key.includes('\0') ? placeOf(record) : record.key;

/** A fact of a compacted topic: full state with a version. */
export function isState(fact: AnyEvent): boolean {
  const topic = topicOf(fact.type);
  return topic !== undefined && TOPICS[topic].compacted;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function parseEnvelope(value: string): Envelope | undefined {
  try {
    const it = JSON.parse(value) as Partial<Envelope> | null;
    const whole =
      it?.specversion === '1.0' &&
      typeof it.id === 'string' &&
      UUID.test(it.id) &&
      typeof it.type === 'string' &&
      typeof it.data === 'object' &&
      it.data !== null;
    return whole ? (it as Envelope) : undefined;
  } catch {
    return undefined;
  }
}
