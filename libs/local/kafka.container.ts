import type { KafkaOptions, LocalKafka } from './kafka';
import { untilKafkaAnswers } from './kafka.ready';
import { freePort } from './ports';

const IMAGE = 'apache/kafka:4.3.0';
const START_MS = 120_000; // the first start pulls the image

/** Data lives in the container: restart() keeps it, stop() does not. Testcontainers' reaper removes what a crash leaves. */
export async function startKafkaContainer({ log }: KafkaOptions): Promise<LocalKafka> {
  const { GenericContainer } = await import('testcontainers');
  // Clients follow the advertised address, so the port outside has to be known before the start.
  const port = await freePort();
  const container = await new GenericContainer(IMAGE)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment(environment(port))
    .withStartupTimeout(START_MS)
    .start();
  const brokers = [`127.0.0.1:${port}`];
  await untilKafkaAnswers(brokers, () => undefined);
  log?.(`Kafka is ready on ${brokers[0]} (${IMAGE})`);
  return {
    brokers,
    stop: async () => void (await container.stop()),
    kill: async (signal) => void (await container.exec(['kill', '-s', signal.replace(/^SIG/, ''), '1'])),
    restart: async () => {
      await container.restart();
      await untilKafkaAnswers(brokers, () => undefined);
    },
  };
}

function environment(port: number): Record<string, string> {
  return {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    KAFKA_LISTENERS: 'BROKER://:9092,CONTROLLER://:9093',
    KAFKA_ADVERTISED_LISTENERS: `BROKER://127.0.0.1:${port}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_INTER_BROKER_LISTENER_NAME: 'BROKER',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
    KAFKA_HEAP_OPTS: '-Xmx256m',
  };
}
