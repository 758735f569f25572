import { topicsReadBy } from '@midstream/contracts';
import { type EventBus, embeddedBus, kafkaBus, loggerOf, type Sink } from '@midstream/runtime';
import { startRelay } from '@midstream/runtime/relay';
import { Client } from 'pg';
import { serve } from './part';

export interface RelayTold {
  readonly databaseUrl: string;
  /** None: the bus without a broker. */
  readonly brokers: readonly string[];
  /** Begins the names of topics, so that each time is the first. */
  readonly prefix: string;
  readonly events: number;
}

export interface Relayed {
  readonly seconds: number;
  /** Milliseconds of each publish. */
  readonly publishes: readonly number[];
}

/** Who reads the log where there is no broker: one of the services, and it does nothing with it. */
const READER = 'selection-engine';

/** Publishes the whole log of a service from its beginning; the bus is new each time. */
serve<RelayTold, Relayed>(async ({ databaseUrl, brokers, prefix, events }) => {
  const logger = quiet();
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('DELETE FROM relay');
  await client.end();
  const bus = await busOf(brokers, prefix);
  const publishes: number[] = [];
  let left = events;
  let done: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (done = resolve));
  const counted = (sink: Sink): Sink => ({
    ...sink,
    async publish(records) {
      const at = performance.now();
      await sink.publish(records);
      publishes.push(performance.now() - at);
      if ((left -= records.length) <= 0) done();
    },
  });
  const sinks = bus.sinksOf('order').filter((it) => it.cursor === 'kafka' || it.cursor === `embedded:${READER}`);
  // topics and connections are there before the clock runs
  for (const it of sinks) await it.mark(Date.now());
  const at = performance.now();
  const relay = startRelay({ owner: 'order', databaseUrl, sinks: sinks.map(counted), logger });
  await all;
  const seconds = (performance.now() - at) / 1_000;
  await relay.stop();
  await bus.close();
  return { seconds, publishes };
});

async function busOf(brokers: readonly string[], prefix: string): Promise<EventBus> {
  if (brokers.length > 0) return kafkaBus({ brokers, prefix, logger: quiet() });
  const bus = embeddedBus();
  await bus.subscribe({ consumer: READER, topics: topicsReadBy(READER), onChunk: () => Promise.resolve() });
  return bus;
}

const quiet = () => loggerOf('bench').child({}, { level: 'warn' });
