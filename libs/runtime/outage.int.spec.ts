import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeWithKafka } from '@midstream/testing/infrastructure';
import { DRAIN_ON_SHUTDOWN_MS } from './index';
import { assertCaughtUp, type Stage, stage, startLoad } from './suite/outage';
import { type BusKind, eventually, sleep, world } from './suite/world';

const AWAY_MS = 30_000;
const CAUGHT_UP_MS = 30_000;

type Name = keyof Stage['servers'];

function outageSentences(kind: BusKind, away: readonly (readonly [what: string, server: Name])[]): void {
  for (const [what, server] of away) {
    it(`ends no process, loses and doubles nothing, and is caught up 30 s after ${what} was away for 30 s under load`, async () => {
      const it1 = await stage(kind);
      const exits: unknown[] = [];
      const noteExit = (error: unknown) => exits.push(error);
      process.on('uncaughtExceptionMonitor', noteExit);
      try {
        const load = startLoad(it1.writer);
        await sleep(2_000);
        await it1.servers[server].away();
        await sleep(AWAY_MS);
        await it1.servers[server].back();
        const backAt = Date.now();
        await sleep(2_000);
        const { asked, done, refused, wrong } = await load.end();
        assert.deepEqual(wrong, [], 'a caller is told to try again, and nothing else');
        assert.equal(done, asked);
        assert.equal(refused > 0, server === 'ofWriter', `${refused} were refused`);
        await assertCaughtUp(it1, asked, Math.max(CAUGHT_UP_MS - (Date.now() - backAt), 1_000));
        console.log(
          `# ${kind}: ${what} away: ${done} done, ${refused} times refused, caught up ${Date.now() - backAt} ms after it was back`,
        );
        assert.equal((await it1.check.ofReader.query('SELECT FROM parked_key')).rowCount, 0, 'an outage poisons nothing');
        for (const { url } of [it1.writer, it1.reader]) assert.equal((await fetch(`${url}/readyz`)).status, 200);
        assert.deepEqual(exits, []);
      } finally {
        process.off('uncaughtExceptionMonitor', noteExit);
        await it1.close();
      }
    });
  }
}

describe('outages over the embedded bus', { concurrency: true }, () => {
  outageSentences('embedded', [
    ["the writer's database", 'ofWriter'],
    // Without a broker, this is what the bus being away is
    ["the reader's database", 'ofReader'],
  ]);

  it('stops within its limit though a call to the outside never ends, and leaves it to the next', async () => {
    const it1 = await world('embedded', { call: () => new Promise(() => undefined), leaseMs: 60_000 });
    await it1.run({ id: 'hangs', call: true });
    await eventually(async () => assert.equal((await it1.ofWriter.query('SELECT FROM todo WHERE attempts = 1')).rowCount, 1));
    const since = Date.now();
    await it1.writer.stop();
    const took = Date.now() - since;
    assert.ok(took > DRAIN_ON_SHUTDOWN_MS - 500 && took < DRAIN_ON_SHUTDOWN_MS + 3_000, `${took} ms`);
    assert.equal((await it1.ofWriter.query('SELECT FROM todo WHERE token IS NOT NULL')).rowCount, 1);
    await it1.close();
  });
});

describeWithKafka('outages over Apache Kafka', () => {
  describe('all at once', { concurrency: true }, () =>
    outageSentences('kafka', [
      ["the writer's database", 'ofWriter'],
      ["the reader's database", 'ofReader'],
      ['the broker', 'broker'],
    ]),
  );
});
