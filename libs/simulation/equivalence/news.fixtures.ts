import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '@midstream/contracts';
import type { EventBus, InRecord, RunningService } from '@midstream/runtime';
import type { OfferBook } from '@midstream/selection-engine-domain';
import { look } from './look.fixtures';

const LOOK_MS = 5;
const STATES = 'inventory.by-offer';

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
        async onChunk({ records, watermarks }) {
          if (records.some((it) => it.topic === 'order.by-order')) while (!(await isUpToDate(bus, services))) await sleep(LOOK_MS);
          const inventory = services.get('inventory');
          const isNewest =
            inventory !== undefined && records.some((it) => it.topic === STATES) ? await newestOf(inventory, bus) : () => true;
          await subscription.onChunk({ records: records.filter(isNewest), watermarks });
        },
      });
    },
  };
}

/**
 * Of the states that one moment leaves of an offer only the newest counts (protocol 26), and what is learnt of it hangs on how many were seen:
 * as in the model, all that is due is done before one is told.
 */
async function newestOf(inventory: RunningService, bus: EventBus): Promise<(it: InRecord) => boolean> {
  for (;;) {
    const { due, unsaid } = await look(inventory, bus, 'embedded:selection-engine');
    if (due === unsaid) break;
    await sleep(LOOK_MS);
  }
  const { rows } = await inventory.database.pool.query<{ id: string }>('SELECT max(id) AS id FROM event WHERE topic = $1 GROUP BY key', [
    STATES,
  ]);
  const newest = new Set(rows.map((it) => it.id));
  return ({ topic, offset }) => topic !== STATES || newest.has(offset);
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
