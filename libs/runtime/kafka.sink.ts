import { type Service, topicsOf, TOPICS, type Topic } from '@midstream/contracts';
import { type Kafka, Partitioners, type Producer } from 'kafkajs';
import type { OutRecord, Sink } from './bus';
import { point } from './fault';
import type { KafkaSockets } from './kafka.sockets';

export const WATERMARK_HEADER = 'midstream-watermark';
/** A broker refuses a batch of one partition over 1 MiB (message.max.bytes), and would refuse it again for ever. */
const SEND_BYTES_MAX = 512 * 1024;
const PARTITIONS_LOOK_EVERY = 60;

export interface Publishing {
  readonly kafka: Kafka;
  readonly sockets: KafkaSockets;
  readonly owner: Service;
  readonly nameOf: (topic: Topic) => string;
  readonly ensureTopics: (topics: readonly Topic[]) => Promise<void>;
  /** As they are, whoever has made the topics: a reader has heard all only when it has heard every partition. */
  readonly partitionsOf: (topics: readonly Topic[]) => Promise<ReadonlyMap<Topic, number>>;
  readonly closing: (close: () => Promise<void>) => void;
}

/** All topics of one owner, by one producer. */
export function kafkaSink(publishing: Publishing): Sink {
  const { owner, nameOf, partitionsOf } = publishing;
  const topics = topicsOf(owner);
  const send = sender(publishing, topics);
  let marks = 0;
  let counts: ReadonlyMap<Topic, number> = new Map();
  return {
    cursor: 'kafka',
    topics,
    async publish(records) {
      for (const part of partsOf(records)) {
        await send(byTopic(part, nameOf));
        point('kafka:after-send');
      }
    },
    async mark(at) {
      // A broker may tell of a new topic before it tells of its partitions: without one nobody would hear a watermark until the next look
      const isNew = topics.some((it) => !counts.get(it));
      if (marks++ % PARTITIONS_LOOK_EVERY === 0 || isNew) counts = await partitionsOf(topics);
      await send(topics.map((topic) => ({ topic: nameOf(topic), messages: marksOf(topic, counts.get(topic) ?? 0, at) })));
    },
  };
}

interface TopicMessages {
  readonly topic: string;
  readonly messages: { key: string | null; value: string; partition?: number; headers: Record<string, string> }[];
}

/** One batch on its way at a time, so that a retry cannot overtake (finding 2). */
function sender(
  { kafka, sockets, ensureTopics, closing }: Publishing,
  topics: readonly Topic[],
): (messages: TopicMessages[]) => Promise<void> {
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
      sockets.watch(it);
      await it.connect();
      closing(() => it.disconnect());
      return it;
    })();
    producer.catch(() => (producer = undefined));
    return producer;
  };
  let last: Promise<unknown> = Promise.resolve();
  return (topicMessages) => {
    const sending = last.then(async () => {
      const it = await connected();
      await it.sendBatch({ acks: -1, timeout: 15_000, topicMessages });
    });
    last = sending.catch(() => undefined);
    return sending;
  };
}

/** In order, each of at most SEND_BYTES_MAX. */
function partsOf(records: readonly OutRecord[]): OutRecord[][] {
  const parts: OutRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    const { value } = record;
    const size = Buffer.byteLength(value);
    if (bytes + size > SEND_BYTES_MAX) {
      parts.push([]);
      bytes = 0;
    }
    bytes += size;
    parts.at(-1)?.push(record);
  }
  return parts;
}

/** One for each partition. A compacted topic would keep a record without a key for ever: its watermark has one, of its partition. */
const marksOf = (topic: Topic, partitions: number, at: number): TopicMessages['messages'] =>
  Array.from({ length: partitions }, (_, partition) => ({
    key: TOPICS[topic].compacted ? `${WATERMARK_HEADER}-${partition}` : null,
    value: '',
    partition,
    headers: { [WATERMARK_HEADER]: String(at), partitions: String(partitions) },
  }));

function byTopic(records: readonly OutRecord[], nameOf: (topic: Topic) => string): TopicMessages[] {
  const topics = new Map<Topic, TopicMessages['messages']>();
  for (const { topic, key, value } of records) {
    const messages = topics.get(topic) ?? [];
    topics.set(topic, messages);
    messages.push({ key, value, headers: { 'content-type': 'application/cloudevents+json' } });
  }
  return [...topics].map(([topic, messages]) => ({ topic: nameOf(topic), messages }));
}
