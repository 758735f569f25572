import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { scratchFolder, startKafka, startPostgres } from '@midstream/testing/servers';
import { Client } from 'pg';
import { embeddedBus, type EventBus, kafkaBus, type Problem, type RunningService, startService } from '../index';
import { assertFinished, type Checker, checker, eventually } from './checker';
import { readerService, writerService } from './toy';
import { type BusKind, quiet, sleep, START } from './world';

/** A server that can be taken away, and comes back with its data on its port. */
interface Server {
  away(): Promise<void>;
  back(): Promise<void>;
  stop(): Promise<void>;
}

interface Database extends Server {
  readonly url: string;
}

async function databaseServer(): Promise<Database> {
  const scratch = scratchFolder('outage');
  const options = { dataDir: path.join(scratch, 'data'), durable: false, scratch };
  let server = await startPostgres(options);
  const { port } = server;
  const name = `outage_${randomBytes(4).toString('hex')}`;
  const client = new Client({ connectionString: server.url('postgres') });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return {
    url: server.url(name),
    away: () => server.stop(),
    async back() {
      server = await startPostgres({ ...options, port });
    },
    stop: () => server.stop().finally(() => fs.rmSync(scratch, { recursive: true, force: true })),
  };
}

async function brokerServer(): Promise<Server & { readonly brokers: readonly string[] }> {
  const scratch = scratchFolder('outage');
  // Not the one that all tests share
  const server = await startKafka({ dir: scratch, scratch, means: 'jars' });
  return {
    brokers: server.brokers,
    away: () => server.kill('SIGKILL'),
    back: () => server.restart?.() ?? Promise.resolve(),
    stop: () => server.stop().finally(() => fs.rmSync(scratch, { recursive: true, force: true })),
  };
}

export interface Stage {
  /** Who can be taken away. */
  readonly servers: Readonly<Record<'ofWriter' | 'ofReader' | 'broker', Server>>;
  readonly writer: RunningService;
  readonly reader: RunningService;
  readonly check: Checker;
  close(): Promise<void>;
}

const NONE: Server = { away: () => Promise.resolve(), back: () => Promise.resolve(), stop: () => Promise.resolve() };

/** A writer and a reader with servers of their own. */
export async function stage(kind: BusKind): Promise<Stage> {
  const [ofWriter, ofReader, broker] = await Promise.all([databaseServer(), databaseServer(), kind === 'kafka' ? brokerServer() : NONE]);
  const bus: EventBus =
    'brokers' in broker
      ? kafkaBus({ brokers: broker.brokers, prefix: 'outage.', partitions: 3, logger: quiet, sessionTimeoutMs: 6_000 })
      : embeddedBus();
  const reader = await startService(readerService(), { ...START, databaseUrl: ofReader.url, bus });
  const writer = await startService(writerService(), { ...START, databaseUrl: ofWriter.url, bus });
  const check = checker(ofWriter.url, ofReader.url);
  return {
    servers: { ofWriter, ofReader, broker },
    writer,
    reader,
    check,
    async close() {
      await Promise.all([writer.stop(), reader.stop()]);
      await bus.close();
      await check.end();
      await Promise.all([ofWriter, ofReader, broker].map((it) => it.stop()));
    },
  };
}

export interface Load {
  /** Ends it; how many requests were answered, refused with 503, and what else went wrong. */
  end(): Promise<{ readonly done: number; readonly refused: number; readonly wrong: readonly unknown[]; readonly asked: number }>;
}

/** Callers that ask all the time, each with a key for each thing it wants: what is refused is asked again until it is done. */
export function startLoad({ commands }: RunningService, callers = 8): Load {
  let loading = true;
  let [done, refused, asked] = [0, 0, 0];
  const wrong: unknown[] = [];
  const call = async (caller: number): Promise<void> => {
    for (let n = 0; loading; n++) {
      asked += 1;
      const key = { tenant: 't', key: `${caller}/${n}`, hash: 'h' };
      for (let more = true; more;) {
        await commands.run({ type: 'Bump', id: `caller${caller}`, later: n % 50 === 0, call: n % 50 === 1 } as never, { key }).then(
          () => {
            done += 1;
            more = false;
          },
          (error: unknown) => {
            if ((error as Problem).status === 503) refused += 1;
            else wrong.push(error);
          },
        );
        await sleep(more ? 250 : 10);
      }
    }
  };
  const callers_ = Array.from({ length: callers }, (_, caller) => call(caller));
  return {
    async end() {
      loading = false;
      await Promise.all(callers_);
      return { done, refused, wrong, asked };
    },
  };
}

/** Nothing lost, nothing doubled, and all of it heard within the time. */
export async function assertCaughtUp({ check }: Stage, asked: number, timeoutMs: number): Promise<void> {
  await check.assertAllHeardOnceInOrder(timeoutMs);
  const counters = [...(await check.counters()).values()];
  assert.equal(
    counters.reduce((sum, it) => sum + it.count, 0),
    asked,
    'each request is done once, however often it was sent',
  );
  await eventually(() => assertFinished(check), timeoutMs);
}
