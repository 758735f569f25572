import { type Topic, TOPICS } from '@midstream/contracts';
import type { Logger } from 'pino';
import type { AnyEvent } from './handle';
import { FOLLOW_EVERY_MS } from './limits';
import type { Database } from './postgres';
import { BEGINNING, readNew } from './ticks';
import { alarmClock } from './wait';
import { outage } from './outage';

export interface Follower {
  poke(): void;
  stop(): Promise<void>;
}

interface StateRow {
  readonly topic: Topic;
  readonly data: object;
}

const ALL = 10_000_000;

/**
 * Follows the service's own projection into memory, on every replica: a consumer group alone would give each replica a part of the
 * book (protocol 18). Resolves when what was there is loaded.
 */
export async function followProjection(
  database: Database,
  topics: readonly Topic[],
  apply: (fact: AnyEvent) => void,
  logger: Logger,
): Promise<Follower> {
  const source = {
    table: 'projection',
    columns: 'topic, version, data',
    order: 'version',
    where: (it: string) => `topic = ANY(${it})`,
    params: [topics],
  };
  const bell = alarmClock();
  let previous = BEGINNING;
  let stopping = false;

  const step = async (): Promise<void> => {
    const { snapshot, rows } = await readNew<StateRow>(database, source, previous, ALL);
    for (const { topic, data } of rows) apply({ type: factTypeOfState(topic), ...data });
    previous = snapshot;
  };

  await step();
  const trouble = outage(logger, {
    fails: 'the projection cannot be followed; it goes on trying',
    again: 'the projection is followed again',
  });
  const run = async (): Promise<void> => {
    while (!stopping) {
      await bell.wait(FOLLOW_EVERY_MS);
      if (stopping) return;
      await step().then(trouble.passed, trouble.failed);
    }
  };
  const ended = run();
  return {
    poke: () => bell.ring(),
    async stop() {
      stopping = true;
      bell.ring();
      await ended;
    },
  };
}

/** A compacted topic carries exactly one type (protocol 26). */
const factTypeOfState = (topic: Topic): string => Object.keys(TOPICS[topic].facts)[0] ?? '';
