import 'reflect-metadata';
import { topicsOf, topicsReadBy, TOPICS, type AnyFact, type Topic } from '@midstream/contracts';
import type { Timed } from '@midstream/kernel';
import { type DynamicModule, Module, VersioningType } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import type { Logger } from 'pino';
import type { EventBus } from './bus';
import { Commands } from './commands';
import { type Consuming, consumer } from './consume';
import type { Loop, ServiceDefinition } from './define';
import { boundGarbage } from './engine';
import { followProjection, type Follower } from './follow';
import { type Gather, gather } from './gather';
import { type AnyCommand, type AnyEvent, EVERYTHING, type Handling, type OpaqueDomain, type Wrote } from './handle';
import { hookRequests } from './hooks';
import { KeysGuard, ProblemFilter, validation } from './http';
import { Keys } from './keys';
import { BODY_BYTES_MAX, DRAIN_ON_SHUTDOWN_MS } from './limits';
import { LiveEvents } from './live';
import { type Metrics, metricsOf } from './metrics';
import { nestLogger } from './nest-logger';
import { serveOpenApi } from './openapi';
import { HealthController, INSIDE, type Inside, parkedController } from './ops';
import { dropOld, inboxMemory, type InboxMemory, makePartitions } from './partitions';
import { watchParked } from './parking';
import { Database, openDatabase } from './postgres';
import { limitRates, type RateLimits } from './rates';
import { relayLagMs, startRelay } from './relay';
import { loadedTables } from './rows';
import { storageOf } from './storage';
import { BusStrategy, chunkController } from './strategy';
import { loggerOf } from './telemetry';
import { type AnyEffect, startTodo } from './todo';
import { alarmClock, within } from './wait';

export interface ServiceOptions {
  readonly databaseUrl: string;
  readonly bus: EventBus;
  /** 0: a free one. */
  readonly port: number;
  readonly host?: string;
  /** An operator's key of the machine. */
  readonly bootstrapKey?: string;
  readonly logger?: Logger;
  /** What the service's providers may need from outside (a key file, a URL), by name. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How often a caller may ask; left out: as often as it likes. */
  readonly rates?: RateLimits;
  /** Whose X-Forwarded-For is believed: addresses, networks, `loopback` (unless said), `uniquelocal`; separated by commas. */
  readonly trustProxy?: string;
  /** Connections to the database; CONNECTIONS.usual unless said. */
  readonly connections?: number;
}

export interface RunningService {
  readonly name: string;
  readonly url: string;
  readonly commands: Commands<Timed>;
  readonly database: Database;
  readonly view: unknown;
  readonly app: NestFastifyApplication;
  /** Drains: no new requests or chunks, what runs is finished, at most DRAIN_ON_SHUTDOWN_MS. */
  stop(): Promise<void>;
}

export type AnyService = ServiceDefinition<never, never, never, never, never>;

const MAINTENANCE_EVERY_MS = 3_600_000;

/** Starts a service: schema, projections, HTTP, bus, relay, todo; ready when it resolves. */
export async function startService<Rows, View, Command extends Timed, Event extends { readonly type: string }, Code extends string>(
  typed: ServiceDefinition<Rows, View, Command, Event, Code>,
  options: ServiceOptions,
): Promise<RunningService> {
  boundGarbage();
  const definition = typed as unknown as OpaqueDefinition;
  const logger = options.logger ?? loggerOf(definition.name);
  const database = await openDatabase({
    url: options.databaseUrl,
    entities: [...Object.values(definition.tables).map((it) => it.entity), ...(definition.entities ?? [])],
    migrations: definition.migrations,
    ...(options.connections !== undefined && { connections: options.connections }),
    onPoolError: (error) => logger.warn({ err: error }, 'an idle connection broke'),
  });
  try {
    return await startOn(database, definition, options, logger);
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The definition with its own types taken off: the shell moves rows, commands and events, and knows none of them. */
interface OpaqueDefinition extends Omit<
  ServiceDefinition<Record<string, never>, unknown, Timed, AnyEvent, string>,
  'domain' | 'effects' | 'recordsOf'
> {
  readonly domain: OpaqueDomain;
  readonly effects?: Readonly<Record<string, AnyEffect>>;
  readonly recordsOf?: (event: AnyEvent, meta: never) => readonly { readonly entity: never; readonly rows: readonly object[] }[];
}

async function startOn(database: Database, definition: OpaqueDefinition, options: ServiceOptions, logger: Logger): Promise<RunningService> {
  await makePartitions(database);
  const { name, domain } = definition;
  const metrics = metricsOf(name);
  const handling = handlingOf(database, definition, metrics);
  const keys = new Keys(options.bootstrapKey);
  const live = new LiveEvents(name, database, logger);
  await live.start();
  const follower = await followViews(database, definition, handling, keys, logger);

  const pokes: ((wrote: Wrote) => void)[] = [(wrote) => wrote.states && follower.poke(), () => live.poke()];
  const committed = (wrote: Wrote) => {
    for (const poke of pokes) poke(wrote);
  };
  const gathered = gather(database, handling, committed);
  const parked = watchParked(database, domain);
  const consuming: Consuming = {
    consumer: name,
    database,
    handling,
    inbox: await inboxMemory(database),
    hears: new Set(definition.hears ?? []),
    lingerMs: definition.lingerMs ?? 0,
    logger,
    committed,
    count(result, by, amount = 1) {
      metrics.messages.inc({ result, by }, amount);
      if (result === 'parked' && amount > 0) parked.notice();
    },
  };
  let stopping = false;
  const storage = storageOf(logger, metrics);
  const commands = new Commands(gathered, definition.problems, handling.view, parked, storage);
  const inside: Inside = { database, storage, metrics, consuming, busReady: () => options.bus.ready(), isStopping: () => stopping };

  const app = await createApp({ definition, database, commands, keys, live, inside, consuming, logger, options });
  app.connectMicroservice({ strategy: new BusStrategy(options.bus, name, topicsReadBy(name)) }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.listen(options.port, options.host ?? '127.0.0.1');

  const sinks = options.bus.sinksOf(name);
  const relay = startRelay({ owner: name, databaseUrl: options.databaseUrl, sinks, logger });
  const todo = startTodo({ database, handling, effects: definition.effects ?? {}, logger, committed });
  pokes.push(
    ({ topics }) => relay.poke(topics),
    ({ due }) => due && todo.poke(),
  );
  const loops = [...(definition.loops ?? []), maintenance(database, topicsReadBy(name), consuming.inbox)].map((it) =>
    startLoop(it, database, gathered, logger),
  );
  watch(metrics, database, () => relayLagMs(database, sinks));
  parked.start();
  committed(EVERYTHING);
  logger.info({ url: await app.getUrl() }, `${name} is ready`);

  return {
    name,
    url: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    commands,
    database,
    view: handling.view,
    app,
    async stop() {
      if (stopping) return;
      stopping = true;
      parked.stop();
      const drain = async () => {
        // Streams never end by themselves; requests are answered before the door is shut
        await live.stop();
        await app.close();
        await Promise.all(loops.map((it) => it.stop()));
        await todo.stop();
        await gathered.idle();
        await Promise.all([relay.stop(), follower.stop()]);
      };
      await within(DRAIN_ON_SHUTDOWN_MS, drain(), 'draining').catch((error: unknown) => {
        logger.warn({ err: error }, 'stopped before all was drained');
        // nothing may go on with a pool that is closed
        for (const it of [...loops, todo, relay, follower]) void it.stop().catch(() => undefined);
      });
      await database.close();
    },
  };
}

function handlingOf(database: Database, definition: OpaqueDefinition, metrics: Metrics): Handling {
  const { domain, recordsOf } = definition;
  return {
    domain,
    view: domain.view.create(),
    tables: loadedTables(database, definition.tables),
    follows: new Set(followedOwn(definition)),
    effects: Object.entries(definition.effects ?? {}).map(([effect, { on, key, lane }]) => ({
      name: effect,
      on,
      key,
      ...(lane && { lane }),
    })),
    recordsOf: (event, meta) =>
      (recordsOf?.(event, meta as never) ?? []).map((it) => ({ table: database.tableOf(it.entity), rows: it.rows })),
    count: (result, type) => metrics.commands.inc({ result, type }),
  };
}

/** Own state topics that live in the own projection, too: those that the service asks for, and the API keys, which their owner checks as all do. */
const followedOwn = (definition: OpaqueDefinition): Topic[] => [
  ...new Set([...(definition.follows ?? []), ...topicsOf(definition.name).filter((it) => it === 'order.by-api-key')]),
];

function followViews(database: Database, definition: OpaqueDefinition, handling: Handling, keys: Keys, logger: Logger): Promise<Follower> {
  const states = [...topicsReadBy(definition.name).filter((it) => TOPICS[it].compacted), ...followedOwn(definition)];
  return followProjection(
    database,
    states,
    (fact) => {
      const known = fact as AnyFact;
      if (known.type === 'ApiKeyState') keys.apply(known);
      handling.domain.view.apply(handling.view, fact);
    },
    logger,
  );
}

interface Parts {
  readonly definition: OpaqueDefinition;
  readonly database: Database;
  readonly commands: Commands<Timed>;
  readonly keys: Keys;
  readonly live: LiveEvents;
  readonly inside: Inside;
  readonly consuming: Consuming;
  readonly logger: Logger;
  readonly options: ServiceOptions;
}

export const SETTINGS = Symbol('midstream settings');

@Module({})
class ServiceModule {
  static of({ definition, database, commands, keys, live, inside, consuming, logger, options }: Parts): DynamicModule {
    return {
      module: ServiceModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [
        HealthController,
        parkedController(definition.name),
        chunkController(consumer(consuming)),
        ...definition.controllers,
      ] as never,
      providers: [
        { provide: INSIDE, useValue: inside },
        { provide: SETTINGS, useValue: options.settings ?? {} },
        { provide: Database, useValue: database },
        { provide: Commands, useValue: commands },
        { provide: LiveEvents, useValue: live },
        { provide: APP_GUARD, useValue: new KeysGuard(keys) },
        { provide: APP_FILTER, useValue: new ProblemFilter(logger, inside.storage) },
        ...(definition.providers ?? []),
      ] as never,
    };
  }
}

async function createApp(parts: Parts): Promise<NestFastifyApplication> {
  const { rates, trustProxy = 'loopback' } = parts.options;
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: 1_000 },
    forceCloseConnections: 'idle',
    trustProxy,
  });
  hookRequests(adapter.getInstance(), parts.definition.name, parts.inside.metrics, parts.logger);
  if (rates !== undefined)
    await limitRates(adapter.getInstance(), { ...parts, service: parts.definition.name, limits: rates, metrics: parts.inside.metrics });
  const app = await NestFactory.create<NestFastifyApplication>(ServiceModule.of(parts), adapter, {
    logger: nestLogger(parts.logger),
    abortOnError: false,
    // as it was sent, beside what was read of it: what is signed is signed to the byte
    rawBody: true,
  });
  app.setGlobalPrefix('', {});
  app.enableVersioning({ type: VersioningType.URI, prefix: 'v' });
  app.useGlobalPipes(validation());
  serveOpenApi(app, parts.definition.name, parts.definition.problems);
  return app;
}

function startLoop(loop: Loop, database: Database, gathered: Gather, logger: Logger): { stop(): Promise<void> } {
  const bell = alarmClock();
  let stopping = false;
  const handle = (command: AnyCommand) => gathered.submit({ command, cause: { actor: `loop:${loop.name}` } });
  const run = async () => {
    while (!stopping) {
      const more = await loop.run({ database, handle }).catch((error: unknown) => {
        logger.warn({ err: error, loop: loop.name }, 'a loop failed; it goes on');
        return false;
      });
      if (!more) await bell.wait(loop.everyMs);
    }
  };
  const ended = run();
  return {
    async stop() {
      stopping = true;
      bell.ring();
      await ended;
    },
  };
}

const maintenance = (database: Database, heard: readonly Topic[], inbox: InboxMemory): Loop => ({
  name: 'maintenance',
  everyMs: MAINTENANCE_EVERY_MS,
  async run() {
    await makePartitions(database);
    await dropOld(database, heard).finally(() => inbox.refresh());
    return false;
  },
});

/** What SREs watch: each gauge asks the database when it is scraped. */
function watch({ gauge }: Metrics, database: Database, lagMs: () => Promise<number>): void {
  const count = (sql: string) => async () =>
    Number((await database.pool.query<{ n: string }>(sql).catch(() => ({ rows: [{ n: 'NaN' }] }))).rows[0]?.n);
  gauge('midstream_relay_lag_seconds', 'Age of the oldest event that not every reader, or the broker, has', () =>
    lagMs().then(
      (it) => it / 1_000,
      () => NaN,
    ),
  );
  gauge(
    'midstream_todo_due',
    'What is due and not done',
    count('SELECT count(*) AS n FROM todo WHERE NOT stuck AND due_at <= statement_timestamp()'),
  );
  gauge('midstream_todo_stuck', 'What has failed too often and waits for an operator', count('SELECT count(*) AS n FROM todo WHERE stuck'));
  gauge('midstream_parked_keys', 'Keys that a poisoned message has stopped', count('SELECT count(*) AS n FROM parked_key'));
  gauge('midstream_parked_messages', 'Messages that wait behind a parked key', count('SELECT count(*) AS n FROM parked_message'));
}
