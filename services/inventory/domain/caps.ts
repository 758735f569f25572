import { type Decision, reject } from '@midstream/kernel';
import type { CapReached } from '@midstream/contracts';
import { draftOf, type Draft } from './draft';
import { type ApplyCaps, type Cap, CAPS_ID, type CountUse, type PutCaps, type SpreadCaps } from './caps.messages';
import type { HoldFirst, InventoryCode, InventoryEvent } from './messages';
import { type Hold, type Offer, type Rows, rowOf } from './state';

type Decided = Decision<InventoryEvent, InventoryCode>;
type Owner = Pick<HoldFirst['request'], 'merchantId' | 'buyerKey'>;

/** A cap is known by what it counts: with another maximum it goes on counting. */
export const capIdOf = ({ per, offerId, sku, category }: Omit<Cap, 'capId' | 'maxUnits'>): string =>
  `${per}/${offerId !== undefined ? `offer/${offerId}` : sku !== undefined ? `sku/${sku}` : `category/${category ?? ''}`}`;

/** All caps at once; the offers take them over one by one. Put again as they are, nothing happens. */
export function putCaps({ caps: put }: PutCaps, rows: Rows): Decided {
  if (put.some(({ offerId, sku, category }) => [offerId, sku, category].filter((it) => it !== undefined).length !== 1))
    return reject('wrong-cap');
  const caps = put.map((it) => ({ ...it, capId: capIdOf(it) }));
  const twice = caps.find((it, n) => caps.findIndex((other) => other.capId === it.capId) !== n);
  if (twice !== undefined) return reject('double-cap', { cap: twice.capId });
  const known = rows.caps[CAPS_ID];
  if (known !== undefined && known.caps.length === caps.length && caps.every((it) => maxOf(known.caps, it.capId) === it.maxUnits))
    return [];
  return [{ type: 'CapsPut', caps, version: (known?.version ?? 0) + 1 }, { type: 'CapsDue' }];
}

const maxOf = (caps: readonly Cap[], capId: string): number | undefined => caps.find((it) => it.capId === capId)?.maxUnits;

/** The offers are many: they are told in steps, each by its own work. */
export const spreadCaps = ({ after }: SpreadCaps): Decided => [{ type: 'CapsDue', after }];

/** Takes over into the offer which caps count what is held there. */
export function applyCaps({ offerId }: ApplyCaps, rows: Rows): Decided {
  const draft = draftOf(rows);
  if (rows.offers[offerId] !== undefined) capOffer(draft, offerId);
  return draft.events;
}

export function capOffer(draft: Draft, offerId: string): void {
  const { rows } = draft;
  const offer = rowOf(rows.offers, offerId);
  const category = rows.products[offer.sku]?.category;
  const caps = (rows.caps[CAPS_ID]?.caps ?? [])
    .filter((it) => it.offerId === offerId || it.sku === offer.sku || (category !== undefined && it.category === category))
    .map(({ capId, per, maxUnits }) => ({ capId, per, maxUnits }));
  const known = offer.caps ?? [];
  if (known.length === caps.length && caps.every((it, n) => known[n]?.capId === it.capId && known[n].maxUnits === it.maxUnits)) return;
  draft.emit({ type: 'CapsApplied', offerId, caps });
}

/** Who is counted by the offer's caps; a buyer without a pseudonym is not told from others, and not counted. */
export function usagesOf(offer: Pick<Offer, 'caps'> | undefined, { merchantId, buyerKey }: Owner): readonly string[] {
  return (offer?.caps ?? []).flatMap(({ capId, per }) =>
    per === 'merchant' ? [`${capId} ${merchantId}`] : buyerKey === undefined ? [] : [`${capId} ${merchantId} ${buyerKey}`],
  );
}

/** The counts that a line needs before anything is held for it; none where nothing is capped. */
export const countsNeeded = ({ request, candidates }: HoldFirst, rows: Rows): readonly string[] => [
  ...new Set(candidates.flatMap(({ offerId }) => usagesOf(rows.offers[offerId], request))),
];

/** What each count has left while a line's units are shared out; without caps, everything. */
export class CapRoom {
  private readonly taken = new Map<string, number>();

  constructor(
    private readonly rows: Rows,
    private readonly owner: Owner,
  ) {}

  leftAt(offer: Offer): number {
    return Math.min(Infinity, ...this.countsAt(offer).map((it) => it.maxUnits - it.usedUnits));
  }

  take(offer: Offer, units: number): void {
    for (const id of usagesOf(offer, this.owner)) this.taken.set(id, (this.taken.get(id) ?? 0) + units);
  }

  /** The cap that has the least left. */
  reachedAt(offer: Offer): CapReached | undefined {
    const [cap] = this.countsAt(offer).sort((a, b) => a.maxUnits - a.usedUnits - (b.maxUnits - b.usedUnits));
    return cap;
  }

  private countsAt(offer: Offer): CapReached[] {
    if (offer.caps === undefined) return [];
    return offer.caps.flatMap(({ capId, per, maxUnits }) => {
      const [id] = usagesOf({ caps: [{ capId, per, maxUnits }] }, this.owner);
      if (id === undefined) return [];
      return [{ per, of: whatOf(capId), maxUnits, usedUnits: (this.rows.usages[id]?.units ?? 0) + (this.taken.get(id) ?? 0) }];
    });
  }
}

const whatOf = (capId: string): CapReached['of'] => (capId.split('/')[1] ?? 'offer') as CapReached['of'];

/** Units of a hold that have not come to an end. */
export const openUnits = ({ granted, delivered, lost, released }: Hold): number => granted - delivered - lost - released;

export function countHold(draft: Draft, holdId: string, owner: Owner): void {
  const hold = rowOf(draft.rows.holds, holdId);
  const usageIds = usagesOf(draft.rows.offers[hold.offerId], owner);
  if (usageIds.length > 0) draft.emit({ type: 'UseCounted', holdId, usageIds, units: hold.granted });
}

/** Says again how much of the hold is open: late and repeated ones change nothing. */
export function countUse({ holdId }: CountUse, rows: Rows): Decided {
  const hold = rows.holds[holdId];
  if (hold?.capped === undefined || openUnits(hold) === hold.capped.units) return [];
  return [{ type: 'UseCounted', holdId, usageIds: hold.capped.by, units: openUnits(hold) }];
}
