import type { Database, Tx } from '@midstream/runtime';
import { assert } from '@midstream/kernel';
import DataLoader from 'dataloader';
import { v7 as uuidv7 } from 'uuid';
import type { Sealer } from './seal';

export const CODE_LENGTH_MAX = 500;

/** One line, no white space at either end. */
export const isCode = (code: unknown): code is string =>
  typeof code === 'string' && code.length > 0 && code.length <= CODE_LENGTH_MAX && code.trim() === code && !/[\r\n]/.test(code);

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

  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /** Takes codes into a vault; those that are there already, whatever became of them, are left alone. Returns how many are new. */
  async stock(offerId: string, sku: string, codes: readonly string[]): Promise<number> {
    const rows = codes.map((code) => this.rowOf(sku, code));
    const { rowCount } = await this.database.pool.query(
      `INSERT INTO code (id, offer_id, sku, state, stocked, key_id, sealed, fingerprint)
       SELECT c.id, $1, $2, 'free', 1, c.key_id, c.sealed, c.fingerprint
         FROM unnest($3::uuid[], $4::text[], $5::bytea[], $6::bytea[]) AS c(id, key_id, sealed, fingerprint)
        ORDER BY c.fingerprint
           ON CONFLICT DO NOTHING`,
      [offerId, sku, rows.map((it) => it.id), rows.map((it) => it.keyId), rows.map((it) => it.sealed), rows.map((it) => it.fingerprint)],
    );
    return rowCount ?? 0;
  }

  /** All that ever came into a vault offer: what its supply is counted from. */
  async stocked(offerId: string): Promise<number> {
    const { rows } = await this.database.pool.query<{ n: string }>(`SELECT coalesce(sum(stocked), 0) AS n FROM code WHERE offer_id = $1`, [
      offerId,
    ]);
    return Number(rows[0]?.n);
  }

  /**
   * Gives each of these units of a purchase one free code of its vault, at most one ever: a unit that has one keeps it. Returns the units
   * that have a code now.
   */
  async assign({ purchaseId, offerId }: OfPurchase, unitIds: readonly string[]): Promise<string[]> {
    return this.database.transaction(async (tx) => {
      // two answers to one purchase must not both look for its codes
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [purchaseId]);
      const given = new Set(await unitsOf(tx, [purchaseId]));
      const wanting = unitIds.filter((it) => !given.has(it));
      const got = await give(tx, offerId, purchaseId, wanting, 'SKIP LOCKED');
      const short = wanting.filter((it) => !got.includes(it));
      // Skipped is not sold out: what others had locked may be free again (reliability.md 3.2).
      const more = short.length === 0 ? [] : await give(tx, offerId, purchaseId, short, '');
      return [...given, ...got, ...more];
    });
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

  private keepTogether(all: readonly Sent[]): Promise<Set<string>[]> {
    const codes = all.flatMap(({ sent, ...of }) => sent.filter((it) => isCode(it.code)).map((it) => this.sentRow(of, it)));
    return this.database.transaction(async (tx) => {
      tx.send(
        `INSERT INTO code (id, offer_id, sku, state, unit_id, purchase_id, stocked, key_id, sealed, fingerprint)
         SELECT c.id, c.offer_id, c.sku, 'assigned', c.unit_id, c.purchase_id, 0, c.key_id, c.sealed, c.fingerprint
           FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[])
             AS c(id, offer_id, sku, unit_id, purchase_id, key_id, sealed, fingerprint)
          ORDER BY c.fingerprint
             ON CONFLICT DO NOTHING`,
        [...columnsOf(codes), codes.map((it) => it.fingerprint)],
      );
      const good = new Set(
        await unitsOf(
          tx,
          all.map((it) => it.purchaseId),
        ),
      );
      const bad = all.flatMap(({ sent, ...of }) => sent.filter((it) => !good.has(it.unitId)).map((it) => ({ of, sent: it })));
      if (bad.length > 0) this.keepApart(tx, bad);
      return all.map(({ sent }) => new Set(sent.map((it) => it.unitId).filter((it) => good.has(it))));
    });
  }

  /** What is no code, or not ours to give, stays as proof for the claim on the supplier. */
  private keepApart(tx: Tx, bad: readonly { readonly of: OfPurchase; readonly sent: SentCode }[]): void {
    const rows = bad.map(({ of, sent }) => this.sentRow(of, { ...sent, code: String(sent.code).slice(0, CODE_LENGTH_MAX) }));
    tx.send(
      `INSERT INTO code (id, offer_id, sku, state, unit_id, purchase_id, stocked, key_id, sealed)
       SELECT c.id, c.offer_id, c.sku, 'invalid', c.unit_id, c.purchase_id, 0, c.key_id, c.sealed
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[])
           AS c(id, offer_id, sku, unit_id, purchase_id, key_id, sealed)
           ON CONFLICT DO NOTHING`,
      columnsOf(rows),
    );
  }

  private sentRow({ purchaseId, offerId, sku }: OfPurchase, { unitId, code }: SentCode): SentRow {
    return { ...{ purchaseId, offerId, sku, unitId }, ...this.rowOf(sku, code) };
  }

  /** Back into a vault: the one that they came from, or the hub's own. Whoever has done it before has done it. */
  async giveBack(unitIds: readonly string[], offerId: string): Promise<void> {
    await this.database.pool.query(
      `UPDATE code SET state = 'free', unit_id = NULL, purchase_id = NULL, offer_id = $2, stocked = CASE WHEN offer_id = $2 THEN stocked + 1 ELSE 1 END
        WHERE unit_id = ANY($1)`,
      [unitIds, offerId],
    );
  }

  async quarantine(unitIds: readonly string[]): Promise<void> {
    await this.database.pool.query(`UPDATE code SET state = 'quarantined' WHERE unit_id = ANY($1) AND state = 'assigned'`, [unitIds]);
  }

  /** The code of a delivered unit, in clear. @throws Error where the unit has none, or it does not open. */
  async open(tx: Tx, unitId: string): Promise<string> {
    const { rows } = await tx.query<{ id: string; sku: string; key_id: string; sealed: Buffer }>(
      `SELECT id, sku, key_id, sealed FROM code WHERE unit_id = $1 AND state = 'assigned'`,
      [unitId],
    );
    const [found] = rows;
    if (found === undefined) throw new Error(`the unit ${unitId} has no code`);
    return this.sealer.open({ keyId: found.key_id, sealed: found.sealed }, ['code', found.sku, found.id]);
  }

  private rowOf(sku: string, code: string) {
    const id = uuidv7();
    return { id, ...this.sealer.seal(code, ['code', sku, id]), fingerprint: this.sealer.fingerprint(sku, code) };
  }
}

interface SentRow extends OfPurchase {
  readonly id: string;
  readonly unitId: string;
  readonly keyId: string;
  readonly sealed: Buffer;
  readonly fingerprint: Buffer;
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
  rows.map((it) => it.sealed),
];

async function unitsOf(tx: Tx, purchaseIds: readonly string[]): Promise<string[]> {
  const { rows } = await tx.query<{ unit_id: string }>(
    `SELECT unit_id FROM code WHERE purchase_id = ANY($1) AND state IN ('assigned', 'quarantined')`,
    [purchaseIds],
  );
  return rows.map((it) => it.unit_id);
}

/** One statement for all units: row by row is twenty times slower (reliability.md 3.2). */
async function give(tx: Tx, offerId: string, purchaseId: string, unitIds: readonly string[], skip: 'SKIP LOCKED' | ''): Promise<string[]> {
  if (unitIds.length === 0) return [];
  const { rows } = await tx.query<{ unit_id: string }>(
    `WITH unit AS MATERIALIZED (SELECT id, row_number() OVER () AS n FROM unnest($3::text[]) AS u(id)),
          free AS MATERIALIZED (SELECT id FROM code WHERE offer_id = $1 AND state = 'free' ORDER BY id LIMIT $4 FOR UPDATE ${skip}),
          nth  AS MATERIALIZED (SELECT id, row_number() OVER (ORDER BY id) AS n FROM free)
     UPDATE code SET state = 'assigned', purchase_id = $2, unit_id = unit.id
       FROM nth JOIN unit USING (n)
      WHERE code.id = nth.id
     RETURNING code.unit_id`,
    [offerId, purchaseId, unitIds, unitIds.length],
  );
  return rows.map((it) => it.unit_id);
}
