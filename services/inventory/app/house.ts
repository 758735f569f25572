import type { Supplier } from '@midstream/inventory-domain';
import { Database, SETTINGS } from '@midstream/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { type Adapters, makeAdapters } from './adapters';
import { WorkItems } from './adapters/manual/work-items';
import { SupplierOrders } from './adapters/orders';
import { Outside } from './adapters/outside';
import { BUY_WAIT_MS, type Seller } from './adapters/port';
import { Batches } from './batches';
import { Breakers } from './breakers';
import { Codes } from './codes';
import { FeedSecrets } from './feed/secrets';
import { DataKeys } from './keys';
import { kmsOf } from './kms/choose';
import { Fingerprints } from './seal';
import { sellMarginsOf } from './sell-margin';
import { type StaleAfter, staleAfterOf } from './stale-after';
import { Stocking } from './stocking';
import { SupplierTokens } from './tokens';

/**
 * What this service has from outside: its keys, and with them the codes and the suppliers. Made once a service; effects, which the shell
 * calls with a database, find it by that.
 */
@Injectable()
export class House {
  private static readonly byDatabase = new WeakMap<Database, House>();
  readonly keys: DataKeys;
  readonly fingerprints: Fingerprints;
  readonly codes: Codes;
  readonly stocking: Stocking;
  readonly batches: Batches;
  readonly tokens: SupplierTokens;
  readonly works: WorkItems;
  readonly orders: SupplierOrders;
  readonly feedSecrets: FeedSecrets;
  readonly adapters: Adapters;
  readonly breakers = new Breakers();
  /** Days before expiry, by the category of a product. */
  readonly sellMarginDays: (category: string) => number;
  /** What becomes of figures that are overdue, by the category of a product. */
  readonly staleAfter: ReadonlyMap<string, StaleAfter | undefined>;

  constructor(database: Database, @Inject(SETTINGS) settings: Readonly<Record<string, string>>) {
    const { fingerprintKey, allowPrivate, buyWaitMs, sellMarginDays, staleAfterMinutes } = settings;
    this.sellMarginDays = sellMarginsOf(sellMarginDays);
    this.staleAfter = staleAfterOf(staleAfterMinutes);
    if (fingerprintKey === undefined) throw new Error('MIDSTREAM_FINGERPRINT_KEY (or …_FILE) is not set: 32 bytes in base64');
    this.fingerprints = new Fingerprints(fingerprintKey);
    this.keys = new DataKeys(database, kmsOf(settings));
    this.codes = new Codes(database, this.keys, this.fingerprints);
    this.batches = new Batches(database, this.keys);
    this.stocking = new Stocking(database, this.keys, this.fingerprints);
    this.tokens = new SupplierTokens(database, this.keys);
    this.feedSecrets = new FeedSecrets(database, this.keys);
    this.works = new WorkItems(database, this.codes);
    this.orders = new SupplierOrders(database);
    const { codes, tokens, works, orders } = this;
    this.adapters = makeAdapters({
      codes,
      tokens,
      works,
      orders,
      outside: new Outside({ allowPrivate: allowPrivate === 'true' }),
      ...(buyWaitMs !== undefined && { buyWaitMs: Math.min(BUY_WAIT_MS, Number(buyWaitMs)) }),
    });
    House.byDatabase.set(database, this);
  }

  /** The supplier, by the adapter of its kind. @throws Error for a kind of a later version. */
  sellerOf(supplier: Supplier): Seller {
    const adapter = this.adapters.get(supplier.kind);
    if (adapter === undefined) throw new Error(`there is no adapter for suppliers of the kind ${supplier.kind}`);
    return adapter.at(supplier);
  }

  /** @throws Error where the service has not started. */
  static of(database: Database): House {
    const house = House.byDatabase.get(database);
    if (house === undefined) throw new Error('the service has its keys once it has started');
    return house;
  }
}
