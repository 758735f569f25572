import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES, type Service } from '@midstream/contracts';
import { scratchFolder } from '@midstream/local/scratch';
import { firstStart } from '@midstream/standalone/first-start';
import { type Home, openHome } from '@midstream/standalone/home';
import { settingsOf } from '@midstream/standalone/parts';
import { type Link, type Process, PROCESSES, type Server } from './faults';
import { Down } from './house';
import { keptPort } from './ports';
import { openProxy, type Proxy } from './proxy';
import { openKafka, openPostgres, openRedis, type TorturedServer } from './servers';
import { supervise, type Supervised } from './supervisor';

const READY_MS = 120_000;
/** Two of each topic's partitions go to each copy of a service that runs twice. */
const PARTITIONS = 4;
/** The load is one caller with one key; the limits are asked all the same. */
const REQUESTS_MAX = 100_000;

/** A Midstream of five processes, as `npm run start:distributed` starts it, with proxies of ours in its ways, in a folder that nobody else knows. */
export interface Hub {
  readonly dir: string;
  readonly url: string;
  readonly servers: Readonly<Partial<Record<Server, TorturedServer>>>;
  readonly processes: Readonly<Record<Process, Supervised>>;
  readonly ways: Readonly<Partial<Record<Link, Proxy>>>;
  /** A second process of a service, on a port of its own; the entrance stays with the first. */
  double(service: Service): Promise<Supervised>;
  /** Resolves when all five say that they are ready. @throws Down where they have not been within READY_MS */
  ready(): Promise<void>;
  /** Everything that its processes have said. */
  said(): string;
  stop(): Promise<void>;
  remove(): void;
}

/** Starts all of it, with the sample market. `brokers`: a Kafka that is not ours. */
export async function openHub(brokers: readonly string[] | undefined, say: (line: string) => void): Promise<Hub> {
  const scratch = scratchFolder('torture');
  const stack: Stop[] = [];
  const told = (error: unknown): void => say(`  it did not stop well: ${String(error)}`);
  const stop = async (): Promise<void> => {
    for (const all of stack.splice(0).reverse()) await all().catch(told);
  };
  const remove = (): void => rmSync(scratch, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  try {
    return { ...(await startIn(scratch, brokers, stack, say)), stop, remove };
  } catch (error) {
    await stop();
    remove();
    throw error;
  }
}

type Stop = () => Promise<unknown>;

async function startIn(scratch: string, brokers: readonly string[] | undefined, stack: Stop[], say: (line: string) => void) {
  const home = openHome(join(scratch, 'data'));
  const logs = join(scratch, 'said');
  mkdirSync(logs);
  const { servers, ways, env, urls } = await startServers(home, brokers, stack);
  const ports = Object.fromEntries(await Promise.all([...PROCESSES, 'sandbox'].map(async (it) => [it, await keptPort()] as const)));
  const all: Supervised[] = [];
  stack.push(() => Promise.all(all.map((it) => it.stop())));
  const serve = (name: string, file: string, own: Readonly<Record<string, string>>): Supervised => {
    const it = supervise({ file, env: { ...env, ...own }, logFile: join(logs, `${name}.log`) });
    all.push(it);
    return it;
  };
  const service = (it: Service, name: string, port: number): Supervised =>
    serve(name, `services/${it}/app/main.ts`, { DATABASE_URL: urls[it], PORT: String(port) });

  const sandboxUrl = `http://127.0.0.1:${ports['sandbox']}`;
  serve('sandbox', 'services/sandbox-supplier/main.ts', {
    PORT: String(ports['sandbox']),
    SEED: 'midstream',
    JOURNAL: home.path('sandbox.ndjson'),
  });
  const upstreams = SERVICES.map((it) => [`UPSTREAM_${it.toUpperCase().replaceAll('-', '_')}`, `http://127.0.0.1:${ports[it]}`]);
  const processes = Object.fromEntries([
    ...SERVICES.map((it) => [it, service(it, it, ports[it] ?? 0)]),
    [
      'entrance',
      serve('entrance', 'services/standalone/entrance.main.ts', {
        ...(Object.fromEntries(upstreams) as Record<string, string>),
        PORT: String(ports['entrance']),
      }),
    ],
  ]) as Record<Process, Supervised>;
  const url = `http://127.0.0.1:${ports['entrance']}`;
  await untilReady(url);
  await firstStart(home, url, sandboxUrl, () => undefined);
  say(`Five services, ${Object.keys(servers).join(', ')} and the sample market are ready`);
  return {
    dir: home.dir,
    url,
    servers,
    processes,
    ways,
    ready: () => untilReady(url),
    double: async (it: Service) => service(it, `${it}.second`, await keptPort()),
    said: () =>
      readdirSync(logs)
        .map((it) => readFileSync(join(logs, it), 'utf8'))
        .join('\n'),
  };
}

/** The servers, the ways to them, and what a service is told of both. */
async function startServers(home: Home, brokers: readonly string[] | undefined, stack: Stop[]) {
  const ways: Partial<Record<Link, Proxy>> = {};
  const servers: Partial<Record<Server, TorturedServer>> = {};
  const way = async (link: Link, target: number): Promise<number> => {
    const proxy = await openProxy({ port: 0, target });
    ways[link] = proxy;
    stack.push(() => proxy.close());
    return proxy.port;
  };
  const started = (name: Server, server: TorturedServer): void => {
    servers[name] = server;
    stack.push(() => server.stop());
  };
  const postgres = async (): Promise<Record<Service, string>> => {
    const server = await openPostgres(home);
    started('postgres', server);
    const urls: [Service, string][] = [];
    for (const it of SERVICES)
      urls.push([it, Object.assign(new URL(server.urls[it]), { port: String(await way(it, server.port)) }).toString()]);
    return Object.fromEntries(urls) as Record<Service, string>;
  };
  const kafka = async (): Promise<string> => {
    if (brokers !== undefined) return brokers.join(',');
    const port = await keptPort();
    const advertised = await way('kafka', port);
    started('kafka', await openKafka(home.path('kafka'), port, advertised));
    return `127.0.0.1:${advertised}`;
  };
  const redis = await openRedis(home.path('redis'));
  if (redis !== undefined) started('redis', redis);
  const [urls, address] = await Promise.all([postgres(), kafka()]);
  const env = {
    ...Object.fromEntries(
      Object.entries(settingsOf(home)).map(([name, value]) => [
        `MIDSTREAM_${name.replace(/[A-Z]/g, (it) => `_${it}`).toUpperCase()}`,
        value,
      ]),
    ),
    KAFKA_BROKERS: address,
    KAFKA_PARTITIONS: String(PARTITIONS),
    MIDSTREAM_RATE_LIMIT_PER_KEY: String(REQUESTS_MAX),
    MIDSTREAM_RATE_LIMIT_PER_ADDRESS: String(REQUESTS_MAX),
    ...(brokers !== undefined && { KAFKA_PREFIX: `torture-${randomBytes(4).toString('hex')}.` }),
    ...(redis !== undefined && { REDIS_URL: redis.url }),
  };
  return { servers, ways, urls, env };
}

async function untilReady(url: string): Promise<void> {
  let told = 'nobody answered';
  for (const until = Date.now() + READY_MS; Date.now() < until; await sleep(200)) {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(6_000) }).catch(() => undefined);
    if (answer?.ok === true) return;
    told = (await answer?.text().catch(() => undefined)) ?? told;
  }
  throw new Down(`the five were not ready within ${READY_MS / 1_000} s: ${told}`);
}
