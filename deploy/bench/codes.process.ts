import { randomBytes } from 'node:crypto';
import { Codes } from '@midstream/inventory/codes';
import { DataKeys } from '@midstream/inventory/keys';
import { LocalKms } from '@midstream/inventory/kms/kms';
import { Fingerprints } from '@midstream/inventory/seal';
import { inventoryService } from '@midstream/inventory/service';
import { CODES_A_STATEMENT, Stocking } from '@midstream/inventory/stocking';
import { openDatabase } from '@midstream/runtime';
import { serve } from './part';

export interface CodesTold {
  readonly databaseUrl: string;
  readonly clients: number;
  readonly seconds: number;
}

export interface CodesDone {
  /** Encrypted, stored, and given to a unit. */
  readonly codesPerSecond: number;
  /** Of 500 codes, milliseconds. */
  readonly latencies: readonly number[];
  readonly failed: number;
}

const OFFERS = 5;
const UNITS_A_PURCHASE = 10;
const WARM_MS = 1_000;
const SKU = 'hot';

let vault: Promise<{ readonly stocking: Stocking; readonly codes: Codes; readonly keys: DataKeys }> | undefined;
let count = 0;

/** The vault alone, on inventory's real tables: codes are sealed and stored by five hundreds, and purchases of ten units get them. */
serve<CodesTold, CodesDone>(async ({ databaseUrl, clients, seconds }) => {
  vault ??= open(databaseUrl);
  const { stocking, codes, keys } = await vault;
  const begin = performance.now() + WARM_MS;
  const end = begin + seconds * 1_000;
  const latencies: number[] = [];
  let failed = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const at = performance.now();
      const batch = (count += 1);
      const offerId = `s${batch % OFFERS}~${SKU}`;
      const lines = Array.from({ length: CODES_A_STATEMENT }, (_, line) => ({ line, code: `7KQ2-XM1D-${batch}-${line}` }));
      await stocking.take({ offerId, sku: SKU, key: await keys.ownFor('batch', lines.length) }, lines);
      const purchases = Array.from({ length: CODES_A_STATEMENT / UNITS_A_PURCHASE }, (_, n) => `p${batch}.${n}`);
      const given = await Promise.all(
        purchases.map((purchaseId) =>
          codes.assign(
            { purchaseId, offerId, sku: SKU },
            Array.from({ length: UNITS_A_PURCHASE }, (_, n) => `${purchaseId}/${n}`),
          ),
        ),
      );
      failed += CODES_A_STATEMENT - given.flat().length;
      const now = performance.now();
      if (now >= begin && now < end) latencies.push(now - at);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { codesPerSecond: (latencies.length * CODES_A_STATEMENT) / seconds, latencies, failed };
});

async function open(url: string) {
  const secret = (): string => randomBytes(32).toString('base64');
  const database = await openDatabase({ url, entities: inventoryService.entities ?? [], migrations: inventoryService.migrations });
  const local = new LocalKms(secret());
  const keys = new DataKeys(database, { current: local, all: [local], local });
  const prints = new Fingerprints(secret());
  return { keys, stocking: new Stocking(database, keys, prints), codes: new Codes(database, keys, prints) };
}
