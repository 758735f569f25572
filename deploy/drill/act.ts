import { type Api, ApiProblem, inParallel, openApi } from '../sample-market/api';
import { codesOf } from '../sample-market/codes';
import { stockSandbox } from '../sample-market/load';
import { orderBodyOf } from '../sample-market/trace';
import type { Market, TraceOrder } from '../sample-market/words';
import type { DrillOptions } from './options';
import type { DryOut, Plan } from './plan';
import { type OrderView, readOffers } from './read';

const BAN = 'drill-ban';
const ORDERS_AT_ONCE = 32;
const CALLS_AT_ONCE = 8;
const BAN_PATIENCE_MS = 20_000;

/** What a drill does to the hub: all of it through the public API. */
export interface Hands {
  readonly operator: Api;
  readonly merchant: Api;
  readonly market: Market;
  readonly options: DrillOptions;
}

/** As if no drill had ever been: no ban, every supplier stocked, money for all orders, codes for the substitutes. */
export async function restore({ operator, market, options }: Hands, plan: Plan): Promise<void> {
  await liftBan(operator);
  const vaults = market.suppliers.filter((it) => it.kind === 'vault').map((it) => it.supplierId);
  if (options.sandboxUrl !== undefined) await stockSandbox(market, openApi({ url: options.sandboxUrl }));
  await Promise.all(
    market.suppliers.filter((it) => it.kind === 'http').map(({ supplierId }) => report(operator, supplierId, stockOf(market, supplierId))),
  );
  await refillVaults(operator, market, vaults, options.seed);
  await topUpAccount(operator, plan, options);
}

const stockOf = ({ offers }: Market, supplierId: string): ReadonlyMap<string, number> =>
  new Map(offers.filter((it) => it.supplierId === supplierId).map((it) => [it.sku, it.stock]));

/** A supplier reports its stock; the sequence is the time, so that every report of a drill is newer than the last. */
async function report(operator: Api, supplierId: string, stock: ReadonlyMap<string, number>): Promise<void> {
  const sequence = Date.now();
  const changes = [...stock].map(([sku, quantity]) => ({ sku, quantity, sequence }));
  if (changes.length > 0) await operator.post(`/v1/suppliers/${supplierId}/stock`, { body: { changes } });
}

async function refillVaults(operator: Api, { offers }: Market, vaults: readonly string[], seed: string): Promise<void> {
  const known = await readOffers(operator, vaults);
  const short = offers.flatMap((it) => {
    const available = known.find((other) => other.offerId === `${it.supplierId}~${it.sku}`)?.available ?? it.stock;
    return available < it.stock / 2 ? [{ ...it, stock: it.stock - available }] : [];
  });
  await inParallel(short, CALLS_AT_ONCE, (it) =>
    operator.post(`/v1/suppliers/${it.supplierId}/offers/${it.sku}/codes`, {
      ndjson: codesOf(it, `drill-${seed}`)
        .map((code) => `${JSON.stringify(code)}\n`)
        .join(''),
    }),
  );
}

async function topUpAccount(operator: Api, { orders }: Plan, { merchantId, seed }: DrillOptions): Promise<void> {
  const needed = orders.flatMap((it) => it.lines).reduce((sum, it) => sum + it.quantity * it.maxUnitPriceMinor, 0);
  const { availableMinor } = await operator.get<{ availableMinor: number }>(`/v1/accounts/${merchantId}`);
  if (availableMinor >= needed) return;
  const body = { amountMinor: needed - availableMinor, currency: 'CNY', reference: `drill-${seed}` };
  await operator.post(`/v1/accounts/${merchantId}/deposits`, { body, idempotencyKey: `drill-${seed}-deposit` });
}

/**
 * Places the orders evenly over `replayMs`, and calls `placed` for each that was taken. Gives how far the order's clock is ahead of ours,
 * by the quickest answer: right to half of the time that it took.
 */
export async function replay(
  { merchant, options }: Hands,
  { orders }: Plan,
  placed: (orderId: string, order: TraceOrder) => void,
): Promise<number> {
  const start = Date.now();
  const timed = orders.map((order, index) => ({ order, due: start + (index / orders.length) * options.replayMs }));
  let [skew, quickest] = [0, Infinity];
  await inParallel(timed, ORDERS_AT_ONCE, async ({ order, due }) => {
    await pause(due - Date.now());
    const clientReference = `drill-${options.seed}-${order.reference}`;
    const sentAt = Date.now();
    const body = orderBodyOf(order, { now: sentAt, clientReference });
    const { orderId, placedAt } = await merchant.post<OrderView>('/v1/orders', { body, idempotencyKey: clientReference });
    placed(orderId, order);
    const took = Date.now() - sentAt;
    if (took < quickest) [skew, quickest] = [Date.parse(placedAt) - (sentAt + took / 2), took];
  });
  return Math.round(skew);
}

/** The suppliers report that they have nothing left of these goods. */
export async function dryOut({ operator, options, market }: Hands, wave: readonly DryOut[]): Promise<void> {
  await Promise.all(wave.map(({ supplierId, skus }) => report(operator, supplierId, new Map(skus.map((sku) => [sku, 0])))));
  if (options.sandboxUrl === undefined) return;
  // the sandbox says the same where it is asked, so that no poll contradicts the report
  const sandbox = openApi({ url: options.sandboxUrl });
  const known = new Set(market.suppliers.map((it) => it.supplierId));
  await Promise.all(
    wave
      .filter(({ supplierId }) => known.has(supplierId))
      .map(({ supplierId, skus }) =>
        sandbox.put(`/control/suppliers/${supplierId}/skus`, { goods: skus.map((sku) => ({ sku, stock: 0 })) }),
      ),
  );
}

/** Bans a product everywhere, and waits until every offer of it is closed. Gives the time from which nothing may be bought. */
export async function ban({ operator, market }: Hands, sku: string): Promise<number> {
  const rule = {
    ruleId: BAN,
    effect: 'banned',
    match: { sku },
    regions: ['*'],
    reason: 'A drill: the platform forbids the resale of this card',
  };
  await operator.post('/v1/rules', { body: rule });
  const offers = market.offers.filter((it) => it.sku === sku);
  const until = Date.now() + BAN_PATIENCE_MS;
  for (;;) {
    const views = await Promise.all(
      offers.map((it) => operator.get<{ closures: readonly { cause: string }[] }>(`/v1/suppliers/${it.supplierId}/offers/${sku}`)),
    );
    if (views.every((it) => it.closures.some(({ cause }) => cause === 'banned'))) return Date.now();
    if (Date.now() > until) throw new Error(`the ban of ${sku} has not reached its offers within ${BAN_PATIENCE_MS / 1_000} s`);
    await pause(100);
  }
}

export async function liftBan(operator: Api): Promise<void> {
  try {
    await operator.remove(`/v1/rules/${BAN}`);
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 404)) throw error;
  }
}

/** A yes or a no; what was superseded or is too late meanwhile needs none. */
export async function answer(
  { merchant }: Hands,
  of: { orderId: string; lineId: string; consentId: string },
  word: 'yes' | 'no',
): Promise<void> {
  try {
    await merchant.post(`/v1/orders/${of.orderId}/lines/${of.lineId}/consent`, { body: { consentId: of.consentId, answer: word } });
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 409)) throw error;
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
