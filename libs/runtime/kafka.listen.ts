import type { Topic } from '@midstream/contracts';
import { ExponentialBackoff, type IBackoff } from 'cockatiel';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { Logger } from 'pino';
import { type Chunk, chunksOf, type InRecord, type Running, type Subscription, type Watermark } from './bus';
import { point } from './fault';
import { WATERMARK_HEADER } from './kafka.sink';
import type { KafkaSockets } from './kafka.sockets';

export interface Listening {
  readonly kafka: Kafka;
  readonly sockets: KafkaSockets;
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  readonly subscription: Subscription;
  readonly nameOf: (topic: Topic) => string;
  readonly topicOfName: (name: string) => Topic;
  readonly logger: Logger;
}

const FETCH_BYTES = 256 * 1024;
/** Partitions whose chunks are in hand, to be applied together; each has at most what is fetched of it (FETCH_BYTES). */
const CHUNKS_AT_ONCE = 12;
const REOPEN_MS = 3_000;

/** Reads the topics as a member of the consumer group, until it is stopped; a client that gives up is replaced. */
export async function listen(listening: Listening): Promise<Running> {
  const { logger } = listening;
  const hand = { stopping: false, chunks: 0 };
  const eachBatch = batches(listening, hand);
  let reopening: Promise<void> = Promise.resolve();

  const open = async (): Promise<Consumer> => {
    const it = consumerOf(listening);
    listening.sockets.watch(it);
    it.on(it.events.CRASH, ({ payload }) => {
      logger.error({ err: payload.error, restart: payload.restart }, 'the Kafka consumer crashed');
      // A consumer that is dead while the process lives is the worst of all (K1)
      if (!payload.restart) reopening = reopen();
    });
    try {
      await it.connect();
      await it.subscribe({ topics: listening.subscription.topics.map(listening.nameOf), fromBeginning: true });
      await it.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: CHUNKS_AT_ONCE, eachBatch });
      return it;
    } catch (error) {
      await it.disconnect().catch(() => undefined);
      throw error;
    }
  };

  const reopen = async (): Promise<void> => {
    while (!hand.stopping) {
      await new Promise((resolve) => setTimeout(resolve, REOPEN_MS));
      if (hand.stopping) return;
      try {
        consumer = await open();
        return;
      } catch (error) {
        logger.warn({ err: error }, 'the Kafka consumer could not be opened again; it is tried again');
      }
    }
  };

  let consumer = await open();
  return {
    async stop() {
      if (hand.stopping) return;
      hand.stopping = true;
      while (hand.chunks > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await reopening;
      await consumer.disconnect();
    },
  };
}

const consumerOf = ({ kafka, groupId, sessionTimeoutMs }: Listening): Consumer =>
  kafka.consumer({
    groupId,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: 60_000,
    heartbeatInterval: heartbeatMs(sessionTimeoutMs),
    // Small fetches bound the memory: a slow handler must not have the backlog in hand.
    maxBytesPerPartition: FETCH_BYTES,
    maxBytes: 2 * FETCH_BYTES,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 100, maxRetryTime: 3_000, retries: Number.MAX_SAFE_INTEGER, restartOnFailure: () => Promise.resolve(true) },
  });

const heartbeatMs = (sessionTimeoutMs: number): number => Math.min(3_000, sessionTimeoutMs / 4);

/** What is fetched of one partition, chunk by chunk. Nothing is thrown: that would stop every partition. */
function batches({ sessionTimeoutMs, subscription, topicOfName, logger }: Listening, hand: { stopping: boolean; chunks: number }) {
  const backoffs = new Map<string, IBackoff<unknown>>();
  const first = () => new ExponentialBackoff({ initialDelay: 100, maxDelay: 3_000 }).next();

  return async ({ batch, resolveOffset, heartbeat, isRunning, isStale, pause, commitOffsetsIfNecessary }: EachBatchPayload) => {
    const place = `${batch.topic}/${batch.partition}`;
    const waits = (error: unknown): void => {
      const backoff = backoffs.get(place)?.next(undefined) ?? first();
      backoffs.set(place, backoff);
      logger.warn({ err: error, place, waitMs: backoff.duration }, 'a chunk could not be applied; its partition waits');
      const resume = pause();
      setTimeout(resume, backoff.duration).unref();
    };
    try {
      for (const messages of chunksOf(batch.messages)) {
        // Of an older generation, or on its way out: stop, commit nothing. What was applied, the inbox knows.
        if (!isRunning() || isStale() || hand.stopping) return;
        hand.chunks += 1;
        try {
          const work = subscription.onChunk(toChunk(topicOfName(batch.topic), batch.partition, messages));
          await beating(heartbeat, heartbeatMs(sessionTimeoutMs), work);
        } finally {
          hand.chunks -= 1;
        }
        backoffs.delete(place);
        resolveOffset(messages.at(-1)?.offset ?? batch.lastOffset());
        point('kafka:after-chunk');
        await heartbeat().catch(() => undefined);
      }
      resolveOffset(batch.lastOffset());
    } catch (error) {
      // Also a place that was lost while the chunk was worked on: kafkajs cannot resolve its offset
      return waits(error);
    }
    const offset = (BigInt(batch.lastOffset()) + 1n).toString();
    await commitOffsetsIfNecessary({ topics: [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset }] }] }).catch(
      (error: unknown) => logger.debug({ err: error, place }, 'offsets were not committed; the inbox will take the repeats out'),
    );
    point('kafka:after-offsets');
  };
}

/** Heartbeats while the chunk is worked on: a chunk has its own deadline in the database's statement time-out. */
async function beating(heartbeat: () => Promise<void>, everyMs: number, work: Promise<void>): Promise<void> {
  const timer = setInterval(() => void heartbeat().catch(() => undefined), everyMs);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
}

function toChunk(topic: Topic, partition: number, messages: readonly KafkaMessage[]): Chunk {
  const records: InRecord[] = [];
  const watermarks: Watermark[] = [];
  for (const { key, value, offset, headers } of messages) {
    const at = headers?.[WATERMARK_HEADER];
    if (at === undefined) records.push({ topic, partition, offset, key: key?.toString() ?? '', value: value?.toString() ?? '' });
    else watermarks.push({ topic, partition, partitions: Number(headers?.['partitions']?.toString()), at: Number(at.toString()) });
  }
  return { records, watermarks: watermarks.slice(-1) };
}
