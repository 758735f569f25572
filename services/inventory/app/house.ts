import { Database, SETTINGS } from '@midstream/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { BUY_WAIT_MS, HttpSupplier } from './adapters/http';
import { VaultSupplier } from './adapters/vault';
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
  readonly http: HttpSupplier;
  readonly vault: VaultSupplier;

  constructor(database: Database, @Inject(SETTINGS) settings: Readonly<Record<string, string>>) {
    const { vaultKey, fingerprintKey, allowPrivate, buyWaitMs } = settings;
    if (vaultKey === undefined || fingerprintKey === undefined) {
      throw new Error('MIDSTREAM_VAULT_KEY and MIDSTREAM_FINGERPRINT_KEY (or …_FILE) are not set: 32 bytes in base64 each');
    }
    const sealer = new Sealer(vaultKey, fingerprintKey);
    this.codes = new Codes(database, sealer);
    this.tokens = new SupplierTokens(database, sealer);
    this.http = new HttpSupplier(this.codes, this.tokens, {
      allowPrivate: allowPrivate === 'true',
      ...(buyWaitMs !== undefined && { buyWaitMs: Math.min(BUY_WAIT_MS, Number(buyWaitMs)) }),
    });
    this.vault = new VaultSupplier(this.codes);
    House.byDatabase.set(database, this);
  }

  /** @throws Error where the service has not started. */
  static of(database: Database): House {
    const house = House.byDatabase.get(database);
    if (house === undefined) throw new Error('the service has its keys once it has started');
    return house;
  }
}
