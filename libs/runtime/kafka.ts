import { topicsOf, TOPICS, type Service, type Topic } from '@midstream/contracts';
import { ExponentialBackoff, type IBackoff } from 'cockatiel';
import { type Admin, type EachBatchPayload, Kafka, type KafkaMessage, logLevel, Partitioners, type Producer } from 'kafkajs';
import type { Logger } from 'pino';
import type { Chunk, EventBus, InRecord, OutRecord, Running, Sink, Subscription, Watermark } from './bus';
import { BATCH_MAX, CHUNK_BYTES_MAX } from './limits';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  /** Before the names of topics and groups: several hubs may share a cluster, and tests one broker. */
  readonly prefix?: string;
  readonly partitions?: number;
  readonly replication?: number;
  readonly logger: Logger;
  readonly sessionTimeoutMs?: number;
}

const WATERMARK_HEADER = 'midstream-watermark';
const EVENT_BYTES = 256 * 1024;

/**
 * The bus over Apache Kafka. What it works around in kafkajs 2.2.4 (reliability.md 1): a throw stops every partition (nothing is thrown:
 * the partition is paused); the idempotent producer loses concurrent sends (one send at a time, no idempotence, inboxes take repeats out);
 * offsets of lost partitions are committed (offsets are only a hint, the inbox is the truth).
 */
export function kafkaBus(options: KafkaOptions): EventBus {
  const { brokers, prefix = '', partitions = 6, replication = 1, logger } = options;
  const kafka = new Kafka({
    clientId: 'midstream',
    brokers: [...brokers],
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log }) =>
        logger.debug({ kafka: namespace }, log.message),
    connectionTimeout: 5_000,
    requestTimeout: 15_000,
    // The callers have their own back-off, and it has no end; the client's own stays short.
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 4 },
  });
  const nameOf = (topic: Topic): string => `${prefix}${topic}`;
  const topicOfName = (name: string): Topic => name.slice(prefix.length) as Topic;
  const closing: (() => Promise<void>)[] = [];
  let admin: Promise<Admin> | undefined;

  const connectedAdmin = (): Promise<Admin> => {
    admin ??= (async () => {
      const it = kafka.admin();
      await it.connect();
      closing.push(() => it.disconnect());
      return it;
    })();
    admin.catch(() => (admin = undefined));
    return admin;
  };

  const ensureTopics = async (topics: readonly Topic[]): Promise<void> => {
    const it = await connectedAdmin();
    await it.createTopics({
      waitForLeaders: true,
      topics: topics.map((topic) => ({
        topic: nameOf(topic),
        numPartitions: partitions,
        replicationFactor: replication,
        configEntries: [{ name: 'cleanup.policy', value: TOPICS[topic].compacted ? 'compact' : 'delete' }],
      })),
    });
  };

  const sinkOf = (owner: Service): Sink => {
    const topics = topicsOf(owner);
    let producer: Promise<Producer> | undefined;
    const connected = (): Promise<Producer> => {
      producer ??= (async () => {
        await ensureTopics(topics);
        const it = kafka.producer({
          createPartitioner: Partitioners.DefaultPartitioner,
          allowAutoTopicCreation: false,
          maxInFlightRequests: 1,
          idempotent: false,
        });
        await it.connect();
        closing.push(() => it.disconnect());
        return it;
      })();
      producer.catch(() => (producer = undefined));
      return producer;
    };
    // One batch on its way at a time, so that a retry cannot overtake (finding 2).
    let last: Promise<unknown> = Promise.resolve();
    const send = (
      topicMessages: {
        topic: string;
        messages: { key: string | null; value: string | null; partition?: number; headers?: Record<string, string> }[];
      }[],
    ): Promise<void> => {
      const sending = last.then(async () => {
        const it = await connected();
        await it.sendBatch({ acks: -1, timeout: 15_000, topicMessages });
      });
      last = sending.catch(() => undefined);
      return sending;
    };
    return {
      cursor: 'kafka',
      topics,
      publish: (records) => send(byTopic(records, nameOf)),
      mark: (at) =>
        send(
          topics.map((topic) => ({
            topic: nameOf(topic),
            // A compacted topic would keep a record without a key for ever: its watermark has one, of its partition.
            messages: Array.from({ length: partitions }, (_, partition) => ({
              key: TOPICS[topic].compacted ? `${WATERMARK_HEADER}-${partition}` : null,
              value: '',
              partition,
              headers: { [WATERMARK_HEADER]: String(at), partitions: String(partitions) },
            })),
          })),
        ),
    };
  };

  return {
    kind: 'kafka',
    sinksOf: (owner) => (topicsOf(owner).length === 0 ? [] : [sinkOf(owner)]),
    async subscribe(subscription) {
      await ensureTopics(subscription.topics);
      const running = await listen(kafka, options, subscription, nameOf, topicOfName);
      closing.push(() => running.stop());
      return running;
    },
    async ready() {
      const it = await connectedAdmin();
      await it.describeCluster();
      return true;
    },
    async close() {
      for (const it of closing.splice(0).reverse())
        await it().catch((error: unknown) => logger.debug({ err: error }, 'a Kafka client did not close'));
    },
  };
}

function byTopic(records: readonly OutRecord[], nameOf: (topic: Topic) => string) {
  const topics = new Map<Topic, { key: string; value: string; headers: Record<string, string> }[]>();
  for (const { topic, key, envelope } of records) {
    const messages = topics.get(topic) ?? [];
    topics.set(topic, messages);
    messages.push({ key, value: JSON.stringify(envelope), headers: { 'content-type': 'application/cloudevents+json' } });
  }
  return [...topics].map(([topic, messages]) => ({ topic: nameOf(topic), messages }));
}

async function listen(
  kafka: Kafka,
  { logger, prefix = '', sessionTimeoutMs = 30_000 }: KafkaOptions,
  subscription: Subscription,
  nameOf: (topic: Topic) => string,
  topicOfName: (name: string) => Topic,
): Promise<Running> {
  const backoffs = new Map<string, IBackoff<unknown>>();
  const first = () => new ExponentialBackoff({ initialDelay: 100, maxDelay: 3_000 }).next();
  let stopping = false;
  let inHand = 0;

  const consumer = kafka.consumer({
    groupId: `${prefix}midstream.${subscription.consumer}`,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: 60_000,
    heartbeatInterval: 3_000,
    // Small fetches bound the memory: a slow handler must not have the backlog in hand.
    maxBytesPerPartition: EVENT_BYTES,
    maxBytes: 2 * EVENT_BYTES,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 100, maxRetryTime: 3_000, retries: Number.MAX_SAFE_INTEGER, restartOnFailure: () => Promise.resolve(true) },
  });

  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { batch, resolveOffset, heartbeat, isRunning, isStale, pause, commitOffsetsIfNecessary } = payload;
    const place = `${batch.topic}/${batch.partition}`;
    for (const { messages, last } of chunksOf(batch.messages)) {
      // Of an older generation, or on its way out: stop, commit nothing. What was applied, the inbox knows.
      if (!isRunning() || isStale() || stopping) return;
      inHand += 1;
      try {
        await beating(heartbeat, subscription.onChunk(toChunk(topicOfName(batch.topic), batch.partition, messages)));
        backoffs.delete(place);
      } catch (error) {
        const backoff = backoffs.get(place)?.next(undefined) ?? first();
        backoffs.set(place, backoff);
        logger.warn({ err: error, place, waitMs: backoff.duration }, 'a chunk could not be applied; its partition waits');
        const resume = pause();
        setTimeout(resume, backoff.duration).unref();
        return;
      } finally {
        inHand -= 1;
      }
      resolveOffset(last);
      await heartbeat().catch(() => undefined);
    }
    resolveOffset(batch.lastOffset());
    await commitOffsetsIfNecessary({
      topics: [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset: (BigInt(batch.lastOffset()) + 1n).toString() }] }],
    }).catch((error: unknown) => logger.debug({ err: error, place }, 'offsets were not committed; the inbox will take the repeats out'));
  };

  consumer.on(consumer.events.CRASH, ({ payload }) => {
    logger.error({ err: payload.error, restart: payload.restart }, 'the Kafka consumer crashed');
    // A consumer that is dead while the process lives is the worst of all: let the supervisor start it again (K1).
    if (!payload.restart && !stopping) process.exit(1);
  });
  await consumer.connect();
  await consumer.subscribe({ topics: subscription.topics.map(nameOf), fromBeginning: true });
  await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 3, eachBatch });
  return {
    async stop() {
      if (stopping) return;
      stopping = true;
      while (inHand > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await consumer.disconnect();
    },
  };
}

/** Heartbeats while the chunk is worked on: a chunk has its own deadline in the database's statement time-out. */
async function beating(heartbeat: () => Promise<void>, work: Promise<void>): Promise<void> {
  const timer = setInterval(() => void heartbeat().catch(() => undefined), 2_000);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
}

function* chunksOf(messages: readonly KafkaMessage[]): Generator<{ messages: KafkaMessage[]; last: string }> {
  let chunk: KafkaMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = message.value?.length ?? 0;
    if (chunk.length > 0 && (chunk.length >= BATCH_MAX || bytes + size > CHUNK_BYTES_MAX)) {
      yield { messages: chunk, last: chunk.at(-1)?.offset ?? '0' };
      chunk = [];
      bytes = 0;
    }
    chunk.push(message);
    bytes += size;
  }
  if (chunk.length > 0) yield { messages: chunk, last: chunk.at(-1)?.offset ?? '0' };
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
