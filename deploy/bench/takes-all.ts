import { topicsOf } from '@midstream/contracts';
import type { EventBus } from '@midstream/runtime';

/** A bus for a service that runs alone: its relay has somewhere to go, and nobody listens. */
export const takesAll = (): EventBus => ({
  kind: 'embedded',
  sinksOf: (owner) => [{ cursor: 'bench', topics: topicsOf(owner), publish: () => Promise.resolve(), mark: () => Promise.resolve() }],
  subscribe: () => Promise.resolve({ stop: () => Promise.resolve() }),
  ready: () => Promise.resolve(true),
  close: () => Promise.resolve(),
});
