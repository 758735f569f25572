import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '@midstream/contracts';
import type { EventBus, RunningService } from '@midstream/runtime';
import type { OfferBook } from '@midstream/selection-engine-domain';
import { look } from './look.fixtures';

const LOOK_MS = 5;

/**
 * The bus, but selection hears of a line only when it has heard all the news of the market: in the model, where no message takes any time,
 * it always has. In life it may rank with news a moment old, which the model plays by its delays.
 */
export function newsFirst(bus: EventBus, services: ReadonlyMap<Service, RunningService>): EventBus {
  return {
    ...bus,
    subscribe(subscription) {
      if (subscription.consumer !== 'selection-engine') return bus.subscribe(subscription);
      return bus.subscribe({
        ...subscription,
        async onChunk(chunk) {
          if (chunk.records.some((it) => it.topic === 'order.by-order')) while (!(await isUpToDate(bus, services))) await sleep(LOOK_MS);
          await subscription.onChunk(chunk);
        },
      });
    },
  };
}

async function isUpToDate(bus: EventBus, services: ReadonlyMap<Service, RunningService>): Promise<boolean> {
  const [inventory, selection] = [services.get('inventory'), services.get('selection-engine')];
  if (inventory === undefined || selection === undefined) return false;
  if ((await look(inventory, bus, 'embedded:selection-engine')).unsaid > 0) return false;
  const { rows } = await selection.database.pool.query<{ key: string; version: string }>(
    `SELECT key, version FROM projection WHERE topic = 'inventory.by-offer'`,
  );
  const book = selection.view as OfferBook;
  return rows.every(({ key, version }) => book.offers.get(key)?.version === Number(version));
}
