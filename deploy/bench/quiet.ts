import { pause } from '../drill/act';
import type { House } from './house';

const PATIENCE_MS = 300_000;
const LAG_MAX_S = 0.5;
/** Purchases that suppliers are slow with may always be due. */
const DUE_MAX = 20;

/** Waits until every service has heard all that there was, and nothing waits to be done; long enough after many orders. */
export async function untilQuiet({ url }: House): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (let quiet = 0; quiet < 3;) {
    const text = await fetch(`${url}/metrics`).then((it) => it.text());
    const lag = largest(text, 'midstream_relay_lag_seconds');
    const due = largest(text, 'midstream_todo_due');
    quiet = lag <= LAG_MAX_S && due <= DUE_MAX ? quiet + 1 : 0;
    if (Date.now() > until) throw new Error(`it does not come to rest: an event waits for ${lag} s, ${due} commands are due`);
    await pause(300);
  }
}

/** The largest sample of a metric, over all services; NaN counts as none. */
function largest(text: string, name: string): number {
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].map(([, value]) => Number(value));
  return Math.max(0, ...values.filter((it) => !Number.isNaN(it)));
}
