import {
  ALERTS_ID,
  type InventoryCommand,
  levelsOf,
  type Rows,
  type StockAlerts,
  type StockLevel,
  statusAfter,
} from '@midstream/inventory-domain';
import { Commands, Database, SETTINGS } from '@midstream/runtime';
import { INSIDE, type Inside } from '@midstream/runtime/ops';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { StockBook } from './stock.book';

/** All that changes within it is looked at once, with one read: a figure that moves with every hold costs no more. */
const LOOK_EVERY_MS = 1_000;
/** Commands that are sent at once; the shell gathers them. */
const AT_ONCE = 200;

type Levels = Pick<Rows, 'alerts' | 'levels'>;

/**
 * Notices, on every replica, which goods have become low, sold out or available again: from the book in memory, so that neither a hold nor
 * a feed costs a statement more. What it notices is decided once, under the good's own row.
 */
@Injectable()
export class StockLevels implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly changed = new Set<string>();
  private readonly isOff: boolean;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isStopping = false;

  constructor(
    private readonly book: StockBook,
    private readonly commands: Commands<InventoryCommand>,
    private readonly database: Database,
    @Inject(INSIDE) private readonly inside: Inside,
    @Inject(SETTINGS) { stockAlerts = 'on' }: Readonly<Record<string, string>>,
  ) {
    if (stockAlerts !== 'on' && stockAlerts !== 'off') throw new Error(`MIDSTREAM_STOCK_ALERTS is ${stockAlerts}: on, off`);
    this.isOff = stockAlerts === 'off';
    if (!this.isOff) book.listeners.push((sku) => this.lookSoon(sku));
  }

  /** What has happened while nobody looked. */
  onApplicationBootstrap(): void {
    this.lookAtAll();
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  lookAtAll(): void {
    if (this.isOff) return;
    for (const it of this.book.skus()) this.changed.add(it);
    this.lookSoon();
  }

  private lookSoon(...skus: readonly string[]): void {
    for (const it of skus) this.changed.add(it);
    if (this.isStopping || this.changed.size === 0) return;
    this.timer ??= setTimeout(() => void (this.looking = this.look()), LOOK_EVERY_MS).unref();
  }

  /** Where it fails, the goods are looked at again. */
  private async look(): Promise<void> {
    const skus = [...this.changed];
    this.changed.clear();
    try {
      const known = await this.known(skus);
      const news = skus.filter((it) => this.isNews(it, known));
      for (let from = 0; from < news.length && !this.isStopping; from += AT_ONCE)
        await Promise.all(news.slice(from, from + AT_ONCE).map((it) => this.note(it)));
    } catch (err) {
      for (const it of skus) this.changed.add(it);
      this.inside.consuming.logger.warn({ err, goods: skus.length }, 'stock levels could not be noted; the goods are looked at again');
    }
    this.timer = undefined;
    this.lookSoon();
  }

  private async known(skus: readonly string[]): Promise<Levels> {
    const [levels, alerts] = await Promise.all([
      this.database.query<{ id: string; state: StockLevel }>('SELECT id, state FROM stock_level WHERE id = ANY($1)', [skus]),
      this.database.query<{ id: string; state: StockAlerts }>('SELECT id, state FROM stock_alert WHERE id = $1', [ALERTS_ID]),
    ]);
    return { levels: rowsOf(levels.rows), alerts: rowsOf(alerts.rows) };
  }

  /** Whether the good stands otherwise than it was told to. */
  private isNews(sku: string, { levels, alerts }: Levels): boolean {
    const category = this.book.categoryOf(sku);
    if (category === undefined) return false;
    const known = levels[sku];
    const available = this.book.availableOf(sku);
    if (known === undefined) return available > 0;
    return statusAfter(known.status, available, levelsOf({ alerts }, { sku, category })) !== known.status;
  }

  private note(sku: string): Promise<unknown> {
    return this.commands.run({ type: 'NoteStock', sku, available: this.book.availableOf(sku) });
  }
}

const rowsOf = <Row>(found: readonly { readonly id: string; readonly state: Row }[]): Readonly<Record<string, Row>> =>
  Object.fromEntries(found.map(({ id, state }) => [id, state]));
