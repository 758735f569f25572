import type { Logger } from 'pino';
import { FOLLOW_EVERY_MS, RELAY_PAGE } from './limits';
import type { LiveEvent } from './live';
import type { Database } from './postgres';
import { readNew, readTick, takeTick, type Tick } from './ticks';
import { alarmClock } from './wait';

export interface LogFollower {
  /** All that was committed before this instant has been heard; milliseconds of the database's clock. */
  heardAt(): number;
  poke(): void;
  stop(): Promise<void>;
}

interface Following {
  /** Types of events; of the others nothing is read. */
  readonly types: readonly string[];
  /** What happens before the log is followed: what was committed before it began must be in it. */
  readonly load: () => Promise<void>;
  /** Events in their order, each once; state that was loaded may come again. */
  readonly hear: (events: readonly LiveEvent[]) => void;
  /** After each step in which something was heard. */
  readonly told?: (tick: Tick) => void;
  readonly logger: Logger;
}

/** Follows the service's own log into memory, on every replica, and writes nothing. Resolves when what was there is loaded. */
export async function followLog(database: Database, { types, load, hear, told, logger }: Following): Promise<LogFollower> {
  const source = {
    table: 'event',
    columns: 'id, type, key, at, data',
    order: 'id',
    where: (it: string) => `type = ANY(${it})`,
    params: [types],
  };
  const bell = alarmClock();
  let place = await takeTick(database);
  let stopping = false;
  await load();

  const step = async (): Promise<void> => {
    const { rows, snapshot, at } = await readNew<LiveEvent>(database, source, place.snapshot, RELAY_PAGE);
    hear(rows);
    let last = rows.length === RELAY_PAGE ? rows.at(-1) : undefined;
    while (last !== undefined) {
      const range = { previous: place.snapshot, current: snapshot, afterId: last.id, limit: RELAY_PAGE };
      const page = await readTick<LiveEvent>(database, source, range);
      hear(page);
      last = page.length === RELAY_PAGE ? page.at(-1) : undefined;
    }
    place = { snapshot, at };
    if (rows.length > 0) told?.(place);
  };

  const run = async (): Promise<void> => {
    while (!stopping) {
      await bell.wait(FOLLOW_EVERY_MS);
      if (stopping) return;
      await step().catch((error: unknown) => logger.warn({ err: error }, 'the log could not be followed; it is tried again'));
    }
  };
  const ended = run();
  return {
    heardAt: () => place.at,
    poke: () => bell.ring(),
    async stop() {
      stopping = true;
      bell.ring();
      await ended;
    },
  };
}
