import { unitId } from '@midstream/inventory-domain';
import { type Database, NotFound, Problem } from '@midstream/runtime';
import { CODE_BYTES_MAX, type Codes, isCode } from '../../codes';
import type { Answer, Wanted } from '../port';

/** How a person shows that a unit is done. A code is none: it goes to the vault. */
export interface Proof {
  readonly kind: 'text' | 'url' | 'reference';
  readonly value: string;
}

/** A unit that a person has done: with its code, or with a proof. */
export interface DoneUnit {
  readonly unit: number;
  readonly code?: string;
  readonly proof?: Proof;
}

interface ItemRow {
  readonly id: string;
  readonly supplier_id: string;
  readonly hold_id: string;
  readonly offer_id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly status: 'open' | 'done' | 'refused';
  readonly wants: 'code' | 'proof';
}

/** What suppliers do by hand: an item a purchase, under the purchase's id. */
export class WorkItems {
  constructor(
    private readonly database: Database,
    private readonly codes: Codes,
  ) {}

  /** Put again it is as it is. */
  async open(wanted: Wanted): Promise<void> {
    const { purchaseId, supplierId, holdId, offerId, sku, quantity, recipient, deliverByAt, unitCostMinor } = wanted;
    await this.database.pool.query(
      `INSERT INTO work_item (id, supplier_id, hold_id, offer_id, sku, quantity, wants, unit_cost_minor, due_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9::double precision / 1000)) ON CONFLICT DO NOTHING`,
      [purchaseId, supplierId, holdId, offerId, sku, quantity, recipient === undefined ? 'code' : 'proof', unitCostMinor, deliverByAt],
    );
  }

  /** What is done of it; undefined where there is no such item. */
  async answer({ purchaseId, unitCostMinor }: Wanted): Promise<Answer | undefined> {
    const item = await this.find(purchaseId);
    if (item === undefined) return undefined;
    const { rows } = await this.database.pool.query<{ unit: number; kind: 'code' | 'top-up' | 'invalid' }>(
      `SELECT unit, kind FROM work_item_unit WHERE work_item_id = $1 ORDER BY unit`,
      [purchaseId],
    );
    return { units: rows, rest: item.status === 'open' ? 'pending' : 'refused', unitCostMinor };
  }

  /**
   * Takes what a person has done: codes into the vault, proofs into the books. A unit that is done stays done.
   * @throws NotFound, Problem where it is closed, or a unit is none of it, or has not what the product needs.
   */
  async done(id: string, units: readonly DoneUnit[], supplierId: string | undefined): Promise<ItemRow> {
    const item = await this.own(id, supplierId);
    if (item.status !== 'open') throw closed();
    for (const it of units) check(item, it);
    const sent = units.flatMap(({ unit, code }) => (code === undefined ? [] : [{ unitId: unitId(id, unit), code }]));
    const of = { purchaseId: id, offerId: item.offer_id, sku: item.sku };
    const good = sent.length === 0 ? new Set<string>() : await this.codes.keepSent(of, sent);
    const kindOf = ({ unit, code }: DoneUnit): string => (code === undefined ? 'top-up' : good.has(unitId(id, unit)) ? 'code' : 'invalid');
    await this.database.transaction(async (tx) => {
      // Locked first, so that of two who bring the last units at once one sees the other's
      const { rowCount } = await tx.query(`SELECT 1 FROM work_item WHERE id = $1 AND status = 'open' FOR UPDATE`, [id]);
      if (rowCount !== 1) throw closed();
      await tx.query(
        `WITH u AS (INSERT INTO work_item_unit (work_item_id, unit, kind, proof_kind, proof)
           SELECT $1, d.unit, d.kind, d.proof_kind, d.proof FROM unnest($2::int[], $3::text[], $4::text[], $5::text[]) AS d(unit, kind, proof_kind, proof)
               ON CONFLICT DO NOTHING RETURNING 1)
         UPDATE work_item SET status = 'done', closed_at = clock_timestamp()
          WHERE id = $1 AND (SELECT count(*) FROM u) + (SELECT count(*) FROM work_item_unit WHERE work_item_id = $1) >= quantity`,
        [
          ...[id, units.map((it) => it.unit), units.map(kindOf)],
          ...[units.map((it) => it.proof?.kind ?? null), units.map((it) => it.proof?.value ?? null)],
        ],
      );
    });
    return item;
  }

  /** What is not done by now never will be. @throws NotFound, Problem where it is closed */
  async refuse(id: string, reason: string, supplierId: string | undefined): Promise<ItemRow> {
    const item = await this.own(id, supplierId);
    const { rowCount } = await this.database.pool.query(
      `UPDATE work_item SET status = 'refused', reason = $2, closed_at = clock_timestamp() WHERE id = $1 AND status = 'open'`,
      [id, reason],
    );
    if (rowCount !== 1) throw closed();
    return item;
  }

  private async own(id: string, supplierId: string | undefined): Promise<ItemRow> {
    const item = await this.find(id);
    if (item === undefined || (supplierId !== undefined && item.supplier_id !== supplierId)) throw new NotFound('unknown-work-item');
    return item;
  }

  private async find(id: string): Promise<ItemRow | undefined> {
    const { rows } = await this.database.pool.query<ItemRow>(
      `SELECT id, supplier_id, hold_id, offer_id, sku, quantity, status, wants FROM work_item WHERE id = $1`,
      [id],
    );
    return rows[0];
  }
}

const closed = (): Problem => new Problem(409, 'work-item-closed', 'The work item is closed');

function check({ quantity, wants }: ItemRow, { unit, code, proof }: DoneUnit): void {
  const wrong = (word: string, title: string): Problem =>
    new Problem(422, word, title, `Of unit ${unit}; the work item has ${quantity}`, { field: 'units' });
  if (unit > quantity) throw wrong('wrong-unit', 'The work item has no such unit');
  if (wants === 'code' && (code === undefined || !isCode(code)))
    throw wrong('code-missing', `A code of one line, of at most ${CODE_BYTES_MAX} bytes, without blanks around it, is needed`);
  if (wants === 'proof' && (proof === undefined || code !== undefined)) throw wrong('proof-missing', 'A proof is needed, and no code');
}
