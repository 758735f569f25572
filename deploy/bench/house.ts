import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@midstream/local/ports';
import { scratchFolder } from '@midstream/local/scratch';
import { Client } from 'pg';
import { type Bus, launch, type Launched } from './launch';
import { ours, signal, treeOf } from './procs';
import { countStatements, openProfiler, profiled, profileFolder, type Profiler } from './profile';

export type { Bus } from './launch';

interface Keys {
  readonly url: string;
  readonly sandboxUrl: string;
  readonly operatorKey: string;
}

interface Door {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** The whole of Midstream as a person starts it, in a folder of its own, with the doors that a bench needs. */
export interface House extends Keys {
  readonly bus: Bus;
  /** Of its Kafka, if it has one. */
  readonly brokers: readonly string[];
  /** PostgreSQL, as superuser. */
  readonly door: Door;
  connect(database: string): Promise<Client>;
  readonly profiler: Profiler | undefined;
  stop(): Promise<void>;
}

export interface HouseOptions {
  readonly bus: Bus;
  readonly profile: boolean;
  readonly keep: boolean;
}

export async function openHouse({ bus, profile, keep }: HouseOptions): Promise<House> {
  const scratch = scratchFolder('bench');
  const dir = join(scratch, 'data');
  const profiles = profile ? profileFolder() : undefined;
  const port = String(await freePort());
  const start = (): Promise<Launched> =>
    launch(bus, { PORT: port, MIDSTREAM_DATA: dir, MIDSTREAM_MARKET: 'small', ...(profiles !== undefined && profiled(profiles)) });
  const remove = (): void => {
    if (!keep) rmSync(scratch, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  try {
    let launched = await start();
    if (profiles !== undefined) {
      const admin = await connectTo({ ...doorOf(dir), database: 'postgres' });
      await countStatements(admin);
      await admin.end();
      await launched.stop();
      launched = await start();
    }
    return await houseOf({ bus, dir, launched, profiles, remove });
  } catch (error) {
    remove();
    throw error;
  }
}

interface Parts {
  readonly bus: Bus;
  readonly dir: string;
  readonly launched: Launched;
  readonly profiles: string | undefined;
  readonly remove: () => void;
}

async function houseOf({ bus, dir, launched, profiles, remove }: Parts): Promise<House> {
  const { pid } = launched;
  const { url, sandboxUrl, operatorKey } = JSON.parse(readFileSync(join(dir, 'keys.json'), 'utf8')) as Keys;
  const door = doorOf(dir);
  const admin = profiles === undefined ? undefined : await connectTo({ ...door, database: 'postgres' });
  const profiler =
    admin === undefined || profiles === undefined
      ? undefined
      : await openProfiler(profiles, admin, () => signal(ours(), 'SIGUSR2', 'node'));
  return {
    url,
    sandboxUrl,
    operatorKey,
    bus,
    brokers: brokersOf(bus, dir),
    door,
    profiler,
    connect: (database) => connectTo({ ...door, database }),
    async stop() {
      signal(treeOf(pid), 'SIGCONT', 'java', 'node');
      await admin?.end();
      await launched.stop();
      remove();
    },
  };
}

async function connectTo(where: Door & { readonly database: string }): Promise<Client> {
  const client = new Client(where);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function doorOf(dir: string): Door {
  const port = Number(readFileSync(join(dir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3]);
  const password = readFileSync(join(dir, 'postgres.password'), 'utf8').trim();
  return { host: '127.0.0.1', port, user: 'postgres', password };
}

/** The broker's folder keeps its port. */
const brokersOf = (bus: Bus, dir: string): string[] =>
  bus === 'embedded' ? [] : [`127.0.0.1:${readFileSync(join(dir, 'kafka', 'port'), 'utf8').trim()}`];
