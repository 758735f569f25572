import { type Service, type Topic, TOPICS } from '@midstream/contracts';
import type { Work } from '../shell';
import type { AnyCommand } from '../wiring';

/** What came from outside, when (milliseconds since the epoch): to the services, or to their suppliers. */
export type Said = { readonly at: number } & (
  | { readonly to: 'service'; readonly service: Service; readonly command: AnyCommand; readonly wanted?: Work['wanted'] }
  | { readonly to: 'shelf'; readonly offerId: string; readonly truth: number; readonly costMinor: number }
  | { readonly to: 'vault'; readonly offerId: string; readonly sku: string; readonly texts: readonly string[] }
);

/** All rows of a service, by kind and id. */
export type RowsSeen = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** All that a service has said so far: what must keep its order, in its order, each such part by its name. */
export type FactsSeen = Readonly<Record<string, readonly unknown[]>>;

export interface Seen {
  readonly rows: RowsSeen;
  readonly facts: FactsSeen;
}

/** What was said at one moment, and how all five services stood when all that it called for was done. */
export interface Step {
  readonly name: string;
  /** When: milliseconds since the epoch. */
  readonly at: number;
  /** What is due until then is done before; Infinity for the last. */
  readonly until: number;
  readonly said: readonly Said[];
  readonly seen: Readonly<Record<Service, Seen>>;
}

/** All five services, for a comparison. */
export const allOf = (seen: Readonly<Record<Service, Seen>>): Step['seen'] => ({ ...seen, notification: unnumbered(seen.notification) });

/**
 * In which order an order's facts of two topics reach the merchant is nobody's promise, and so the numbers that they get are not, either
 * (protocol 34): what was told counts, and what became of it.
 */
function unnumbered({ rows, facts }: Seen): Seen {
  const sorted = (of: readonly unknown[]): unknown[] => of.map((it) => JSON.stringify(withoutNumber(it))).sort();
  return {
    rows: { ...rows, messages: { all: sorted(Object.values(rows['messages'] ?? {})) } },
    facts: { all: sorted(Object.values(facts).flat()) },
  };
}

function withoutNumber(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { messageId: _messageId, body: _body, ...rest } = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(rest).map(([name, it]) => [name, withoutNumber(it)]));
}

/**
 * Of a real run and of the model alike: addresses and keys are a house's own, and how long a call took is no one's to say; nor is what selection
 * expects of an offer, since it has learnt from just that, and from purchases that end while others are ranked.
 */
const OWN: ReadonlySet<string> = new Set(['url', 'baseUrl', 'keyId', 'durationMs', 'responseMs', 'responseMsSum', 'expectedMinor']);

/** Compliance's shelves: in the order in which products were heard of, which is none. */
const UNORDERED: ReadonlySet<string> = new Set(['names']);

const sortedOf = (value: unknown): unknown => (Array.isArray(value) ? [...(value as unknown[])].sort() : value);

/** Without what cannot be the same, and with its properties sorted. */
export function comparable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(comparable);
  const of = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(of).filter((it) => of[it] !== undefined && !OWN.has(it));
  return Object.fromEntries(names.sort().map((it) => [it, UNORDERED.has(it) ? sortedOf(of[it]) : comparable(of[it])]));
}

/**
 * Facts in the parts within which their order is promised: those of one hold, of one attempt, and what else is said of one line
 * (protocol 2). Of a state only the newest counts: how many states one transaction leaves is its batch's affair (protocol 26).
 */
export function inParts(said: readonly { readonly topic: Topic; readonly key: string; readonly fact: unknown }[]): FactsSeen {
  const parts: Record<string, unknown[]> = {};
  for (const { topic, key, fact } of said) {
    if (TOPICS[topic].compacted) parts[`${topic}/${key}`] = [comparable(fact)];
    else (parts[`${topic}/${key}${partOf(fact as PartOf)}`] ??= []).push(comparable(fact));
  }
  return parts;
}

interface PartOf {
  readonly lineId?: string;
  readonly holdId?: string;
  readonly tally?: { readonly holdId: string };
  readonly attempt?: number;
  readonly request?: { readonly attempt: number };
}

function partOf({ lineId, holdId, tally, attempt, request }: PartOf): string {
  const hold = tally?.holdId ?? holdId;
  if (hold !== undefined) return `, hold ${hold}`;
  const number = attempt ?? request?.attempt;
  return lineId === undefined ? '' : `, line ${lineId}${number === undefined ? '' : `, attempt ${number}`}`;
}
