import type { Service, Topic } from '@midstream/contracts';
import { BATCH_MAX, CHUNK_BYTES_MAX } from './limits';

/** A fact on its way out, or a watermark: all that its owner committed before `at` has been published. */
export interface OutRecord {
  readonly topic: Topic;
  readonly key: string;
  /** The envelope, as JSON. */
  readonly value: string;
  /** Where it is in the owner's log. */
  readonly sequence: string;
}

export interface InRecord {
  readonly topic: Topic;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  /** As it arrived. Parsed by the reader, since it may be broken. */
  readonly value: string;
}

export interface Watermark {
  readonly topic: Topic;
  readonly partition: number;
  /** How many partitions the topic has: only all of them together tell how far one has heard. */
  readonly partitions: number;
  /** Milliseconds of the owner's database clock. */
  readonly at: number;
}

/** A part of what one partition has for a consumer, in order: at most BATCH_MAX records or CHUNK_BYTES_MAX. */
export interface Chunk {
  readonly records: readonly InRecord[];
  readonly watermarks: readonly Watermark[];
}

/** Where an owner's relay publishes: one place for a broker, one for each reader without. Each has a cursor of its own. */
export interface Sink {
  readonly cursor: string;
  readonly topics: readonly Topic[];
  /** Resolves when the records are safe. In order, one call at a time. */
  publish(records: readonly OutRecord[]): Promise<void>;
  mark(at: number): Promise<void>;
}

export interface Subscription {
  readonly consumer: Service;
  readonly topics: readonly Topic[];
  /** Rejects only where nothing of the chunk was applied and it may work later: the bus waits, and gives the chunk again. */
  readonly onChunk: (chunk: Chunk) => Promise<void>;
}

/**
 * The bus, as the shell needs it. Two adapters pass one suite of sentences: `kafka` and `embedded`. How far a reader has heard
 * (`caughtUpAt`) is kept by the reader in its own database, from the watermarks.
 */
export interface EventBus {
  readonly kind: 'kafka' | 'embedded';
  sinksOf(owner: Service): readonly Sink[];
  subscribe(subscription: Subscription): Promise<Running>;
  /** Whether the bus can be reached; told by /readyz. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

export interface Running {
  /** Takes no new chunk, and resolves when the ones in hand are done. */
  stop(): Promise<void>;
}

/** The same messages in the same order, in parts of at most BATCH_MAX and CHUNK_BYTES_MAX. */
export function* chunksOf<Message extends { readonly value: { readonly length: number } | null }>(
  messages: readonly Message[],
): Generator<Message[]> {
  let chunk: Message[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = message.value?.length ?? 0;
    if (chunk.length > 0 && (chunk.length >= BATCH_MAX || bytes + size > CHUNK_BYTES_MAX)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(message);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
