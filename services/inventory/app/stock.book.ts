import type { Fact } from '@midstream/contracts';
import { type Offer, type Product, stateOf } from '@midstream/inventory-domain';
import { Database, followLog, type LogFollower } from '@midstream/runtime';
import { INSIDE, type Inside } from '@midstream/runtime/ops';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type Figure, figureOf, type StockOffer } from './stock.figure';

interface Shelf {
  product?: { readonly version: number; readonly category: string; readonly listed: boolean };
  readonly offers: Map<string, StockOffer>;
  /** By region; '' for everywhere. */
  readonly figures: Map<string, Figure>;
}

const LOAD_PAGE = 2_000;
/** Of one SKU; callers choose the region, so that there is a limit. */
const FIGURES_MAX = 64;

/**
 * The read cache of the stock query: every offer and product in memory, on every replica, from the service's own log. Nobody who asks
 * costs the database anything, and a change is here within a tick (100 ms) of its commit.
 */
@Injectable()
export class StockBook implements OnModuleInit, OnModuleDestroy {
  private readonly shelves = new Map<string, Shelf>();
  private sorted: Map<string, readonly string[]> | undefined;
  private follower: LogFollower | undefined;
  /** Called with the SKUs of which something has changed. */
  readonly listeners: ((skus: ReadonlySet<string>) => void)[] = [];

  constructor(
    private readonly database: Database,
    @Inject(INSIDE) private readonly inside: Inside,
  ) {}

  async onModuleInit(): Promise<void> {
    this.follower = await followLog(this.database, {
      types: ['OfferState', 'ProductState'],
      load: () => this.load(),
      hear: (events) => {
        const changed = new Set<string>();
        for (const { type, data } of events) if (this.apply(type, data)) changed.add(String(data['sku']));
        if (changed.size > 0) for (const it of this.listeners) it(changed);
      },
      logger: this.inside.consuming.logger,
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.follower?.stop();
  }

  /** Known in full until this instant; milliseconds of the database's clock. */
  heardAt(): number {
    return this.follower?.heardAt() ?? 0;
  }

  /** A state that is no newer than what is known changes nothing. */
  apply(type: string, data: Readonly<Record<string, unknown>>): boolean {
    if (type === 'OfferState') return this.offer(data as unknown as Fact<'OfferState'>);
    return type === 'ProductState' && this.product(data as unknown as Fact<'ProductState'>);
  }

  knows(sku: string): boolean {
    return this.shelves.get(sku)?.product?.listed === true;
  }

  categoryOf(sku: string): string | undefined {
    const product = this.shelves.get(sku)?.product;
    return product?.listed === true ? product.category : undefined;
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
      for (const { state } of rows) this.product(state);
      if (rows.length < LOAD_PAGE) break;
      after = rows.at(-1)?.id ?? '';
    }
    for (let after = ''; ;) {
      const rows = await this.rows<Offer>('offer', after);
      for (const { state } of rows) this.offer(stateOf(state));
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

  private offer(state: Omit<Fact<'OfferState'>, 'type'>): boolean {
    const { offerId, version, sku, available, capacityPerMinute, stockAsOf, kind, regions, closures, restock } = state;
    const shelf = this.shelfOf(sku);
    const known = shelf.offers.get(offerId);
    if (known !== undefined && known.version >= version) return false;
    shelf.offers.set(offerId, {
      offerId,
      version,
      available,
      capacityPerMinute,
      asOfMs: Date.parse(stockAsOf),
      source: kind === 'vault' ? 'import' : 'push',
      regions: this.shared(regions),
      closures: closures.map((it) => ({ regions: it.regions })),
      ...(restock && { restock }),
    });
    shelf.figures.clear();
    return true;
  }

  private product({ sku, version, category, listed }: Pick<Product, 'sku' | 'version' | 'category' | 'listed'>): boolean {
    const shelf = this.shelfOf(sku);
    if (shelf.product !== undefined && shelf.product.version >= version) return false;
    shelf.product = { version, category, listed };
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
