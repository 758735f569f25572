import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import type { Topic } from '@midstream/contracts';
import { describeWithKafka } from '@midstream/testing/infrastructure';
import { Kafka, logLevel } from 'kafkajs';
import { kafkaSink, WATERMARK_HEADER } from './kafka.sink';
import { kafkaSockets } from './kafka.sockets';

const PARTITIONS = 2;

describeWithKafka('watermarks over Apache Kafka', (broker) => {
  const closing: (() => Promise<void>)[] = [];
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  it('come as soon as the broker tells of the partitions, which it may do later than of the topic', async () => {
    const { brokers } = await broker();
    const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
    const nameOf = (topic: Topic): string => `marks-${process.pid}.${topic}`;
    const admin = kafka.admin();
    await admin.connect();
    closing.push(() => admin.disconnect());
    const asked: number[] = [];
    const sink = kafkaSink({
      kafka,
      sockets: kafkaSockets(15_000),
      owner: 'compliance',
      nameOf,
      async ensureTopics(topics) {
        await admin.createTopics({ waitForLeaders: true, topics: topics.map((it) => ({ topic: nameOf(it), numPartitions: PARTITIONS })) });
      },
      partitionsOf(topics) {
        asked.push(asked.length === 0 ? 0 : PARTITIONS);
        return Promise.resolve(new Map(topics.map((it) => [it, asked.at(-1) ?? 0])));
      },
      closing: (close) => void closing.push(close),
    });
    const [topic] = sink.topics;
    assert.ok(topic !== undefined);
    for (const at of [1, 2, 3]) await sink.mark(at);
    assert.deepEqual(asked, [0, PARTITIONS], 'and the broker is not asked each time');

    const heard: string[] = [];
    const consumer = kafka.consumer({ groupId: nameOf(topic) });
    await consumer.connect();
    closing.push(() => consumer.disconnect());
    await consumer.subscribe({ topic: nameOf(topic), fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const eachMessage = ({ partition, message }: { partition: number; message: { headers?: Record<string, unknown> } }) => {
        heard.push(`${String(message.headers?.[WATERMARK_HEADER])} of ${partition}`);
        if (heard.length === 2 * PARTITIONS) resolve();
        return Promise.resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    assert.deepEqual(heard.sort(), ['2 of 0', '2 of 1', '3 of 0', '3 of 1']);
  });
});
