import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { v7 as uuidv7 } from 'uuid';
import type { Problem } from '../index';
import { readerProbe } from './toy';
import { type BusKind, closed, eventually, type World, world } from './world';

const OLD_MS = 20 * 86_400_000;

/** A message that cannot be applied stops its key, and nothing else (protocol 27). */
export function parkingSentences(kind: BusKind): void {
  describe('a poisoned message', () => {
    let it1: World;
    before(async () => {
      it1 = await world(kind);
    });
    after(() => it1.close());
    beforeEach(() => (readerProbe.mended = false));

    const heard = async (key: string) => (await it1.heard()).get(key) ?? [];
    const parkedKey = async (key: string) => (await it1.parked()).body.items?.find((each) => each['key'] === key);
    const messages = async (key: string) => (await it1.parked(`/${encodeURIComponent(key)}`)).body.items ?? [];
    const resume = async (key: string) => (await it1.parked(`/${encodeURIComponent(key)}/resume`, 'POST')).body;
    const untilParked = (key: string, waiting: number) =>
      eventually(async () => assert.equal((await parkedKey(key))?.['waiting'], waiting, `${key} waits`));

    it('parks its key and nothing else: what came before is applied, what comes after waits, the others go on', async () => {
      await Promise.all([
        it1.bump('well', 20),
        (async () => {
          await it1.bump('ill', 3);
          await it1.run({ id: 'ill', note: 'poison' });
          await it1.bump('ill', 4);
        })(),
        it1.bump('well2', 20),
      ]);
      await untilParked('ill', 5);
      await eventually(async () => assert.equal((await heard('well')).length + (await heard('well2')).length, 40));
      await it1.bump('well', 5);
      await eventually(async () => assert.equal((await heard('well')).length, 25));
      assert.deepEqual(await heard('ill'), [1, 2, 3]);
    });

    it('is seen by API and by metric, and nobody but an operator sees it', async () => {
      assert.match(String((await parkedKey('ill'))?.['error']), /nobody sends poison/);
      assert.equal((await messages('ill')).length, 5);
      assert.equal(await it1.metric('midstream_parked_keys'), 1);
      assert.equal(await it1.metric('midstream_parked_messages'), 5);
      assert.equal(await it1.metric('midstream_messages_total', 'result="parked"'), 1);
      assert.equal(await it1.metric('midstream_messages_total', 'result="waiting"'), 4);
      const answer = await fetch(`${it1.reader.url}/v1/ops/notification/parked`);
      assert.equal(answer.status, 401);
    });

    it('holds up requests about the parked record: 503, try again', async () => {
      await assert.rejects(
        it1.reader.commands.run({ type: 'Hear', id: 'ill', count: 0, poison: false } as never),
        (error: Problem) => error.status === 503 && error.code === 'key-parked',
      );
    });

    it('holds up of requests that come together those about the parked record, and no others', async () => {
      const works = [
        { type: 'Hear', id: 'ill', count: 0, poison: false },
        { type: 'SeeKey', id: 'apart', version: 1 },
      ];
      const outcomes = await it1.reader.commands.outcomes(works, {});
      assert.deepEqual(
        outcomes.map((it) => 'rejected' in it && it.rejected),
        [{ rejected: 'key-parked' }, false],
      );
    });

    it('stays parked with its error where it is resumed too early', async () => {
      assert.deepEqual(await resume('ill'), { applied: 0, error: 'broken: nobody sends poison' });
      await untilParked('ill', 5);
    });

    it('is resumed in order while new ones arrive', async () => {
      let arriving = true;
      const load = (async () => {
        while (arriving) await Promise.all([it1.run({ id: 'ill' }), it1.run({ id: 'ill' })]);
      })();
      for (let round = 0; round < 12; round++) {
        await eventually(async () => assert.ok(await parkedKey('ill')));
        readerProbe.mended = true;
        const { applied, error } = await resume('ill');
        assert.ok((applied ?? 0) > 0 && error === undefined);
        assert.equal(await parkedKey('ill'), undefined);
        readerProbe.mended = false;
        if (round < 11) await it1.run({ id: 'ill', note: 'poison' });
      }
      arriving = false;
      await load;
      await it1.assertAllHeardOnceInOrder();
      assert.equal(await it1.metric('midstream_parked_keys'), 0);
    });

    it('can be dropped: the others of its key are applied', async () => {
      await it1.run({ id: 'dropped', note: 'poison' });
      await it1.bump('dropped', 3);
      await untilParked('dropped', 4);
      const [first] = await messages('dropped');
      assert.equal((await it1.parked(`/dropped/messages/${first?.['id']}`, 'DELETE')).status, 200);
      assert.equal((await it1.parked(`/dropped/messages/${first?.['id']}`, 'DELETE')).status, 404);
      assert.deepEqual(await resume('dropped'), { applied: 3 });
      assert.deepEqual(await heard('dropped'), [2, 3, 4]);
    });

    it('can be fixed, and is applied in its place', async () => {
      await it1.run({ id: 'fixed', note: 'poison' });
      await it1.bump('fixed', 3);
      await untilParked('fixed', 4);
      const [first] = await messages('fixed');
      const envelope = JSON.parse(first?.['envelope'] ?? '') as { data: object };
      const mended = { ...envelope, data: { ...envelope.data, releasedMinor: 0 } };
      assert.equal((await it1.parked(`/fixed/messages/${first?.['id']}`, 'PUT', { envelope: mended })).status, 200);
      assert.deepEqual(await resume('fixed'), { applied: 4 });
      assert.deepEqual(await heard('fixed'), [1, 2, 3, 4]);
    });

    it('is not needed for an unknown type of event: it is skipped and counted', async () => {
      const before = await it1.metric('midstream_messages_total', 'result="unknown-type"');
      await it1.publish(closed('new', 1), closed('new', 2, { type: 'midstream.OrderBeamedUp' }), closed('new', 3));
      await eventually(async () => assert.deepEqual(await heard('new'), [1, 3]));
      assert.equal(await it1.metric('midstream_messages_total', 'by="OrderBeamedUp"'), 1);
      assert.equal(await it1.metric('midstream_messages_total', 'result="unknown-type"'), before + 1);
    });

    it('may be one of a known type with a broken schema; a property more is no break', async () => {
      await it1.publish(
        closed('shape', 1, {}, { more: 'than we know' }),
        closed('shape', 2, {}, { status: 'exploded' }),
        closed('shape', 3),
      );
      await untilParked('shape', 2);
      assert.match(String((await parkedKey('shape'))?.['error']), /OrderClosed\/status/);
      assert.deepEqual(await heard('shape'), [1]);
      const [first] = await messages('shape');
      await it1.parked(`/shape/messages/${first?.['id']}`, 'DELETE');
      assert.deepEqual(await resume('shape'), { applied: 1 });
      assert.deepEqual(await heard('shape'), [1, 3]);
    });

    it('is parked by its place where not even the envelope can be read, and what comes with its key goes on', async () => {
      const broken = [
        'no envelope',
        { specversion: '1.0', id: 'no uuid', type: 'midstream.OrderClosed', data: {} },
        7,
        { text: 'zero\0byte' },
      ];
      await it1.publish(closed('torn', 1), ...broken.map((envelope) => ({ key: 'torn', envelope })), closed('torn', 2));
      await eventually(async () => assert.deepEqual(await heard('torn'), [1, 2]));
      const parked = (await it1.parked()).body.items?.filter((each) => /^order\.by-order:\d+:/.test(each['key'] ?? '')) ?? [];
      // The embedded bus takes a place from the envelope: four that have none share one
      assert.equal(
        parked.reduce((sum, each) => sum + Number(each['waiting']), 0),
        4,
        JSON.stringify(parked),
      );
      for (const { key = '' } of parked) {
        for (const { id } of await messages(key)) await it1.parked(`/${encodeURIComponent(key)}/messages/${id}`, 'DELETE');
        assert.deepEqual(await resume(key), { applied: 0 });
      }
    });

    it('is parked where it is older than the inbox remembers, and never applied; with an id of today it is', async () => {
      const old = closed('old', 1, { id: uuidv7({ msecs: Date.now() - OLD_MS }) });
      await it1.publish(old, closed('old', 2));
      await untilParked('old', 2);
      await it1.publish(old);
      await it1.publish(closed('fence', 1));
      await eventually(async () => assert.deepEqual(await heard('fence'), [1]));
      await untilParked('old', 2);
      assert.deepEqual(await resume('old'), { applied: 0, error: 'the event is older than the inbox remembers' });
      const [first] = await messages('old');
      const envelope = { ...(JSON.parse(first?.['envelope'] ?? '') as object), id: uuidv7() };
      await it1.parked(`/old/messages/${first?.['id']}`, 'PUT', { envelope });
      assert.deepEqual(await resume('old'), { applied: 2 });
      assert.deepEqual(await heard('old'), [1, 2]);
    });

    it('can be resumed after longer than the inbox remembers', async () => {
      await it1.publish(closed('long', 1, {}, { releasedMinor: 666 }), closed('long', 2));
      await untilParked('long', 2);
      const aged = `replace(envelope, substr(envelope, position('"id":"' in envelope) + 6, 36), $1)`;
      await it1.ofReader.query(
        `UPDATE parked_message SET envelope = ${aged}, event_id = $1::uuid WHERE key = 'long' AND envelope LIKE '%666%'`,
        [uuidv7({ msecs: Date.now() - OLD_MS })],
      );
      readerProbe.mended = true;
      assert.deepEqual(await resume('long'), { applied: 2 });
      assert.deepEqual(await heard('long'), [1, 2]);
    });
  });
}
