import { createHash } from 'node:crypto';
import type { Tx } from '@midstream/runtime';
import type { ChainView } from './vault.views';

/** A record of a reveal, as its hash covers it. */
export interface Link {
  readonly merchantId: string;
  /** From 1, without a gap. */
  readonly seq: number;
  readonly deliveryId: string;
  readonly apiKeyId: string;
  readonly idempotencyKey: string;
  readonly reason: string;
  readonly repeat: boolean;
  /** ISO 8601, milliseconds. */
  readonly revealedAt: string;
}

/** What is before the first link. */
export const GENESIS = Buffer.alloc(32);

/** SHA-256 over the hash of the link before and this one's canonical JSON (its members by name; RFC 8785 for what is flat). */
export function hashOf(previous: Buffer, link: Link): Buffer {
  const canonical = JSON.stringify(Object.fromEntries(Object.entries(link).sort(([a], [b]) => (a < b ? -1 : 1))));
  return createHash('sha256').update(previous).update(canonical).digest();
}

export interface Tail {
  readonly seq: number;
  readonly hash: Buffer;
  /** The database's clock. */
  readonly at: Date;
}

/** Locks the end of a merchant's chain: its reveals come one after the other, others' do not wait. */
export async function lockTail(tx: Tx, merchantId: string): Promise<Tail> {
  const { rows } = await tx.query<{ seq: string; hash: Buffer; at: Date }>(
    `INSERT INTO reveal_chain (merchant_id, seq, hash) VALUES ($1, 0, $2)
         ON CONFLICT (merchant_id) DO UPDATE SET seq = reveal_chain.seq
     RETURNING seq, hash, date_trunc('milliseconds', clock_timestamp()) AS at`,
    [merchantId, GENESIS],
  );
  const [tail] = rows;
  if (tail === undefined) throw new Error('no chain without its end');
  return { seq: Number(tail.seq), hash: tail.hash, at: tail.at };
}

/** Appends a record behind the tail that is locked. */
export function append(tx: Tx, tail: Tail, of: Omit<Link, 'seq' | 'revealedAt'>): void {
  const link: Link = { ...of, seq: tail.seq + 1, revealedAt: tail.at.toISOString() };
  const hash = hashOf(tail.hash, link);
  tx.send(
    `INSERT INTO reveal (delivery_id, merchant_id, api_key_id, idempotency_key, reason, repeat, revealed_at, seq, prev_hash, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[link.deliveryId, link.merchantId, link.apiKeyId, link.idempotencyKey, link.reason, link.repeat, link.revealedAt],
      ...[link.seq, tail.hash, hash],
    ],
  );
  tx.send(`UPDATE reveal_chain SET seq = $2, hash = $3 WHERE merchant_id = $1`, [link.merchantId, link.seq, hash]);
}

/** Records that one call looks at; more are for the next. */
export const LINKS_VERIFIED_MAX = 100_000;
const PAGE = 1_000;

interface LinkRow extends Omit<Link, 'seq' | 'revealedAt' | 'merchantId'> {
  readonly seq: string;
  readonly revealedAt: Date;
  readonly prevHash: Buffer;
  readonly hash: Buffer;
}

/**
 * Follows a merchant's chain from behind `after`: each record's hash, its place and the end must fit. What was cut off with its end is only
 * seen by who has kept an older `head`.
 */
export async function verifyChain(tx: Tx, merchantId: string, after: number): Promise<ChainView> {
  const head = (await tx.query<{ seq: string; hash: Buffer }>(`SELECT seq, hash FROM reveal_chain WHERE merchant_id = $1`, [merchantId]))
    .rows[0];
  const end = Number(head?.seq ?? 0);
  const last = Math.min(end, after + LINKS_VERIFIED_MAX);
  const anchor = after === 0 ? GENESIS : (await linksOf(tx, merchantId, after - 1, 1))[0]?.hash;
  let previous = anchor ?? GENESIS;
  let seq = after;
  while (seq < last) {
    const links = await linksOf(tx, merchantId, seq, Math.min(PAGE, last - seq));
    for (const { prevHash, hash, ...row } of links) {
      const link: Link = { ...row, merchantId, seq: Number(row.seq), revealedAt: row.revealedAt.toISOString() };
      if (link.seq !== seq + 1) return broken(merchantId, seq + 1, 'missing');
      if (!prevHash.equals(previous)) return broken(merchantId, link.seq, 'does-not-follow');
      if (!hashOf(previous, link).equals(hash)) return broken(merchantId, link.seq, 'changed');
      [previous, seq] = [hash, link.seq];
    }
    if (links.length === 0) return broken(merchantId, seq + 1, 'missing');
  }
  if (seq === end && head !== undefined && !head.hash.equals(previous)) return broken(merchantId, end, 'does-not-follow');
  const beyond = await linksOf(tx, merchantId, end, 1);
  if (beyond.length > 0) return broken(merchantId, end + 1, 'beyond-the-end');
  return {
    merchantId,
    intact: true,
    verified: seq - after,
    head: { seq: end, hash: (head?.hash ?? GENESIS).toString('hex') },
    ...(seq < end && { next: seq }),
  };
}

const broken = (merchantId: string, seq: number, why: string): ChainView => ({ merchantId, intact: false, broken: { seq, why } });

async function linksOf(tx: Tx, merchantId: string, after: number, limit: number): Promise<LinkRow[]> {
  const { rows } = await tx.query<LinkRow>(
    `SELECT seq, delivery_id AS "deliveryId", api_key_id AS "apiKeyId", idempotency_key AS "idempotencyKey", reason, repeat,
            revealed_at AS "revealedAt", prev_hash AS "prevHash", hash
       FROM reveal WHERE merchant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
    [merchantId, after, limit],
  );
  return rows;
}
