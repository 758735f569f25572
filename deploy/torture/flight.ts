import { SERVICES } from '@midstream/contracts';
import { openDatabases } from './databases';

/** Work that would be lost or doubled by somebody who forgets. */
export interface Flight {
  readonly runningOrders: number;
  /** Purchases that a supplier has been sent, and of which the end is not known. */
  readonly openPurchases: number;
  /** What is due or being done, in all five. */
  readonly due: number;
}

/** What is under way now; undefined while no database runs. */
export async function lookAtFlight(dir: string): Promise<Flight | undefined> {
  const databases = await openDatabases(dir).catch(() => undefined);
  if (databases === undefined) return undefined;
  const count = async (service: (typeof SERVICES)[number], from: string): Promise<number> => {
    const [row] = await databases.query<{ n: number }>(service, `SELECT count(*)::int AS n FROM ${from}`);
    return row?.n ?? 0;
  };
  try {
    const runningOrders = await count('order', `orders WHERE status = 'running'`);
    const openPurchases = await count('inventory', `purchase WHERE status IN ('submitting', 'unknown', 'accepted')`);
    let due = 0;
    for (const it of SERVICES) due += await count(it, `todo WHERE due_at <= clock_timestamp() OR lease_until > clock_timestamp()`);
    return { runningOrders, openPurchases, due };
  } catch {
    return undefined;
  } finally {
    await databases.close();
  }
}

/** Looks again and again, for whoever wants to tell of it. */
export function watchFlight(dir: string, everyMs: number): { readonly now: Flight; stop(): void } {
  let now: Flight = { runningOrders: 0, openPurchases: 0, due: 0 };
  const timer = setInterval(() => void lookAtFlight(dir).then((it) => (now = it ?? now)), everyMs);
  return {
    get now() {
      return now;
    },
    stop: () => clearInterval(timer),
  };
}
