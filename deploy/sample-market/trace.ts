import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Need } from '@midstream/contracts';
import { type CsvRow, openCsv } from './source';
import type { Buyer, Policy, Product, TraceLine, TraceOrder } from './words';

const COLUMNS = ['time', 'buyer', 'scenario', 'need', 'quantity', 'maxUnitPriceMinor', 'policy'] as const;
type Row = CsvRow<(typeof COLUMNS)[number]>;

const SCENARIOS = ['general', 'gaming', 'online-education', 'cross-border', 'metaverse-social', 'enterprise-digital'];

interface Known {
  readonly products: ReadonlyMap<string, Product>;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly buyers: ReadonlyMap<string, Buyer>;
}

/** The trace of a day: one row a line; rows of the same time and buyer are one order. */
export function readTrace(dir: string, known: Known, complaints: string[]): TraceOrder[] {
  const orders = new Map<string, { -readonly [K in keyof TraceOrder]: TraceOrder[K] } & { lines: TraceLine[] }>();
  let latest = 0;
  for (const file of traceFilesOf(dir)) {
    for (const row of openCsv(dir, file, COLUMNS)) {
      const { time, scenario } = row.cells;
      const complain = (what: string): void => void complaints.push(`${row.where}: ${what}`);
      const atMs = millisecondsOf(time);
      const buyer = known.buyers.get(row.cells.buyer);
      if (atMs === undefined) complain(`${time} is no time of day`);
      else if (atMs < latest) complain(`${time} comes before the row above it`);
      if (buyer === undefined) complain(`no buyer is called ${row.cells.buyer}`);
      if (!SCENARIOS.includes(scenario)) complain(`${scenario} is no scenario`);
      if (atMs === undefined || buyer === undefined) continue;
      latest = Math.max(latest, atMs);

      const reference = `${time.replaceAll(':', '')}-${buyer.reference}`;
      const order = orders.get(reference) ?? { reference, atMs, buyer, scenario, lines: [] };
      orders.set(reference, order);
      const line = lineOf(row, String(order.lines.length + 1), known, complain);
      if (line !== undefined) order.lines.push(line);
    }
  }
  return [...orders.values()];
}

function lineOf({ cells }: Row, lineId: string, { products, policies }: Known, complain: (what: string) => void): TraceLine | undefined {
  const policy = policies.get(cells.policy);
  const quantity = Number(cells.quantity);
  const need = needOf(cells.need);
  const meant = [...products.values()].filter((it) => isMeant(it, need));
  const [first] = meant;
  const maxUnitPriceMinor = cells.maxUnitPriceMinor === '' ? first?.priceMinor : Number(cells.maxUnitPriceMinor);
  if (policy === undefined) complain(`no policy is called ${cells.policy}`);
  if (!Number.isInteger(quantity) || quantity < 1) complain(`${cells.quantity} is no quantity`);
  if (first === undefined) complain(`nothing is ${cells.need}`);
  if (need.sku === undefined && cells.maxUnitPriceMinor === '') complain('a need without a sku names the dearest price');
  if (maxUnitPriceMinor !== undefined && !Number.isInteger(maxUnitPriceMinor)) complain(`${cells.maxUnitPriceMinor} is no price in 分`);
  if (policy === undefined || first === undefined || maxUnitPriceMinor === undefined) return undefined;
  const skus = meant.map((it) => it.sku);
  const account = first.fulfilmentKind === 'VALUE_RECHARGE' && { recipient: accountOf(cells.buyer, first) };
  return { lineId, need, skus, quantity, maxUnitPriceMinor, currency: first.currency, ...account, policy };
}

/** Made up from the buyer's name: a number for what a carrier sells, an address for all else. */
function accountOf(buyer: string, { attributes }: Product): string {
  if (attributes['carrier'] === undefined) return `${buyer}@example.com`;
  const digits = [...buyer].reduce((number, it) => (number * 31 + it.charCodeAt(0)) % 10_000, 0);
  return `1380000${String(digits).padStart(4, '0')}`;
}

/** `video-vip-month`, or properties: `category=game-card face=3000 game=star-voyage gameRegion=CN`. */
function needOf(text: string): Need {
  if (!text.includes('=')) return { sku: text };
  const { category, face, ...attributes } = Object.fromEntries(text.split(' ').map((it) => it.split('=', 2)) as [string, string][]);
  return {
    ...(category !== undefined && { category }),
    ...(face !== undefined && { faceValueMinor: Number(face) }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

const isMeant = (product: Product, { sku, category, faceValueMinor, attributes = {} }: Need): boolean =>
  (sku === undefined || sku === product.sku) &&
  (category === undefined || category === product.category) &&
  (faceValueMinor === undefined || faceValueMinor === product.faceValueMinor) &&
  Object.entries(attributes).every(([name, value]) => product.attributes[name] === value);

function millisecondsOf(time: string): number | undefined {
  const [, hours = '', minutes = '', seconds = ''] = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)$/.exec(time) ?? [];
  return hours === '' ? undefined : ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

const traceFilesOf = (dir: string): string[] =>
  readdirSync(join(dir, 'trace'))
    .filter((it) => it.endsWith('.csv'))
    .sort()
    .map((it) => join(dir, 'trace', it));

/** The body of `POST /v1/orders`, as if it were placed at `now` (milliseconds). `clientReference` makes it one's own. */
export function orderBodyOf({ buyer, scenario, lines }: TraceOrder, { now, clientReference }: { now: number; clientReference: string }) {
  return {
    clientReference,
    buyer: { ...buyer, scenario },
    lines: lines.map(({ lineId, need, quantity, maxUnitPriceMinor, currency, recipient, policy }) => {
      const { waitMs, deliverWithinMs, ...substitution } = policy;
      return {
        lineId,
        need,
        quantity,
        maxUnitPriceMinor,
        currency,
        ...(recipient !== undefined && { recipient }),
        substitution: { ...substitution, ...(waitMs !== undefined && { waitUntil: new Date(now + waitMs).toISOString() }) },
        ...(deliverWithinMs !== undefined && { deliverBy: new Date(now + deliverWithinMs).toISOString() }),
      };
    }),
  };
}
