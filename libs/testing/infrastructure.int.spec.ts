import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { describeWithKafka, postgresForTests } from './infrastructure';

describe('the PostgreSQL of the tests', () => {
  it('gives each asker an empty database of its own, and drops it even while somebody is connected', async () => {
    const postgres = await postgresForTests();
    const [one, other] = await Promise.all([postgres.database('same'), postgres.database('same')]);
    assert.notEqual(one.url, other.url);
    const client = new Client({ connectionString: one.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('create table mine ()');
    await Promise.all([one.drop(), other.drop()]);
    await assert.rejects(new Client({ connectionString: one.url }).connect(), { code: '3D000' });
  });
});

describeWithKafka('the broker of the tests', (broker) => {
  it('takes a topic, its messages and a group that reads them in order', async () => {
    const topic = await newTopic(await broker().then(client));
    await send(client(await broker()), topic, ['one', 'two', 'three']);
    assert.deepEqual(await read(client(await broker()), topic, 3), ['one', 'two', 'three']);
  });

  it('makes no topic by itself', async () => {
    await assert.rejects(send(client(await broker()), `unknown-${randomUUID()}`, ['lost']), /does not host this topic-partition/);
  });
});

function client({ brokers }: { brokers: string[] }): Kafka {
  return new Kafka({ brokers, clientId: 'spec', logLevel: logLevel.NOTHING, retry: { retries: 3 } });
}

async function newTopic(kafka: Kafka): Promise<string> {
  const topic = `spec-${randomUUID()}`;
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
  const consumer = kafka.consumer({ groupId: `spec-${randomUUID()}`, maxWaitTimeInMs: 100 });
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
