import { assertPortFree } from '@midstream/local/ports';
import { embeddedBus, loggerOf, rateLimitsOf, stopTracing } from '@midstream/runtime';
import { banner } from './banner';
import { startDatabases } from './databases';
import { openEntrance } from './entrance';
import { firstStart } from './first-start';
import { openHome, sandboxPortOf } from './home';
import { onEnd, whyOf } from './ending';
import { startSandbox } from './sandbox';
import { insideOf, settingsOf, startAll, upstreamsOf } from './parts';

const PORT = Number(process.env['PORT'] ?? 3000);

/** `npm start`: everything in one process, on a real PostgreSQL of its own, behind one port. */
async function main(): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  await assertPortFree(PORT, 'Midstream');
  const home = openHome();
  say(home.isNew ? `Midstream makes itself at home in ${home.dir}` : `Midstream starts on ${home.dir}`);
  const stack = onEnd(say);

  const { postgres, urls } = await startDatabases(home, say);
  stack.push(() => postgres.stop());
  const bus = embeddedBus();
  const settings = settingsOf(home);
  const services = await startAll(urls, bus, {
    bootstrapKey: home.secrets.operatorKey,
    settings,
    rates: rateLimitsOf(settings, undefined),
    logger: loggerOf('standalone').child({}, { level: process.env['LOG_LEVEL'] ?? 'warn' }),
  });
  stack.push(async () => {
    await Promise.all(services.map((it) => it.stop()));
    await bus.close();
    await stopTracing();
  });
  const sandbox = await startSandbox({
    port: await sandboxPortOf(home),
    seed: 'midstream',
    journal: home.path('sandbox.ndjson'),
  });
  stack.push(() => sandbox.close());
  const entrance = await openEntrance({ port: PORT, upstreams: upstreamsOf(services), inside: insideOf(services) });
  stack.push(() => entrance.close());

  const keys = await firstStart(home, entrance.url, sandbox.url, say);
  say(banner(keys, home.dir, process.uptime()));
}

main().catch((error: unknown) => {
  process.stderr.write(`\nMidstream could not start: ${whyOf(error)}\n`);
  process.exit(1);
});
