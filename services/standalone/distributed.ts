import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES, type Service } from '@midstream/contracts';
import { startKafka } from '@midstream/local/kafka';
import { leash } from '@midstream/local/leash';
import { assertPortFree, freePort } from '@midstream/local/ports';
import { banner } from './banner';
import { startDatabases } from './databases';
import { onEnd, whyOf } from './ending';
import { openEntrance } from './entrance';
import { firstStart } from './first-start';
import { type Home, openHome, sandboxPortOf } from './home';
import { settingsOf } from './parts';

const PORT = Number(process.env['PORT'] ?? 3000);
const ROOT = join(__dirname, '../..');
const READY_MS = 90_000;
const AGAIN_MS = 1_000;

/** `npm run start:distributed`: five processes over a real Kafka and a real PostgreSQL, and one entrance in front of them. */
async function main(): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  await assertPortFree(PORT, 'Midstream');
  const home = openHome();
  const stack = onEnd(say);
  say(`Midstream starts as five processes on ${home.dir}; Kafka may take a minute the first time`);
  const [kafka, { postgres, urls }] = await Promise.all([startKafka({ dir: home.path('kafka') }), startDatabases(home, say)]);
  stack.push(
    () => postgres.stop(),
    () => kafka.stop(),
  );

  const upstreams = Object.fromEntries(
    await Promise.all(SERVICES.map(async (it) => [it, `http://127.0.0.1:${await freePort()}`] as const)),
  ) as Record<Service, string>;
  const sandboxUrl = `http://127.0.0.1:${await sandboxPortOf(home)}`;
  const common = { KAFKA_BROKERS: kafka.brokers.join(','), ...environmentOf(home) };
  const processes = [
    ...SERVICES.map((it) =>
      supervise(
        it,
        join(ROOT, `services/${it}/app/main.ts`),
        { ...common, DATABASE_URL: urls[it], PORT: new URL(upstreams[it]).port },
        home,
        say,
      ),
    ),
    supervise(
      'sandbox-supplier',
      join(ROOT, 'services/sandbox-supplier/main.ts'),
      { PORT: new URL(sandboxUrl).port, SEED: 'midstream', JOURNAL: home.path('sandbox.ndjson') },
      home,
      say,
    ),
  ];
  stack.push(() => Promise.all(processes.map((it) => it.stop())));
  const entrance = await openEntrance({ port: PORT, upstreams });
  stack.push(() => entrance.close());
  await ready(entrance.url);

  const keys = await firstStart(home, entrance.url, sandboxUrl, say);
  say(banner(keys, home.dir, process.uptime()));
}

/** Settings as MIDSTREAM_… variables: `vaultKey` becomes MIDSTREAM_VAULT_KEY. */
const environmentOf = (home: Home): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settingsOf(home)).map(([name, value]) => [`MIDSTREAM_${name.replace(/[A-Z]/g, (it) => `_${it}`).toUpperCase()}`, value]),
  );

/** A process that is started again when it dies, as a cluster would; its pid is in the data folder, its words in a log file beside it. */
function supervise(
  name: string,
  file: string,
  env: Readonly<Record<string, string>>,
  home: Home,
  say: (line: string) => void,
): { stop(): Promise<void> } {
  let stopping = false;
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();

  const start = (): void => {
    const one = spawn(process.execPath, ['--conditions=@midstream/source', '-r', join(ROOT, 'deploy/local/typescript.cjs'), file], {
      cwd: ROOT,
      // Without a bound the engine lets garbage lie: an import of 100,000 codes took 250 MB, with it 183
      env: { NODE_OPTIONS: '--max-old-space-size=512', ...process.env, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn', ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      // its own group: Ctrl-C reaches only us, and we stop them in order
      detached: true,
    });
    child = one;
    const free = one.pid === undefined ? () => undefined : leash(one.pid, { signal: 'SIGKILL' });
    if (one.pid !== undefined) writeFileSync(home.path(`${name}.pid`), String(one.pid));
    ended = new Promise((resolve) =>
      one.once('exit', (code, signal) => {
        free();
        resolve();
        if (stopping) return;
        say(`${name} ended (${signal ?? code ?? ''}); it is started again`);
        setTimeout(() => !stopping && start(), AGAIN_MS);
      }),
    );
  };
  start();
  return {
    async stop() {
      stopping = true;
      child?.kill('SIGTERM');
      await ended;
    },
  };
}

async function ready(url: string): Promise<void> {
  const until = Date.now() + READY_MS;
  for (;;) {
    if (
      await fetch(`${url}/readyz`).then(
        (it) => it.ok,
        () => false,
      )
    )
      return;
    if (Date.now() > until)
      throw new Error(
        `the services were not ready within ${READY_MS / 1_000} s: ${await fetch(`${url}/readyz`).then((it) => it.text(), String)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`\nMidstream could not start: ${whyOf(error)}\n`);
  process.exit(1);
});
