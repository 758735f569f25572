import type { Database } from '@midstream/runtime';
import DataLoader from 'dataloader';
import type { DataKeys } from './keys';

interface TokenFound {
  readonly supplier_id: string;
  readonly key_id: string;
  readonly sealed: Buffer;
}

const NOTHING_REMEMBERED = { cache: false };

/** What we show to suppliers. Kept apart from their rows, which go through the log. */
export class SupplierTokens {
  /** Calls that begin together ask together; nothing is remembered. */
  private readonly asked = new DataLoader<string, TokenFound | undefined>(async (ids) => {
    const { rows } = await this.database.query<TokenFound>(
      `SELECT supplier_id, key_id, sealed FROM supplier_token WHERE supplier_id = ANY($1)`,
      [[...new Set(ids)]],
    );
    const found = new Map(rows.map((it) => [it.supplier_id, it]));
    return ids.map((it) => found.get(it));
  }, NOTHING_REMEMBERED);

  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
  ) {}

  /** Without a token what is known stays. */
  async keep(supplierId: string, token: string | undefined): Promise<void> {
    if (token === undefined) return;
    const { keyId, sealed } = this.keys.seal(await this.keys.ownFor('token', 1), token, ['supplier', supplierId]);
    await this.database.pool.query(
      `INSERT INTO supplier_token (supplier_id, key_id, sealed) VALUES ($1, $2, $3)
           ON CONFLICT (supplier_id) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed`,
      [supplierId, keyId, sealed],
    );
  }

  async of(supplierId: string): Promise<string | undefined> {
    const found = await this.asked.load(supplierId);
    return found && this.keys.open({ keyId: found.key_id, sealed: found.sealed }, ['supplier', supplierId]);
  }
}
