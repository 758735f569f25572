import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RunningService, startService } from '@midstream/runtime';
import { busToSpeakAt } from '@midstream/runtime/suite/speaking';
import pino from 'pino';
import { aHouse, anOrder, eventually, type House } from './order.app.fixtures';
import { orderService } from './service';

describe('the stream of a merchant’s orders, at two replicas of the service', () => {
  let house: House;
  let other: RunningService;
  before(async () => {
    house = await aHouse();
    const options = { port: 0, bootstrapKey: 'op', logger: pino({ level: 'silent' }) };
    other = await startService(orderService, { ...options, databaseUrl: house.databaseUrl, bus: busToSpeakAt('order', 2) });
  });
  after(async () => {
    await other.stop();
    await house.stop();
  });

  it('cut at one and resumed at the other by Last-Event-ID, it misses nothing and repeats nothing', async () => {
    const placed: string[] = [];
    let placing = true;
    const load = (async () => {
      while (placing) placed.push(String((await house.call('POST', '/orders', { as: house.keys.m1, body: anOrder() })).body['orderId']));
    })();
    const heard: string[] = [];
    let last: string | undefined;
    const untilHeard = async (url: string, isEnough: () => boolean) => {
      const leaving = new AbortController();
      const reading = read(`${url}/v1/orders/stream`, house.keys.m1, last, leaving.signal, (id, event) => {
        last = id;
        if (event !== undefined) heard.push(event);
      });
      await eventually(async () => isEnough());
      leaving.abort();
      await reading;
    };
    await untilHeard(house.service.url, () => heard.length > 0);
    const from = placed.length;
    for (let cut = 1; cut <= 12; cut++) {
      const before = heard.length;
      await untilHeard((cut % 2 === 0 ? house.service : other).url, () => heard.length > before + cut);
    }
    placing = false;
    await load;
    const all = placed.slice(from).flatMap((it) => [`OrderPlaced ${it}`, `LineSelectionRequested ${it}`]);
    await untilHeard(other.url, () => heard.includes(all.at(-1) ?? ''));
    assert.ok(all.length > 0);
    assert.deepEqual(heard.slice(heard.indexOf(all[0] ?? '')), all);
  });
});

/** Reads as a browser does: an id counts even where it comes without an event. */
async function read(
  url: string,
  key: string,
  last: string | undefined,
  signal: AbortSignal,
  on: (id: string, event?: string) => void,
): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, ...(last !== undefined && { 'last-event-id': last }) };
  try {
    const answer = await fetch(url, { headers, signal });
    assert.equal(answer.status, 200);
    let text = '';
    for await (const part of answer.body ?? []) {
      const blocks = (text += Buffer.from(part as Uint8Array).toString()).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(block)?.[1];
        const [id, type, data] = [field('id'), field('event'), field('data')];
        if (id === undefined) continue;
        on(id, type === undefined ? undefined : `${type} ${(JSON.parse(data ?? '{}') as { orderId: string }).orderId}`);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
