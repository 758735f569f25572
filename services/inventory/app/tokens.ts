import type { Database } from '@midstream/runtime';
import type { Sealer } from './seal';

/** What we show to suppliers. Kept apart from their rows, which go through the log. */
export class SupplierTokens {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /** Without a token what is known stays. */
  async keep(supplierId: string, token: string | undefined): Promise<void> {
    if (token === undefined) return;
    const { keyId, sealed } = this.sealer.seal(token, ['supplier', supplierId]);
    await this.database.pool.query(
      `INSERT INTO supplier_token (supplier_id, key_id, sealed) VALUES ($1, $2, $3)
           ON CONFLICT (supplier_id) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed`,
      [supplierId, keyId, sealed],
    );
  }

  async of(supplierId: string): Promise<string | undefined> {
    const { rows } = await this.database.pool.query<{ key_id: string; sealed: Buffer }>(
      `SELECT key_id, sealed FROM supplier_token WHERE supplier_id = $1`,
      [supplierId],
    );
    const [found] = rows;
    return found && this.sealer.open({ keyId: found.key_id, sealed: found.sealed }, ['supplier', supplierId]);
  }
}
