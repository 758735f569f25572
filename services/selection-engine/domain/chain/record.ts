import { CANDIDATES_MAX } from '@midstream/contracts';
import type { Considered } from '../messages';
import { bestOf, type RepackMade } from '../repack/best';
import { type ChoiceInput } from './choose';
import type { Assessed } from './money';
import { rankedBy } from './rank-candidates';

/** The numbers of an assessed offer in the order in which a record keeps them: names would double the largest row of a lap. */
export const KNOWN = [
  'q',
  'up',
  'stock',
  'timeA',
  'timeB',
  'evidence',
  'margin',
  'complaint',
  'invalid',
  'repurchase',
  'holding',
  'substitution',
  'failure',
  'late',
  'failMs',
  'leadTimeMs',
  'slow',
  'slowMs',
  'waitMs',
] as const;

/** Where a row of `Known` has price less cost of a unit. */
export const MARGIN_AT = 2 + KNOWN.indexOf('margin');

/** Supplier, upstream group (empty: it stands alone), then the numbers of `KNOWN`. */
export type Known = readonly [supplierId: string, upstreamGroup: string, ...numbers: number[]];

export function knownOf(it: Assessed): Known {
  const alone = it.upstreamGroup === it.supplierId || it.upstreamGroup === `~${it.supplierId}`;
  return [it.supplierId, alone ? '' : it.upstreamGroup, ...KNOWN.map((name) => it[name])];
}

export function assessedOf(offerId: string, sku: string, [supplierId, upstreamGroup, ...numbers]: Known): Assessed {
  const named = Object.fromEntries(KNOWN.map((name, index) => [name, numbers[index] ?? 0])) as Pick<Assessed, (typeof KNOWN)[number]>;
  return { offerId, supplierId, upstreamGroup: upstreamGroup === '' ? `~${supplierId}` : upstreamGroup, sku, ...named };
}

/** What a decision leaves behind of how it was chosen. */
export interface Chosen {
  readonly terms: ChoiceInput['terms'];
  readonly exploration?: ChoiceInput['exploration'];
  /** P(this first candidate was chosen), exact. */
  readonly propensity: number;
  readonly explored: boolean;
  /** Value of the whole chain, a unit, and P(it delivers). */
  readonly valueMinor: number;
  readonly success: number;
  readonly chainLength: number;
}

interface Recorded {
  readonly considered: readonly Considered[];
  readonly chosen: Chosen;
  /** As they travelled. */
  readonly candidates: readonly { readonly offerId: string; readonly expectedMinor: number }[];
  /** Of several lines that were decided at once: their plan may have sent this one elsewhere first. */
  readonly storm?: object;
  readonly repack?: RepackMade;
}

/** What the record says and what its numbers give now; the same to the last bit when `differs` is empty. */
export interface Replayed {
  readonly identical: boolean;
  readonly differs: readonly { readonly field: string; readonly recorded: unknown; readonly replayed: unknown }[];
}

/** Makes a decision again from what was kept of it. Rows of considered offers stand in the order of the ranking. */
export function replay({ considered, chosen, candidates, storm, repack }: Recorded): Replayed {
  const passed = considered.flatMap((it) => (it.known === undefined ? [] : { ...it, known: it.known }));
  const offers = passed.map((it) => assessedOf(it.offerId, it.sku, it.known)).sort(byId);
  const { terms, exploration } = chosen;
  const again = rankedBy({ offers, terms, ...(exploration && { exploration }) });
  const order = withRoomFirst(again.candidates.map((it) => it.offerId), new Map(passed.map((it) => [it.offerId, it.crowded !== true]))); // prettier-ignore
  const leftOut = new Set(passed.filter((it) => it.gate !== undefined).map((it) => it.offerId));
  const list = order.filter((it) => !leftOut.has(it));
  const led = list.find((it) => storm !== undefined && it === candidates[0]?.offerId);
  const sent = led === undefined ? list : [led, ...list.filter((it) => it !== led)];
  const worth = new Map(again.candidates.map((it) => [it.offerId, Math.round(it.valueMinor)]));
  const said = (offerId: string, expectedMinor: number | undefined): string => `${offerId} ${expectedMinor}`;
  const pairs: [string, unknown, unknown][] = [
    [
      'candidates',
      candidates.map((it) => said(it.offerId, it.expectedMinor)).join(', '),
      sent
        .slice(0, CANDIDATES_MAX)
        .map((it) => said(it, worth.get(it)))
        .join(', '),
    ],
    ['order', passed.map((it) => it.offerId).join(' '), order.join(' ')],
    ...(['propensity', 'explored', 'valueMinor', 'success', 'chainLength'] as const).map((it): [string, unknown, unknown] => [
      it,
      chosen[it],
      again[it],
    ]),
  ];
  const differs = pairs.filter(([, a, b]) => a !== b).map(([field, recorded, replayed]) => ({ field, recorded, replayed }));
  if (repack !== undefined) differs.push(...repackDiffers(repack));
  return { identical: differs.length === 0, differs };
}

/** Each pack is weighed again, and the best of them chosen again. */
function repackDiffers({ packs, quantity, proposed }: RepackMade): Replayed['differs'][number][] {
  const weighed = packs.flatMap((it) => replay(it).differs.map((differs) => ({ ...differs, field: `repack.${it.sku}.${differs.field}` })));
  const again = bestOf(packs, quantity);
  const said = (it: RepackMade['proposed'] | undefined) => `${it?.units} in ${it?.pieces} ${it?.sku} at ${it?.priceCapMinor}`;
  if (said(again) === said(proposed)) return weighed;
  return [...weighed, { field: 'repack', recorded: said(proposed), replayed: said(again) }];
}

/** What others were just sent to goes last: it may still be there, and is better than nothing. */
export const withRoomFirst = (order: readonly string[], hasRoom: ReadonlyMap<string, boolean>): string[] => [
  ...order.filter((it) => hasRoom.get(it) !== false),
  ...order.filter((it) => hasRoom.get(it) === false),
];

/** The order in which offers are assessed: by name in code units, the same on every machine. */
export const byId = (a: { readonly offerId: string }, b: { readonly offerId: string }): number =>
  Number(a.offerId > b.offerId) - Number(a.offerId < b.offerId);
