import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES, type Service } from '@midstream/contracts';
import { scratchFolder } from '@midstream/local/scratch';
import { createServiceDatabase, startPostgres } from '@midstream/local/postgres';
import { embeddedBus, loggerOf, type RunningService } from '@midstream/runtime';
import { createSandbox } from '@midstream/sandbox-supplier';
import { startAll } from './parts';

/** The five and a supplier, started on empty databases only to describe themselves. */
async function openApiDocuments(adminUrl: string): Promise<Record<string, object>> {
  const urls = Object.fromEntries(
    await Promise.all(
      SERVICES.map(async (it) => [
        it,
        await createServiceDatabase(adminUrl, {
          database: `openapi_${it.replaceAll('-', '_')}`,
          role: `openapi_${it.replaceAll('-', '_')}`,
          password: 'openapi',
        }),
      ]),
    ),
  ) as Record<Service, string>;
  const bus = embeddedBus();
  const services = await startAll(urls, bus, {
    logger: loggerOf('openapi').child({}, { level: 'error' }),
    settings: SETTINGS,
    bootstrapKey: 'openapi',
  });
  const sandbox = await createSandbox({ port: 0, seed: 'openapi' });
  try {
    return await documentsOf(services, sandbox.url);
  } finally {
    await Promise.all(services.map((it) => it.stop()));
    await sandbox.close();
    await bus.close();
  }
}

/** The documents of services that run, and of the supplier protocol. */
export async function documentsOf(
  services: readonly Pick<RunningService, 'name' | 'url'>[],
  sandboxUrl: string,
): Promise<Record<string, object>> {
  const sources = [...services.map((it) => [it.name, it.url] as const), ['supplier-protocol', sandboxUrl] as const];
  const documents = sources.map(async ([name, url]) => [name, (await (await fetch(`${url}/openapi.json`)).json()) as object] as const);
  return Object.fromEntries(await Promise.all(documents));
}

/** Any keys do: no code is imported. */
const SETTINGS = { vaultKey: Buffer.alloc(32).toString('base64'), fingerprintKey: Buffer.alloc(32, 1).toString('base64') };

export const textOf = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;

async function main(): Promise<void> {
  const scratch = scratchFolder('openapi');
  const postgres = await startPostgres({ dataDir: join(scratch, 'data'), durable: false, scratch });
  const folder = join(__dirname, '../../libs/contracts/openapi');
  mkdirSync(folder, { recursive: true });
  for (const [name, document] of Object.entries(await openApiDocuments(postgres.url('postgres'))))
    writeFileSync(join(folder, `${name}.json`), textOf(document));
  await postgres.stop();
}

if (require.main === module) void main();
