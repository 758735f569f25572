import { connect } from 'node:net';
import { startKafkaContainer } from './kafka.container';
import { hindranceOfJars, startKafkaJars } from './kafka.jars';

export type KafkaMeans = 'env' | 'container' | 'jars';

export interface KafkaOptions {
  /** Where the broker keeps its data and its port; started again there, it has both again. */
  dir: string;
  /** Default: the first that can be had, in the order of findKafka(). */
  means?: KafkaMeans;
  /** Of a broker from jars: the port that it tells its clients to come to, where a proxy of yours stands in front of it. Default: its own. */
  advertisedPort?: number;
  /** A folder that is removed when this process has ended without stop(). */
  scratch?: string;
  log?: (line: string) => void;
}

/** A running broker. It does not keep this process alive, and it is stopped when this process ends in any way. */
export interface LocalKafka {
  brokers: string[];
  /** Of the broker's process now; undefined where it is not our child. */
  readonly pid?: number;
  stop(): Promise<void>;
  /** Resolves when the broker is gone, if the signal is one that ends it. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** The same data on the same port again, whether it runs, was stopped or was killed. */
  restart?(): Promise<void>;
}

/** How a broker can be had here: one that runs already, a container, or Apache Kafka's own jars on Java. */
export async function findKafka(): Promise<KafkaMeans | undefined> {
  if (brokersOfEnv() !== undefined) return 'env';
  if (await dockerAnswers()) return 'container';
  return hindranceOfJars() === undefined ? 'jars' : undefined;
}

/** Rejects, saying what to install, where there is no way to a broker. */
export async function startKafka(options: KafkaOptions): Promise<LocalKafka> {
  const means = options.means ?? (await findKafka());
  switch (means) {
    case 'env':
      return foreignKafka();
    case 'container':
      return startKafkaContainer(options);
    case 'jars':
      return startKafkaJars(options);
    case undefined:
      throw new Error(await whyNoKafka());
  }
}

/** What to do where there is no way to a broker; undefined where there is one. */
export async function whyNoKafka(): Promise<string | undefined> {
  if ((await findKafka()) !== undefined) return undefined;
  return `No Kafka: ${hindranceOfJars()}; or start Docker, or set KAFKA_BROKERS to a broker that runs`;
}

export function brokersOfEnv(): string[] | undefined {
  const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',').map((broker) => broker.trim());
  return brokers.some(Boolean) ? brokers.filter(Boolean) : undefined;
}

function foreignKafka(): LocalKafka {
  const brokers = brokersOfEnv();
  if (brokers === undefined) throw new Error('KAFKA_BROKERS is not set');
  return {
    brokers,
    stop: async () => undefined, // not ours
    kill: async () => {
      throw new Error('The broker of KAFKA_BROKERS is not ours to kill');
    },
  };
}

const DOCKER_MS = 1_000;

/** One request by hand: loading Testcontainers to learn that there is no engine takes 2.3 s. */
async function dockerAnswers(): Promise<boolean> {
  const url = new URL(process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock');
  if (url.protocol !== 'unix:' && url.protocol !== 'tcp:') return false;
  const target = url.protocol === 'unix:' ? { path: url.pathname } : { host: url.hostname, port: Number(url.port || 2375) };
  return new Promise((resolve) => {
    const socket = connect(target, () => socket.write('GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n'));
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.setTimeout(DOCKER_MS, () => answer(false));
    socket.once('error', () => answer(false));
    socket.once('data', (head) => answer(/^HTTP\/1\.\d 200/.test(head.toString('latin1'))));
    socket.once('end', () => answer(false));
  });
}
