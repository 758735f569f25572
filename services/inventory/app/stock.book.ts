import type { Fact } from '@midstream/contracts';
import { type Offer, type Product, stateOf } from '@midstream/inventory-domain';
import { Database, followLog, type LogFollower, setting, SETTINGS } from '@midstream/runtime';
import { INSIDE, type Inside } from '@midstream/runtime/ops';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { availableOf, type Figure, figureOf, type StockOffer, type StockProduct } from './stock.figure';
import { StockShare } from './stock.share';

/** One thing that the book knows: an offer, or a product. What replicas tell each other; nothing of it is a secret of the hub's. */
export type StockEntry = { readonly sku: string } & ({ readonly offer: StockOffer } | { readonly product: StockProduct });

interface Shelf {
  product?: StockProduct;
  readonly offers: Map<string, StockOffer>;
  /** By region; '' for everywhere. */
  readonly figures: Map<string, Figure>;
}

const LOAD_PAGE = 2_000;
/** Of one SKU; callers choose the region, so that there is a limit. */
const FIGURES_MAX = 64;

/**
 * The read cache of the stock query: every offer and product in memory, on every replica. Nobody who asks costs the database anything, and a
 * change is here within a tick (100 ms) of its commit. It comes from the service's own log; with Redis one replica follows the log, and the
 * others share what it has put there (stock.share.ts).
 */
@Injectable()
export class StockBook implements OnModuleInit, OnModuleDestroy {
  private readonly shelves = new Map<string, Shelf>();
  private sorted: Map<string, readonly string[]> | undefined;
  private source: { stop(): Promise<void> } | undefined;
  private readonly redisUrl: string | undefined;
  /** Called with each SKU of which there is news, whichever way it comes. */
  readonly listeners: ((sku: string) => void)[] = [];

  constructor(
    private readonly database: Database,
    @Inject(INSIDE) private readonly inside: Inside,
    @Inject(SETTINGS) { redisUrl = setting('REDIS_URL') }: Readonly<Record<string, string>>,
  ) {
    this.redisUrl = redisUrl;
  }

  async onModuleInit(): Promise<void> {
    const { logger } = this.inside.consuming;
    if (this.redisUrl === undefined || this.redisUrl === '') this.source = await this.follow(() => undefined);
    else this.source = await StockShare.start(this, { redisUrl: this.redisUrl, database: this.database, logger });
  }

  async onModuleDestroy(): Promise<void> {
    await this.source?.stop();
  }

  /** Follows the log. Resolves when all that was there is loaded; `on` hears what is news after that. */
  follow(on: (news: readonly StockEntry[]) => void): Promise<LogFollower> {
    return followLog(this.database, {
      types: ['OfferState', 'ProductState'],
      load: () => this.load(),
      hear: (events) => on(events.flatMap(({ type, data }) => this.apply(type, data) ?? [])),
      logger: this.inside.consuming.logger,
    });
  }

  /** A state that is no newer than what is known changes nothing, and is not told. */
  apply(type: string, data: Readonly<Record<string, unknown>>): StockEntry | undefined {
    if (type !== 'OfferState' && type !== 'ProductState') return undefined;
    const entry = type === 'OfferState' ? offerEntry(data as unknown as OfferState) : productEntry(data as unknown as ProductState);
    return this.note(entry) ? entry : undefined;
  }

  /** Whether it was news. */
  note(entry: StockEntry): boolean {
    const isNews = 'offer' in entry ? this.offer(entry.sku, entry.offer) : this.product(entry.sku, entry.product);
    if (isNews) for (const it of this.listeners) it(entry.sku);
    return isNews;
  }

  /** All that is known. */
  *entries(): Generator<StockEntry> {
    for (const [sku, { product, offers }] of this.shelves) {
      if (product !== undefined) yield { sku, product };
      for (const offer of offers.values()) yield { sku, offer };
    }
  }

  knows(sku: string): boolean {
    return this.shelves.get(sku)?.product?.listed === true;
  }

  categoryOf(sku: string): string | undefined {
    const product = this.shelves.get(sku)?.product;
    return product?.listed === true ? product.category : undefined;
  }

  /** All that were ever heard of. */
  skus(): Iterable<string> {
    return this.shelves.keys();
  }

  /** Units of all its open offers together, anywhere. */
  availableOf(sku: string): number {
    return availableOf(this.shelves.get(sku)?.offers.values() ?? []);
  }

  /** Made once, and kept until something changes. */
  figure(sku: string, region: string | undefined, now = Date.now()): Figure {
    const shelf = this.shelves.get(sku);
    if (shelf === undefined) return figureOf(sku, region, { category: undefined, offers: [] }, now);
    const known = shelf.figures.get(region ?? '');
    if (known !== undefined && known.goodUntil > now) return known;
    const figure = figureOf(sku, region, { category: this.categoryOf(sku), offers: shelf.offers.values() }, now);
    if (shelf.figures.size >= FIGURES_MAX) shelf.figures.clear();
    shelf.figures.set(region ?? '', figure);
    return figure;
  }

  /** The listed SKUs of a category behind `after`, in their order. */
  page(category: string, after: string | undefined, limit: number): readonly string[] {
    this.sorted ??= this.sort();
    const all = this.sorted.get(category) ?? [];
    let [from, to] = [0, after === undefined ? 0 : all.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((all[middle] ?? '') <= (after ?? '')) from = middle + 1;
      else to = middle;
    }
    return all.slice(from, from + limit);
  }

  private sort(): Map<string, string[]> {
    const sorted = new Map<string, string[]>();
    for (const [sku, { product }] of this.shelves) {
      if (product?.listed !== true) continue;
      const of = sorted.get(product.category);
      if (of === undefined) sorted.set(product.category, [sku]);
      else of.push(sku);
    }
    for (const it of sorted.values()) it.sort();
    return sorted;
  }

  private async load(): Promise<void> {
    for (let after = ''; ;) {
      const rows = await this.rows<Product>('product', after);
      for (const { state } of rows) this.note(productEntry(state));
      if (rows.length < LOAD_PAGE) break;
      after = rows.at(-1)?.id ?? '';
    }
    for (let after = ''; ;) {
      const rows = await this.rows<Offer>('offer', after);
      for (const { state } of rows) this.note(offerEntry(stateOf(state)));
      if (rows.length < LOAD_PAGE) break;
      after = rows.at(-1)?.id ?? '';
    }
  }

  private async rows<State>(table: 'product' | 'offer', after: string): Promise<{ readonly id: string; readonly state: State }[]> {
    const { rows } = await this.database.pool.query<{ id: string; state: State }>(
      `SELECT id, state FROM ${table} WHERE id > $1 ORDER BY id LIMIT $2`,
      [after, LOAD_PAGE],
    );
    return rows;
  }

  private offer(sku: string, offer: StockOffer): boolean {
    const shelf = this.shelfOf(sku);
    const known = shelf.offers.get(offer.offerId);
    if (known !== undefined && known.version >= offer.version) return false;
    shelf.offers.set(offer.offerId, { ...offer, regions: this.shared(offer.regions) });
    shelf.figures.clear();
    return true;
  }

  private product(sku: string, product: StockProduct): boolean {
    const shelf = this.shelfOf(sku);
    if (shelf.product !== undefined && shelf.product.version >= product.version) return false;
    shelf.product = product;
    shelf.figures.clear();
    this.sorted = undefined;
    return true;
  }

  private shelfOf(sku: string): Shelf {
    const known = this.shelves.get(sku);
    if (known !== undefined) return known;
    const shelf: Shelf = { offers: new Map(), figures: new Map() };
    this.shelves.set(sku, shelf);
    return shelf;
  }

  private readonly regionLists = new Map<string, readonly string[]>();

  /** Offers mostly sell to the same few regions: one list for all of them. */
  private shared(regions: readonly string[]): readonly string[] {
    const name = regions.join();
    const known = this.regionLists.get(name);
    if (known !== undefined) return known;
    this.regionLists.set(name, regions);
    return regions;
  }
}

type OfferState = Omit<Fact<'OfferState'>, 'type'>;
type ProductState = Pick<Product, 'sku' | 'version' | 'category' | 'listed'>;

function offerEntry({ offerId, version, sku, available, capacityPerMinute, stockAsOf, kind, ...state }: OfferState): StockEntry {
  const { regions, closures, restock, stockSource } = state;
  const source = kind === 'vault' ? 'import' : stockSource === 'poll' ? 'poll' : 'push';
  const offer: StockOffer = {
    offerId,
    version,
    available,
    capacityPerMinute,
    asOfMs: Date.parse(stockAsOf),
    source,
    regions,
    closures: closures.map((it) => ({ regions: it.regions })),
    ...(restock && { restock }),
  };
  return { sku, offer };
}

const productEntry = ({ sku, version, category, listed }: ProductState): StockEntry => ({ sku, product: { version, category, listed } });
