import { type Caller, Commands, NotFound } from '@midstream/runtime';
import { type OfferBook, perHour, percentiles, type SelectionCommand, trendOf } from '@midstream/selection-engine-domain';
import { Injectable } from '@nestjs/common';
import type { HeatQuery } from './dto';
import type { HeatsView, HeatView, OperatorHeatView } from './views';

const LIMIT = 50;

type Product = OfferBook['products'] extends Map<string, infer It> ? It : never;

@Injectable()
export class MarketQueries {
  constructor(private readonly commands: Commands<SelectionCommand>) {}

  /** The hottest goods, each by its place in its own category. @throws NotFound for a product that is not known. */
  heat({ scope }: Caller, { sku, category, limit }: HeatQuery): HeatsView {
    const book = this.commands.view<OfferBook>();
    const at = Date.now();
    const asked = sku === undefined ? undefined : book.products.get(sku);
    if (sku !== undefined && asked === undefined) throw new NotFound('product-not-found');
    const only = asked?.category ?? category;
    const items = [...book.skusByCategory].flatMap(([of, skus]) =>
      only !== undefined && of !== only ? [] : heatsOf(book, [...skus], at, scope === 'operator'),
    );
    items.sort((a, b) => b.heat - a.heat || b.popularity - a.popularity || (a.sku < b.sku ? -1 : 1));
    const wanted = sku === undefined ? items : items.filter((it) => it.sku === sku);
    return { asOf: new Date(at).toISOString(), items: wanted.slice(0, Number(limit ?? LIMIT)) };
  }
}

function heatsOf(book: OfferBook, skus: readonly string[], at: number, isOperator: boolean): HeatView[] {
  const goods = skus.flatMap((it) => book.products.get(it) ?? []).filter((it) => it.listed);
  const counts = goods.map(({ sku }) => countOf(book, sku, at));
  const [heat, popularity] = [percentiles(counts.map((it) => trendOf(it, at))), percentiles(counts.map((it) => perHour(it, at).week))];
  return goods.map((product, index) => {
    const count = counts[index] ?? { hour: 0, week: 0, at };
    const view = viewOf(product, { heat: heat[index] ?? 50, popularity: popularity[index] ?? 50, trend: trendOf(count, at) });
    const { burst, prices = [], updates = [], channels = [] } = book.markets.get(product.sku) ?? {};
    const { since, until, factor } = burst ?? {};
    const told: HeatView =
      since !== undefined && until !== undefined && factor !== undefined && Date.parse(until) > at
        ? { ...view, burst: { since, until, factor } }
        : view;
    if (!isOperator) return told;
    const { hour, week } = perHour(count, at);
    const whole: OperatorHeatView = { ...told, perHour: { hour: rounded(hour), week: rounded(week) }, prices, updates, channels };
    return whole;
  });
}

function countOf(book: OfferBook, sku: string, at: number) {
  const heat = book.markets.get(sku)?.heat;
  return heat === undefined ? { hour: 0, week: 0, at } : { hour: heat.hour, week: heat.week, at: Date.parse(heat.asOf) };
}

const viewOf = ({ sku, name, category }: Product, it: { heat: number; popularity: number; trend: number }): HeatView => ({
  sku,
  name,
  category,
  heat: Math.round(it.heat),
  trend: rounded(it.trend),
  popularity: Math.round(it.popularity),
});

const rounded = (value: number): number => Math.round(value * 100) / 100;
