import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { it, mock } from 'node:test';
import { patchKafkajs } from './kafka.patch';

it('sets no timer of kafkajs to a time before now', () => {
  const { prototype } = createRequire(__filename)('kafkajs/src/network/requestQueue') as {
    readonly prototype: { scheduleCheckPendingRequests(): void };
  };
  const timers = mock.method(globalThis, 'setTimeout', () => undefined);
  const queue = () =>
    Object.assign(Object.create(prototype) as typeof prototype, { throttledUntil: -1, pending: [], throttleCheckTimeoutId: null });
  try {
    queue().scheduleCheckPendingRequests();
    patchKafkajs();
    queue().scheduleCheckPendingRequests();
    const [before, after] = timers.mock.calls.map((it) => Number((it.arguments as unknown[])[1]));
    assert.ok(before !== undefined && before < 0, 'kafkajs has mended it: take the patch away');
    assert.ok(after !== undefined && after >= 0);
  } finally {
    timers.mock.restore();
  }
});
