import type { Fact } from '@midstream/contracts';
import { assertNever, type Decision, reject } from '@midstream/kernel';
import type { OfferBook, Product } from '../book';
import { HEAT_WEIGHTS, warmed } from './heat';
import { CHANNELS_MAX, PRICE_TIMES_MAX, PRICES_MAX, SIGNAL_AGE_MAX_MS, SIGNAL_AHEAD_MS, SKUS_PER_SIGNAL_MAX, UPDATES_MAX } from './limits';
import { emptyMarket, type Market, type MarketMoved, moved } from './market';

export type Signal =
  | { readonly kind: 'competitor-price'; readonly competitor: string; readonly priceMinor: number; readonly currency: string }
  | { readonly kind: 'version-update'; readonly game: string; readonly title: string }
  | { readonly kind: 'heat'; readonly views: number; readonly searches: number; readonly carts: number }
  | {
      readonly kind: 'delivery-channel';
      readonly channel: string;
      readonly state: 'up' | 'slow' | 'down';
      readonly policy?: NonNullable<Fact<'MarketSignalReported'>['channel']>['policy'];
    };

/** Somebody tells of the market. `skus`: the one good it is about, or all goods of the game, as the caller's book knows them. */
export interface ReportSignal {
  readonly type: 'ReportSignal';
  readonly at: number;
  readonly signalId: string;
  readonly observedAt: number;
  readonly skus: readonly string[];
  readonly signal: Signal;
}

export type SignalCode =
  | 'unknown-sku'
  | 'unknown-game'
  | 'too-many-goods'
  | 'signal-from-the-future'
  | 'signal-too-old'
  | 'signal-superseded'
  | 'signal-empty'
  | 'price-implausible'
  | 'wrong-currency';

export type SignalEvent = Fact<'MarketSignalReported'> | Fact<'MarketState'> | Fact<'BurstDetected'> | MarketMoved;

type Markets = Readonly<Record<string, Market>>;

/** @returns the signal and the new market of each good it is about; or why it is not believed, in numbers. */
export function reportSignal(command: ReportSignal, markets: Markets, book: OfferBook): Decision<SignalEvent, SignalCode> {
  const { at, signal, observedAt, skus } = command;
  const aheadMs = observedAt - at;
  if (aheadMs > SIGNAL_AHEAD_MS) return reject('signal-from-the-future', { aheadSeconds: Math.round(aheadMs / 1_000) });
  if (-aheadMs > SIGNAL_AGE_MAX_MS) return reject('signal-too-old', { ageDays: Math.round(-aheadMs / 86_400_000), mostDays: 30 });
  const products = skus.flatMap((it) => book.products.get(it) ?? []);
  if (products.length === 0 && signal.kind === 'version-update') return reject('unknown-game', { game: signal.game });
  if (products.length === 0) return reject('unknown-sku', { sku: skus[0] ?? '' });
  if (products.length > SKUS_PER_SIGNAL_MAX) return reject('too-many-goods', { most: SKUS_PER_SIGNAL_MAX });
  const fault = faultOf(command, products[0], markets);
  if (fault !== undefined) return fault;
  return products.flatMap(({ sku }) => {
    const before = markets[sku];
    return [signalOf(command, sku), ...moved(before, heard(before ?? emptyMarket(sku, at), command))];
  });
}

function faultOf({ signal, observedAt, skus }: ReportSignal, product: Product | undefined, markets: Markets) {
  const market = markets[skus[0] ?? ''];
  switch (signal.kind) {
    case 'competitor-price': {
      if (product === undefined) return undefined;
      if (signal.currency !== product.currency) return reject('wrong-currency', { currency: signal.currency, expected: product.currency });
      const [least, most] = [Math.ceil(product.priceMinor / PRICE_TIMES_MAX), product.priceMinor * PRICE_TIMES_MAX];
      if (!(signal.priceMinor >= least && signal.priceMinor <= most))
        return reject('price-implausible', { priceMinor: signal.priceMinor, ourPriceMinor: product.priceMinor, least, most });
      return superseded(
        market?.prices.find((it) => it.competitor === signal.competitor),
        observedAt,
      );
    }
    case 'version-update':
      return superseded(
        market?.updates.find((it) => it.game === signal.game),
        observedAt,
      );
    case 'heat':
      return signal.views + signal.searches + signal.carts > 0 ? undefined : reject('signal-empty', { needed: 'views, searches or carts' });
    case 'delivery-channel':
      return superseded(
        market?.channels.find((it) => it.channel === signal.channel),
        observedAt,
      );
    default:
      return assertNever(signal);
  }
}

/** News that is older than what is known would turn the clock back. */
const superseded = (known: { readonly observedAt: string } | undefined, observedAt: number) =>
  known !== undefined && Date.parse(known.observedAt) >= observedAt ? reject('signal-superseded', { newest: known.observedAt }) : undefined;

function heard(market: Market, { signal, observedAt }: ReportSignal): Market {
  const seen = new Date(observedAt).toISOString();
  switch (signal.kind) {
    case 'competitor-price': {
      const { competitor, priceMinor, currency } = signal;
      const others = market.prices.filter((it) => it.competitor !== competitor);
      return { ...market, prices: [{ competitor, priceMinor, currency, observedAt: seen }, ...others].slice(0, PRICES_MAX) };
    }
    case 'version-update': {
      const others = market.updates.filter((it) => it.game !== signal.game);
      return { ...market, updates: [{ game: signal.game, title: signal.title, observedAt: seen }, ...others].slice(0, UPDATES_MAX) };
    }
    case 'heat': {
      const weight = signal.views * HEAT_WEIGHTS.view + signal.searches * HEAT_WEIGHTS.search + signal.carts * HEAT_WEIGHTS.cart;
      return { ...market, heat: warmed(market.heat, weight, observedAt) };
    }
    case 'delivery-channel': {
      const { channel, state } = signal;
      const known = market.channels.find((it) => it.channel === channel);
      const policy = signal.policy ?? known?.policy;
      const others = market.channels.filter((it) => it !== known);
      return { ...market, channels: [{ channel, state, ...(policy && { policy }), observedAt: seen }, ...others].slice(0, CHANNELS_MAX) };
    }
    default:
      return assertNever(signal);
  }
}

function signalOf({ signal, signalId, observedAt }: ReportSignal, sku: string): Fact<'MarketSignalReported'> {
  const { kind, ...said } = signal;
  const seen = { ...said, observedAt: new Date(observedAt).toISOString() };
  const names = { 'competitor-price': 'price', 'version-update': 'update', heat: 'heat', 'delivery-channel': 'channel' } as const;
  return { type: 'MarketSignalReported', sku, signalId, kind, [names[kind]]: seen };
}
