import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { type LocalKafka, startKafka } from './kafka';
import { hindranceOfJars } from './kafka.jars';
import { scratchFolder } from './scratch';

describe('a broker from jars', { skip: process.env['CI'] !== 'true' && hindranceOfJars() }, () => {
  const scratch = scratchFolder('kafka-spec');
  let kafka: LocalKafka;

  before(async () => {
    kafka = await startKafka({ dir: path.join(scratch, 'broker'), means: 'jars', scratch });
  });
  after(async () => {
    await kafka?.stop();
    fs.rmSync(scratch, { recursive: true, force: true });
  });

  it('has its messages on the same port again after a SIGKILL', async () => {
    const topic = await newTopic(client(kafka), 'orders');
    await send(client(kafka), topic, ['one', 'two']);
    await kafka.kill('SIGKILL');
    const restarted = await startKafka({ dir: path.join(scratch, 'broker'), means: 'jars', scratch });
    assert.deepEqual(restarted.brokers, kafka.brokers);
    kafka = restarted;
    assert.deepEqual(await read(client(kafka), topic, 2), ['one', 'two']);
  });
});

function client({ brokers }: { brokers: string[] }): Kafka {
  return new Kafka({ brokers, clientId: 'spec', logLevel: logLevel.NOTHING, retry: { retries: 3 } });
}

async function newTopic(kafka: Kafka, topic: string): Promise<string> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  return topic;
}

async function send(kafka: Kafka, topic: string, values: string[]): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  try {
    await producer.send({ topic, messages: values.map((value) => ({ key: 'key', value })) });
  } finally {
    await producer.disconnect();
  }
}

async function read(kafka: Kafka, topic: string, count: number): Promise<string[]> {
  const consumer = kafka.consumer({ groupId: 'readers', maxWaitTimeInMs: 100 });
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve) => {
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
      if (values.push(String(message.value)) === count) resolve();
    };
    void consumer.run({ eachMessage });
  });
  await consumer.disconnect();
  return values;
}
