import { doneAt, DRAIN_BATCH, DRAIN_COMMANDS, type Hold, misfitOf, type Offer, slowedOf } from '@midstream/inventory-domain';
import { coversRegion } from '@midstream/kernel';
import type { Shell } from './shell';

const WHOLE: readonly string[] = ['suspended', 'capacity', 'too-slow', 'not-valid', 'channel-down', 'channel-slow'];

/** The youngest holds of an offer that a drain may take from, as services/inventory/app/drain.ts asks for them in SQL. */
export function youngest(shell: Shell, offerId: string): string[] {
  const offer = shell.rowsOf<Offer>('offers').get(offerId);
  if (offer === undefined) return [];
  const { closures, held, reported, accepted, settled, costTiers, floorBp = 0 } = offer;
  const everything = closures.some((it) => WHOLE.includes(it.cause)) || held > Math.max(0, reported - (accepted - settled));
  const regions = closures.flatMap((it) => (it.cause === 'banned' ? (it.regions ?? ['*']) : []));
  const costOf = (granted: number): number => costTiers.findLast((it) => it.from <= granted)?.costMinor ?? 0;
  const { now } = shell.options.agenda;
  const marginOf = ({ priceMinor, floorWaived }: Hold): number => (floorWaived ? 0 : Math.ceil((priceMinor * floorBp) / 10_000));
  const lateFrom = slowedOf(offer) === undefined ? 0 : doneAt(offer, now);
  const found: string[] = [];
  for (const hold of [...shell.rowsOf<Hold>('holds').values()].reverse()) {
    if (hold.offerId !== offerId || hold.held + hold.queued === 0) continue;
    const isDear = hold.priceMinor - marginOf(hold) < costOf(hold.granted);
    const isLate = hold.deliverByAt < lateFrom && hold.deliverByAt > now;
    const isUnfit = misfitOf(offer, hold) !== undefined;
    if (everything || coversRegion(regions, hold.region) || isDear || isLate || isUnfit) found.push(hold.holdId);
    if (found.length === DRAIN_BATCH * DRAIN_COMMANDS) break;
  }
  return found;
}
