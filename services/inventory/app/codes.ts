import { byteaArray, type Database, newId, type Tx } from '@midstream/runtime';
import { assert } from '@midstream/kernel';
import DataLoader from 'dataloader';
import { Assignments } from './assign';
import type { DataKeys } from './keys';
import type { DataKey, Fingerprints } from './seal';
import { KNOWN_CODE } from './twins';

/** UTF-8 bytes of a code. */
export const CODE_BYTES_MAX = 4_096;

/** One line, no white space at either end. */
export const isCode = (code: unknown): code is string =>
  typeof code === 'string' && code.length > 0 && Buffer.byteLength(code) <= CODE_BYTES_MAX && code.trim() === code && !/[\r\n]/.test(code);

/** A code that a supplier has sent for a unit. */
export interface SentCode {
  readonly unitId: string;
  readonly code: string;
}

interface OfPurchase {
  readonly purchaseId: string;
  readonly offerId: string;
  readonly sku: string;
}

/** What one answer of a supplier has sent. */
interface Sent extends OfPurchase {
  readonly sent: readonly SentCode[];
}

export interface VaultTotals {
  readonly stocked: number;
  readonly expired: number;
  /** Of the expired: those that were taken off sale before. */
  readonly withdrawn: number;
  /** Of the expired: those that were there under another good as well. */
  readonly twins: number;
}

/** So much of what is no code is kept as proof. */
const PROOF_LENGTH_MAX = 500;

/** Answers that are kept in one transaction. */
const ANSWERS_MAX = 100;

/** The card codes. Only what is sealed reaches the database, and only here is it sealed and opened. */
export class Codes {
  private keeping: Promise<unknown> = Promise.resolve();
  /** Answers that come while others are being kept are kept together: one transaction, one wait for the disk. */
  private readonly answers = new DataLoader<Sent, Set<string>>((all) => this.keepAll(all), {
    cache: false,
    maxBatchSize: ANSWERS_MAX,
    batchScheduleFn: (go) => void this.keeping.finally(() => setImmediate(go)),
  });

  private readonly assignments: Assignments;

  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
    private readonly fingerprints: Fingerprints,
  ) {
    this.assignments = new Assignments(database);
  }

  /** All that ever came into a vault, and what of it expired there: what its supply is counted from. Both only grow. */
  async totals(offerId: string): Promise<VaultTotals> {
    const { rows } = await this.database.query<{ stocked: string; expired: string; withdrawn: string; twins: string }>(
      `SELECT stocked, expired, withdrawn, twins FROM vault_total WHERE offer_id = $1`,
      [offerId],
    );
    const [{ stocked = 0, expired = 0, withdrawn = 0, twins = 0 } = {}] = rows;
    return { stocked: Number(stocked), expired: Number(expired), withdrawn: Number(withdrawn), twins: Number(twins) };
  }

  /**
   * Gives each of these units of a purchase one free code of its vault, at most one ever: a unit that has one keeps it. Returns the units
   * that have a code now.
   */
  assign({ purchaseId, offerId }: OfPurchase, unitIds: readonly string[]): Promise<string[]> {
    return this.assignments.assign({ purchaseId, offerId, unitIds });
  }

  /**
   * Keeps what a supplier has sent, before anybody hears of it. Returns the units whose code is good; a code that is known already, for
   * another unit or from the vault, is not, and neither is one that is no code at all. A repeat finds what it found before.
   */
  keepSent(purchase: OfPurchase, sent: readonly SentCode[]): Promise<Set<string>> {
    return this.answers.load({ ...purchase, sent });
  }

  /** Where one of them cannot be kept, each is kept by itself. */
  private async keepAll(all: readonly Sent[]): Promise<(Set<string> | Error)[]> {
    const kept = this.keepTogether(all).catch((error: Error) =>
      all.length === 1 ? [error] : Promise.all(all.map((it) => this.keepTogether([it]).then(firstOf, (alone: Error) => alone))),
    );
    this.keeping = kept;
    return kept;
  }

  private async keepTogether(all: readonly Sent[]): Promise<Set<string>[]> {
    const key = await this.keys.ownFor(
      'sent',
      all.reduce((sum, it) => sum + 2 * it.sent.length, 0),
    );
    const codes = all.flatMap(({ sent, ...of }) => sent.filter((it) => isCode(it.code)).map((it) => this.sentRow(key, of, it)));
    return this.database.transaction(async (tx) => {
      tx.send(
        `INSERT INTO code (id, offer_id, sku, state, unit_id, purchase_id, stocked, key_id, sealed, hub_print)
         SELECT c.id, c.offer_id, c.sku, 'assigned', c.unit_id, c.purchase_id, 0, c.key_id, c.sealed, c.hub_print
           FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[])
             AS c(id, offer_id, sku, unit_id, purchase_id, key_id, sealed, hub_print)
          ORDER BY c.hub_print
             ON CONFLICT DO NOTHING`,
        columnsOf(codes),
      );
      const good = new Set(
        await unitsOf(
          tx,
          all.map((it) => it.purchaseId),
        ),
      );
      const bad = all.flatMap(({ sent, ...of }) => sent.filter((it) => !good.has(it.unitId)).map((it) => ({ of, sent: it })));
      if (bad.length > 0) this.keepApart(tx, key, bad);
      return all.map(({ sent }) => new Set(sent.map((it) => it.unitId).filter((it) => good.has(it))));
    });
  }

  /** What is no code, or not ours to give, stays as proof for the claim on the supplier; of a code that is known, with where it is known from. */
  private keepApart(tx: Tx, key: DataKey, bad: readonly { readonly of: OfPurchase; readonly sent: SentCode }[]): void {
    const rows = bad.map(({ of, sent }) => this.sentRow(key, of, { ...sent, code: String(sent.code) }));
    tx.send(
      `INSERT INTO code (id, offer_id, sku, state, unit_id, purchase_id, stocked, key_id, sealed, twin_of)
       SELECT c.id, c.offer_id, c.sku, 'invalid', c.unit_id, c.purchase_id, 0, c.key_id, c.sealed, k.id
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[])
           AS c(id, offer_id, sku, unit_id, purchase_id, key_id, sealed, hub_print)
         LEFT JOIN LATERAL (${KNOWN_CODE}) AS k ON true
           ON CONFLICT DO NOTHING`,
      columnsOf(rows),
    );
  }

  private sentRow(key: DataKey, { purchaseId, offerId, sku }: OfPurchase, { unitId, code }: SentCode): SentRow {
    const id = newId(Date.now());
    const kept = isCode(code) ? code : String(code).slice(0, PROOF_LENGTH_MAX);
    const sealed = this.keys.seal(key, kept, ['code', sku, id]);
    return { purchaseId, offerId, sku, unitId, id, ...sealed, hubPrint: this.fingerprints.of(code) };
  }

  /** Back into a vault: the one that they came from, or the hub's own. Whoever has done it before has done it. */
  async giveBack(unitIds: readonly string[], offerId: string): Promise<void> {
    await this.database.query(
      `WITH back AS (
         UPDATE code SET state = 'free', unit_id = NULL, purchase_id = NULL, offer_id = $2, stocked = CASE WHEN offer_id = $2 THEN stocked + 1 ELSE 1 END
          WHERE unit_id = ANY($1) RETURNING 1)
       INSERT INTO vault_total AS t (offer_id, stocked, expired, told) SELECT $2, count(*), 0, 0 FROM back HAVING count(*) > 0
           ON CONFLICT (offer_id) DO UPDATE SET stocked = t.stocked + excluded.stocked, changed_at = excluded.changed_at`,
      [unitIds, offerId],
    );
  }

  async quarantine(unitIds: readonly string[]): Promise<void> {
    await this.database.pool.query(`UPDATE code SET state = 'quarantined' WHERE unit_id = ANY($1) AND state = 'assigned'`, [unitIds]);
  }

  /** The code of a delivered unit, in clear. @throws Error where the unit has none, or it does not open. */
  async open(tx: Tx, unitId: string): Promise<{ readonly code: string; readonly expiresAt?: Date }> {
    const { rows } = await tx.query<{ id: string; sku: string; key_id: string; sealed: Buffer; expires_at: Date | null }>(
      `SELECT id, sku, key_id, sealed, nullif(expires_at, 'infinity') AS expires_at FROM code WHERE unit_id = $1 AND state = 'assigned'`,
      [unitId],
    );
    const [found] = rows;
    if (found === undefined) throw new Error(`the unit ${unitId} has no code`);
    const code = await this.keys.open({ keyId: found.key_id, sealed: found.sealed }, ['code', found.sku, found.id]);
    return { code, ...(found.expires_at !== null && { expiresAt: found.expires_at }) };
  }
}

interface SentRow extends OfPurchase {
  readonly id: string;
  readonly unitId: string;
  readonly keyId: string;
  readonly sealed: Buffer;
  readonly hubPrint: Buffer;
}

const firstOf = <T>([first]: readonly T[]): T => {
  assert(first !== undefined, 'what is kept alone has an answer');
  return first;
};

const columnsOf = (rows: readonly SentRow[]): unknown[] => [
  rows.map((it) => it.id),
  rows.map((it) => it.offerId),
  rows.map((it) => it.sku),
  rows.map((it) => it.unitId),
  rows.map((it) => it.purchaseId),
  rows.map((it) => it.keyId),
  byteaArray(rows.map((it) => it.sealed)),
  byteaArray(rows.map((it) => it.hubPrint)),
];

async function unitsOf(tx: Tx, purchaseIds: readonly string[]): Promise<string[]> {
  const { rows } = await tx.query<{ unit_id: string }>(
    `SELECT unit_id FROM code WHERE purchase_id = ANY($1) AND state IN ('assigned', 'quarantined')`,
    [purchaseIds],
  );
  return rows.map((it) => it.unit_id);
}
