import type { Supplier } from '@midstream/inventory-domain';
import { Database, SETTINGS } from '@midstream/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { type Adapters, makeAdapters } from './adapters';
import { WorkItems } from './adapters/manual/work-items';
import { SupplierOrders } from './adapters/orders';
import { Outside } from './adapters/outside';
import { BUY_WAIT_MS, type Seller } from './adapters/port';
import { Codes } from './codes';
import { Sealer } from './seal';
import { SupplierTokens } from './tokens';

/**
 * What this service has from outside: its keys, and with them the codes and the suppliers. Made once a service; effects, which the shell
 * calls with a database, find it by that.
 */
@Injectable()
export class House {
  private static readonly byDatabase = new WeakMap<Database, House>();
  readonly codes: Codes;
  readonly tokens: SupplierTokens;
  readonly works: WorkItems;
  readonly orders: SupplierOrders;
  readonly adapters: Adapters;

  constructor(database: Database, @Inject(SETTINGS) settings: Readonly<Record<string, string>>) {
    const { vaultKey, fingerprintKey, allowPrivate, buyWaitMs } = settings;
    if (vaultKey === undefined || fingerprintKey === undefined) {
      throw new Error('MIDSTREAM_VAULT_KEY and MIDSTREAM_FINGERPRINT_KEY (or …_FILE) are not set: 32 bytes in base64 each');
    }
    const sealer = new Sealer(vaultKey, fingerprintKey);
    this.codes = new Codes(database, sealer);
    this.tokens = new SupplierTokens(database, sealer);
    this.works = new WorkItems(database, this.codes);
    this.orders = new SupplierOrders(database);
    const { codes, tokens, works, orders } = this;
    this.adapters = makeAdapters({
      ...{ codes, tokens, works, orders },
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
