import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';

const READY_MS = 60_000;

/** Waits until a client gets its metadata and a group's coordinator: then the first test's join does not wait either. */
export async function untilKafkaAnswers(brokers: string[], assertAlive: () => void): Promise<void> {
  // kafkajs' own retries are turned off, since it would wait longer than we do.
  const kafka = new Kafka({ brokers, clientId: 'start', logLevel: logLevel.NOTHING, connectionTimeout: 1_000, retry: { retries: 0 } });
  for (const endsAt = Date.now() + READY_MS; ; await sleep(50)) {
    assertAlive();
    const admin = kafka.admin({ retry: { retries: 0 } });
    try {
      await admin.connect();
      const { brokers: known } = await admin.describeCluster();
      if (known.length === 0) throw new Error('no broker is registered yet');
      await admin.fetchTopicMetadata(); // the group's coordinator is asked for through brokers that kafkajs knows by now
      await admin.fetchOffsets({ groupId: 'start' });
      return;
    } catch (error) {
      if (Date.now() > endsAt) throw new Error(`Kafka on ${brokers.join()} does not answer: ${String(error)}`, { cause: error });
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}
