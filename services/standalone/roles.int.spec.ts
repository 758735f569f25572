import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { SERVICES } from '@midstream/contracts';
import { scratchFolder } from '@midstream/local/scratch';
import { Client } from 'pg';
import { type Databases, startDatabases } from './databases';
import { openHome } from './home';

describe('the databases of the five services', () => {
  const folder = scratchFolder('roles');
  let databases: Databases;
  before(async () => {
    databases = await startDatabases(openHome(folder));
  });
  after(async () => {
    await databases.postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const pairs = SERVICES.flatMap((role) => SERVICES.filter((it) => it !== role).map((other) => [role, other] as const));

  it('let each service in at its own, as a role that is not superuser', async () => {
    for (const service of SERVICES) {
      const rows = await ask(
        databases.urls[service],
        `SELECT current_user AS name, rolsuper AS super FROM pg_roles WHERE rolname = current_user`,
      );
      assert.deepEqual(rows, [{ name: service.replaceAll('-', '_'), super: false }]);
    }
  });

  for (const [role, other] of pairs) {
    it(`refuse ${role} at ${other}'s`, async () => {
      const url = new URL(databases.urls[role]);
      url.pathname = new URL(databases.urls[other]).pathname;
      await assert.rejects(ask(url.toString(), 'SELECT 1'), { code: '42501' });
    });
  }
});

async function ask(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
