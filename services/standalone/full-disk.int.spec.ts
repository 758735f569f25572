import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openJournal } from '@midstream/sandbox-supplier/journal';
import type { Shops } from '@midstream/sandbox-supplier/shop';
import { freePort } from '@midstream/local/ports';
import { scratchFolder } from '@midstream/local/scratch';
import { clientOf, until } from './client.fixtures';
import type { Keys } from './home';
import { anOrder } from './market.fixtures';
import { orderOf } from './orders.fixtures';
import { run, type Started, untilSaid } from './start.fixtures';

const SKU = 'video-vip-month';
/** A line each: enough of them to need new pages in every table. */
const LINES = 50;

/** A file system of its own, in memory, that a test may fill. */
const mount = (folder: string, options: string) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', `mode=711,${options}`, 'tmpfs', folder], { encoding: 'utf8' });

function skipWithoutMount(): string | false {
  const folder = scratchFolder('mount');
  const tried = mount(folder, 'size=1m');
  if (tried.status === 0) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
  if (tried.status === 0 || process.env['CI'] === 'true') return false;
  const reason = `a small file system cannot be mounted here (it needs root): ${String(tried.stderr || tried.error).trim()}`;
  console.error(`SKIPPED: a full disk: ${reason}`);
  return reason;
}

describe('a full disk', { skip: skipWithoutMount() }, () => {
  const disk = scratchFolder('full-disk');
  const data = join(disk, 'data');
  const ballast = join(disk, 'ballast');
  let port: number;
  let running: Started;
  const start = (): Started => run('services/standalone/main.ts', { MIDSTREAM_DATA: data, MIDSTREAM_MARKET: 'small', PORT: String(port) });
  const keys = () => JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8')) as Keys;

  before(async () => {
    port = await freePort();
    assert.equal(mount(disk, 'size=20m').status, 0);
  });
  after(async () => {
    await running?.signal('SIGTERM');
    spawnSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  it('stops a first start with what to do, and the next start goes on once there is room', async () => {
    running = start();
    assert.equal(await running.ended, 1);
    assert.match(running.said(), /Midstream could not start: the disk is full: make room/);
    assert.equal(mount(disk, 'remount,size=600m').status, 0);
    running = start();
    await untilSaid(running, 'Midstream is ready');
  });

  it('refuses orders as a problem that says so, loses none that it took, and goes on by itself once there is room', async () => {
    const { url, merchantKey } = keys();
    const merchant = clientOf(url, merchantKey);
    const order = { ...anOrder(...Array.from({ length: LINES }, () => ({ sku: SKU }))), clientReference: 'full' };
    const taken: string[] = [];
    const codes = new Set<string>();
    const placed = async () => {
      const { status, body } = await merchant.ask('POST', '/orders', order);
      if (status === 201) taken.push(String(body['orderId']));
      else codes.add(`${status} ${String(body['code'])}`);
      return status === 201;
    };
    assert.ok(await placed());
    fill(ballast);
    await until('a refusal', async () => (await placed()) === false, 120_000);
    await until('storage-full', async () => (await placed(), codes.has('503 storage-full')), 120_000);
    assert.equal((await fetch(`${url}/readyz`)).status, 503);
    for (let n = 0; n < 20; n++) await placed();

    rmSync(ballast);
    await until('an order that is taken', placed, 120_000);
    // Whatever it was that gave way, a caller was told to come again
    const told = [...codes].filter((it) => !['503 storage-full', '503 try-again', '503 service-away'].includes(it));
    assert.deepEqual(told, []);
    for (const orderId of taken)
      await until(`the lap of every line of ${orderId}`, async () => {
        const { lines } = await orderOf(merchant, orderId);
        return lines.length === LINES && lines.every((it) => ['held', 'delivering', 'delivered'].includes(it.status));
      });
    await until('readiness', async () => (await fetch(`${url}/readyz`)).ok, 60_000);
  });

  it('leaves no half of a line in what the sandbox remembers', () => {
    const file = join(disk, 'journal.ndjson');
    const journal = openJournal(new Map(), file);
    const entry = (supplierId: string) => ({ kind: 'supplier', supplierId, token: 'x'.repeat(10_000) }) as const;
    journal.write(entry('before'));
    fill(ballast);
    assert.throws(() => journal.write(entry('during')), /ENOSPC/);
    rmSync(ballast);
    journal.write(entry('after'));
    const read: Shops = new Map();
    openJournal(read, file);
    assert.deepEqual([...read.keys()], ['before', 'after']);
  });

  it('starts PostgreSQL again where it ended by itself, as it does without room for its log', async () => {
    process.kill(Number(readFileSync(join(data, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
    await untilSaid(running, 'PostgreSQL had ended, and runs again');
    const { url, merchantKey } = keys();
    await until(
      'an order that is taken',
      async () => (await clientOf(url, merchantKey).ask('POST', '/orders', anOrder({ sku: SKU }))).status === 201,
    );
  });
});

/** Takes all the room that is left. */
function fill(file: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  const fd = openSync(file, 'w');
  for (const block of [1_048_576, 4_096]) {
    try {
      for (;;) writeSync(fd, Buffer.alloc(block));
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
    }
  }
  closeSync(fd);
}
