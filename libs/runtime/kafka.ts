import { type Topic, TOPICS, topicsOf } from '@midstream/contracts';
import { ExponentialBackoff, handleAll, retry } from 'cockatiel';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import type { Logger } from 'pino';
import type { EventBus } from './bus';
import { listen } from './kafka.listen';
import { patchKafkajs } from './kafka.patch';
import { kafkaSink } from './kafka.sink';
import { kafkaSockets } from './kafka.sockets';
import { EVENT_DAYS } from './limits';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  /** Before the names of topics and groups: several hubs may share a cluster, and tests one broker. */
  readonly prefix?: string;
  readonly partitions?: number;
  readonly replication?: number;
  readonly logger: Logger;
  readonly sessionTimeoutMs?: number;
}

patchKafkajs();

const DAY_MS = 86_400_000;

/** What is not answered within it, is asked again over another connection. */
const REQUEST_MS = 15_000;

/** While topics are made: some thirty seconds in all. */
const patience = retry(handleAll, { maxAttempts: 20, backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 2_000 }) });

/**
 * The bus over Apache Kafka. What it works around in kafkajs 2.2.4 (reliability.md 1): a throw stops every partition (nothing is thrown:
 * the partition is paused); the idempotent producer loses concurrent sends (one send at a time, no idempotence, inboxes take repeats out);
 * offsets of lost partitions are committed (offsets are only a hint, the inbox is the truth); a half-open connection is kept (it is given up).
 */
export function kafkaBus(options: KafkaOptions): EventBus {
  const { brokers, prefix = '', partitions = 6, replication = 1, logger, sessionTimeoutMs = 30_000 } = options;
  const sockets = kafkaSockets(REQUEST_MS);
  const kafka = new Kafka({
    clientId: 'midstream',
    brokers: [...brokers],
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log }) =>
        logger.debug({ kafka: namespace }, log.message),
    connectionTimeout: 5_000,
    requestTimeout: REQUEST_MS,
    socketFactory: sockets.open,
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
      sockets.watch(it);
      await it.connect();
      closing.push(() => it.disconnect());
      return it;
    })();
    admin.catch(() => (admin = undefined));
    return admin;
  };

  const ensureTopics = async (topics: readonly Topic[]): Promise<void> => {
    if (topics.length === 0) return;
    // Five services ask for the same topics at once, and a broker tells of a new one a moment later than it makes it.
    await patience.execute(async () => {
      const it = await connectedAdmin();
      await it.createTopics({
        waitForLeaders: true,
        topics: topics.map((topic) => ({
          topic: nameOf(topic),
          numPartitions: partitions,
          replicationFactor: replication,
          configEntries: Object.entries(configOf(topic, replication)).map(([name, value]) => ({ name, value })),
        })),
      });
      await it.fetchTopicMetadata({ topics: topics.map(nameOf) });
    });
  };

  const partitionsOf = async (topics: readonly Topic[]): Promise<Map<Topic, number>> => {
    const it = await connectedAdmin();
    const { topics: found } = await it.fetchTopicMetadata({ topics: topics.map(nameOf) });
    return new Map(found.map(({ name, partitions: all }) => [topicOfName(name), all.length]));
  };

  return {
    kind: 'kafka',
    sinksOf: (owner) =>
      topicsOf(owner).length === 0
        ? []
        : [kafkaSink({ kafka, sockets, owner, nameOf, ensureTopics, partitionsOf, closing: (close) => void closing.push(close) })],
    async subscribe(subscription) {
      await ensureTopics(subscription.topics);
      const groupId = `${prefix}midstream.${subscription.consumer}`;
      const running = await listen({ kafka, sockets, groupId, sessionTimeoutMs, subscription, nameOf, topicOfName, logger });
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

/** Kept for as long as the log keeps them: a segment goes when its last record is old enough. */
const configOf = (topic: Topic, replication: number): Record<string, string> => ({
  'min.insync.replicas': replication >= 3 ? '2' : '1',
  ...(TOPICS[topic].compacted
    ? { 'cleanup.policy': 'compact' }
    : { 'cleanup.policy': 'delete', 'retention.ms': String((EVENT_DAYS - 1) * DAY_MS), 'segment.ms': String(DAY_MS) }),
});
