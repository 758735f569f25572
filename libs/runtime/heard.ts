import { type Envelope, factOf, factTypeOf, faultOf, topicOf, TOPICS } from '@midstream/contracts';
import type { InRecord } from './bus';
import type { AnyEvent } from './handle';
import { isBeyondInbox } from './partitions';

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
  /** Absent where not even the envelope could be read. */
  readonly eventId?: string;
  readonly error: string;
}

export interface Sorted {
  readonly heard: readonly Heard[];
  readonly faulty: readonly Faulty[];
}

/** Takes the messages apart. An unknown type is skipped and told: a rolling upgrade must not park the world (protocol 27). */
export function sortRecords(records: readonly InRecord[], nowMs: number, unknownType: (type: string) => void): Sorted {
  const heard: Heard[] = [];
  const faulty: Faulty[] = [];
  records.forEach((record, index) => {
    const envelope = parseEnvelope(record.value);
    if (envelope === undefined) {
      // No key can be trusted in a broken envelope: parked by its place.
      faulty.push({
        index,
        record,
        key: `${record.topic}:${record.partition}:${record.offset}`,
        error: 'the envelope is not a CloudEvent',
      });
      return;
    }
    const fact = factOf(envelope);
    if (fact === undefined) {
      unknownType(factTypeOf(envelope.type) ?? envelope.type);
      return;
    }
    const error = faultOf(fact.type, envelope.data, 'in') ?? staleness(envelope, fact, nowMs);
    if (error === undefined) heard.push({ index, record, key: record.key, envelope, fact });
    else faulty.push({ index, record, key: record.key, eventId: envelope.id, error });
  });
  return { heard, faulty };
}

const staleness = (envelope: Envelope, fact: AnyEvent, nowMs: number): string | undefined =>
  !isState(fact) && isBeyondInbox(envelope.id, nowMs) ? 'the event is older than the inbox remembers' : undefined;

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
