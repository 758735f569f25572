import type { Database } from '@midstream/runtime';

/** Where a code that came again is known from, as it is told. */
export interface KnownFrom {
  readonly sku: string;
  readonly supplierId?: string;
  /** The import that brought it, its line there, and who sent it; a line of before was not kept. */
  readonly batchId?: string;
  readonly line?: number;
  readonly importedBy?: string;
  /** Of one that came by a purchase, and is with it still. */
  readonly procurementId?: string;
}

/** Of a row `c` with its fingerprint: the code that is there already. */
export const KNOWN_CODE = `SELECT id, sku, offer_id, batch_id, line, purchase_id FROM code WHERE hub_print = c.hub_print`;

/** Of a code `k` with its batch `b` and its offer `o`. */
export const KNOWN_FROM = `k.sku, coalesce(b.supplier_id, o.supplier_id) AS supplier_id, k.batch_id, k.line, b.imported_by, k.purchase_id`;

export interface KnownRow {
  readonly sku: string | null;
  readonly supplier_id: string | null;
  readonly batch_id: string | null;
  readonly line: number | null;
  readonly imported_by: string | null;
  readonly purchase_id: string | null;
}

/** Undefined: it has come this very moment, from elsewhere. */
export const knownFrom = (it: KnownRow): KnownFrom | undefined =>
  it.sku === null
    ? undefined
    : {
        sku: it.sku,
        ...(it.supplier_id !== null && { supplierId: it.supplier_id }),
        ...(it.batch_id !== null && { batchId: it.batch_id }),
        ...(it.line !== null && { line: it.line }),
        ...(it.imported_by !== null && { importedBy: it.imported_by }),
        ...(it.purchase_id !== null && { procurementId: it.purchase_id }),
      };

/** Units of a purchase whose codes were known, and from where. */
export async function duplicatesOf(database: Database, purchaseId: string): Promise<{ unitId: string; from: KnownFrom }[]> {
  const { rows } = await database.pool.query<KnownRow & { unit_id: string }>(
    `SELECT c.unit_id, ${KNOWN_FROM} FROM code c JOIN code k ON k.id = c.twin_of
       LEFT JOIN code_batch b ON b.id = k.batch_id LEFT JOIN offer o ON o.id = k.offer_id
      WHERE c.purchase_id = $1 AND c.state = 'invalid' ORDER BY c.unit_id`,
    [purchaseId],
  );
  return rows.flatMap(({ unit_id: unitId, ...it }) => {
    const from = knownFrom(it);
    return from === undefined ? [] : [{ unitId, from }];
  });
}

/** Which twins are asked for: of one supplier, or of all; the newest first. */
export interface TwinsWanted {
  readonly supplierId?: string;
  /** The id of the last one of the page before. */
  readonly before?: string;
  readonly limit: number;
}

export interface Twin {
  readonly id: string;
  /** What became of it: bought, and lost for its unit; written off; given to a unit before anybody could know; or not yet written off. */
  readonly state: 'invalid' | 'expired' | 'assigned' | 'quarantined' | 'free';
  /** Where it came from, and where it was there already. */
  readonly came: KnownFrom;
  readonly knownFrom: KnownFrom;
}

/** Codes that were there already, each with where it came from and where it is known from: what a supplier can be asked to replace. */
export async function twinsOf(database: Database, { supplierId, before, limit }: TwinsWanted): Promise<Twin[]> {
  const { rows } = await database.query<{ id: string; state: Twin['state']; came: KnownRow; known: KnownRow }>(TWINS, [
    supplierId ?? null,
    before ?? null,
    limit,
  ]);
  return rows.flatMap(({ id, state, came: of, known }) => {
    const [came, there] = [knownFrom(of), knownFrom(known)];
    return came === undefined || there === undefined ? [] : [{ id, state, came, knownFrom: there }];
  });
}

/** Of a code, its batch and its offer by their aliases: the row that `knownFrom` reads. */
const from = (code: string, batch: string, offer: string): string =>
  `json_build_object('sku', ${code}.sku, 'supplier_id', coalesce(${batch}.supplier_id, ${offer}.supplier_id), 'batch_id', ${code}.batch_id,
    'line', ${code}.line, 'imported_by', ${batch}.imported_by, 'purchase_id', ${code}.purchase_id)`;

const TWINS = `
  SELECT c.id, c.state, ${from('c', 'cb', 'co')} AS came, ${from('k', 'kb', 'ko')} AS known
    FROM code c JOIN code k ON k.id = c.twin_of
    LEFT JOIN code_batch cb ON cb.id = c.batch_id LEFT JOIN offer co ON co.id = c.offer_id
    LEFT JOIN code_batch kb ON kb.id = k.batch_id LEFT JOIN offer ko ON ko.id = k.offer_id
   WHERE c.twin_of IS NOT NULL AND ($1::text IS NULL OR coalesce(cb.supplier_id, co.supplier_id) = $1) AND ($2::uuid IS NULL OR c.id < $2::uuid)
   ORDER BY c.id DESC LIMIT $3`;
