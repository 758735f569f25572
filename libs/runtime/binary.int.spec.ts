import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { postgresForTests, type TestDatabase } from '@midstream/testing/infrastructure';
import { byteaArray } from './binary';
import { type Database, openDatabase } from './postgres';

describe('an array of bytes as a parameter', () => {
  let test: TestDatabase;
  let database: Database;

  before(async () => {
    test = await (await postgresForTests()).database('binary');
    database = await openDatabase({ url: test.url, entities: [], migrations: [] });
  });
  after(async () => {
    await database.close();
    await test.drop();
  });

  const echo = async (values: readonly Buffer[]): Promise<Buffer[]> => {
    const { rows } = await database.query<{ it: Buffer }>('SELECT it FROM unnest($1::bytea[]) WITH ORDINALITY AS a(it, n) ORDER BY n', [
      byteaArray(values),
    ]);
    return rows.map(({ it }) => it);
  };

  for (const values of [[], [Buffer.alloc(0)], [Buffer.from('ä\0\\x"'), Buffer.alloc(70_000, 0xff), Buffer.from([0])]])
    it(`arrives as it is, ${values.length} of them`, async () => {
      assert.deepEqual(await echo(values), values);
    });
});
