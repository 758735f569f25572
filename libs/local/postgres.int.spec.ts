import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { leash } from './leash';
import { createServiceDatabase, type LocalPostgres, startPostgres } from './postgres';
import { signalChild } from './processes';
import { scratchFolder } from './scratch';

const ROOT = path.resolve(__dirname, '../..');

describe('a PostgreSQL of our own', () => {
  const scratch = scratchFolder('postgres-spec');
  const dataDir = path.join(scratch, 'data');
  const startHere = () => startPostgres({ dataDir, durable: false, scratch });
  let server: LocalPostgres;

  before(async () => {
    server = await startHere();
    await query(server.url('postgres'), 'create table kept (word text); insert into kept values ($$here$$)');
  });
  after(async () => {
    await server.stop();
    fs.rmSync(scratch, { recursive: true, force: true });
  });

  it('asks for a password that only its owner can read', async () => {
    const withoutPassword = new URL(server.url('postgres'));
    withoutPassword.password = 'guess';
    await assert.rejects(query(withoutPassword.toString(), 'select 1'), { code: '28P01' });
    assert.equal(fs.statSync(`${dataDir}.password`).mode & 0o777, 0o600);
  });

  it("lets a service's role into its own database and no other", async () => {
    const adminUrl = server.url('postgres');
    const mine = { database: 'mine', role: 'mine', password: "it's/mine@" };
    const theirs = { database: 'theirs', role: 'theirs', password: 'theirs' };
    const myUrl = await createServiceDatabase(adminUrl, mine);
    await createServiceDatabase(adminUrl, theirs);
    assert.equal(await createServiceDatabase(adminUrl, mine), myUrl);

    await query(myUrl, 'create table table_of_mine ()');
    const trespass = Object.assign(new URL(myUrl), { pathname: '/theirs' });
    await assert.rejects(query(trespass.toString(), 'select 1'), { code: '42501' });
  });

  it('has its data again after stop and start', async () => {
    await server.stop();
    server = await startHere();
    assert.deepEqual(await query(server.url('postgres'), 'select word from kept'), [{ word: 'here' }]);
  });

  it('starts again at once after its own SIGKILL', async () => {
    const client = await connected(server.url('postgres'));
    client.on('error', () => undefined);
    await server.kill('SIGKILL');
    server = await startHere();
    assert.deepEqual(await query(server.url('postgres'), 'select word from kept'), [{ word: 'here' }]);
  });

  it('refuses a second start while its first owner lives', async () => {
    await assert.rejects(startHere(), /already runs on .* \(process \d+, started by \d+\)/);
  });

  it('takes the folder over from a server whose parent is gone', async () => {
    fs.writeFileSync(`${dataDir}.owner`, '1999999999');
    const before = server.pid;
    server = await startHere();
    assert.notEqual(server.pid, before);
    assert.deepEqual(await query(server.url('postgres'), 'select word from kept'), [{ word: 'here' }]);
  });

  it("passes over a stale postmaster.pid that holds a stranger's pid", async () => {
    await server.stop();
    fs.writeFileSync(path.join(dataDir, 'postmaster.pid'), `${process.pid}\n${dataDir}\n`);
    server = await startHere();
    assert.deepEqual(await query(server.url('postgres'), 'select word from kept'), [{ word: 'here' }]);
  });

  it('survives a SIGKILL of the process that started it', async () => {
    await server.stop();
    const owner = await otherOwner(dataDir);
    await signalChild(owner, 'SIGKILL');
    server = await startHere();
    assert.deepEqual(await query(server.url('postgres'), 'select word from kept'), [{ word: 'here' }]);
  });

  it('names the port that somebody else has', async () => {
    const taken = net.createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as net.AddressInfo;
    await assert.rejects(
      startPostgres({ dataDir: path.join(scratch, 'other'), durable: false, port }),
      new RegExp(`Port ${port} .* taken`),
    );
    taken.close();
  });
});

describe('a folder that the database may not reach', { skip: process.getuid?.() !== 0 && 'only root drops to another account' }, () => {
  it('is refused with what to do about it', async () => {
    const closed = fs.mkdtempSync(path.join(os.tmpdir(), 'midstream-closed-'));
    const start = startPostgres({ dataDir: path.join(closed, 'data'), durable: false });
    await assert.rejects(start, new RegExp(`may not pass through ${closed}.*run as a normal user`));
    fs.rmSync(closed, { recursive: true });
  });
});

/** A process that starts the server on this folder and then waits. */
async function otherOwner(dataDir: string) {
  const script = `
    require('@midstream/local/postgres').startPostgres({ dataDir: process.argv[1], durable: false }).then(() => console.log('up'));
    setInterval(() => {}, 1000);`;
  const preload = path.join(ROOT, 'deploy/local/typescript.cjs');
  const args = ['--conditions=@midstream/source', '-r', preload, '-e', script, dataDir];
  const owner = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  owner.once('exit', leash(owner.pid as number, { signal: 'SIGKILL' }));
  await new Promise((resolve, reject) => owner.once('exit', reject).stdout.once('data', resolve));
  return owner;
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = await connected(url);
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
