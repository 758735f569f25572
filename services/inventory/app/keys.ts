import { randomBytes } from 'node:crypto';
import type { Database, Tx } from '@midstream/runtime';
import { v7 as uuidv7 } from 'uuid';
import type { KmsSet } from './kms/choose';
import { KEY_BYTES, KmsProblem, type LocalKms, type Wrapped } from './kms/kms';
import { DataKey, type Sealed } from './seal';

/** What a data key is for: one import, what suppliers send in a day, their tokens. */
export type KeyUse = 'batch' | 'sent' | 'token';

/** Keys that are kept in memory, and how long: a key that was taken away from us stops opening after that. */
export const KEYS_CACHED_MAX = 1_000;
export const KEYS_CACHED_MS = 10 * 60_000;
/** A key of this process is followed by another after so many records, or so long. */
const SENT_RECORDS_MAX = 1_000_000;
const SENT_KEY_MS = 24 * 3_600_000;

/** A hub is one tenant of its keys: two hubs that share a KMS open nothing of each other's. */
export const TENANT = 'hub';

interface Own {
  readonly key: Promise<DataKey>;
  readonly until: number;
  left: number;
}

interface WrappedRow {
  readonly id: string;
  readonly kek_id: string;
  readonly wrapped: Buffer;
}

/** Envelope encryption: each secret is sealed by a data key, and each data key wrapped by a key that the KMS does not let out. */
export class DataKeys {
  /** Oldest use first. */
  private readonly cached = new Map<string, { readonly key: Promise<DataKey>; readonly until: number }>();
  private readonly own = new Map<KeyUse, Own>();

  constructor(
    private readonly database: Database,
    readonly kms: KmsSet,
    readonly tenant: string = TENANT,
  ) {}

  /** A new random key, wrapped and committed before anything is sealed by it. @throws KmsProblem */
  async make(use: KeyUse, where: Pick<Tx, 'query'> = this.database): Promise<DataKey> {
    const id = uuidv7();
    const bytes = randomBytes(KEY_BYTES);
    const { kekId, wrapped } = await this.kms.current.wrap(bytes, boundTo(this.tenant, id));
    await where.query(`INSERT INTO data_key (id, use, kek_id, wrapped) VALUES ($1, $2, $3, $4)`, [id, use, kekId, wrapped]);
    return this.remember(id, Promise.resolve(new DataKey(id, bytes)));
  }

  /** The key of this process for what comes one by one. `records`: how many are sealed now. */
  async ownFor(use: KeyUse, records: number): Promise<DataKey> {
    let own = this.own.get(use);
    if (own === undefined || own.left < records || own.until < Date.now()) {
      own = { key: this.make(use), until: Date.now() + SENT_KEY_MS, left: SENT_RECORDS_MAX };
      this.own.set(use, own);
      own.key.catch(() => this.own.delete(use));
    }
    own.left -= records;
    return own.key;
  }

  /** @throws KmsProblem where the key is not there, or the KMS cannot be reached. */
  async of(id: string): Promise<DataKey> {
    const found = this.cached.get(id);
    if (found !== undefined && found.until > Date.now()) {
      this.cached.delete(id);
      this.cached.set(id, found);
      return found.key;
    }
    return this.remember(id, this.load(id));
  }

  /** Opens what a data key sealed; or, of old rows, a key of the KMS itself. */
  async open({ keyId, sealed }: Sealed, belongsTo: readonly string[]): Promise<string> {
    if (isBare(keyId)) return openBare(this.kms.local, { keyId, sealed }, belongsTo);
    return (await this.of(keyId)).open(sealed, [this.tenant, ...belongsTo]);
  }

  seal(key: DataKey, secret: string, belongsTo: readonly string[]): Sealed {
    return key.seal(secret, [this.tenant, ...belongsTo]);
  }

  /** Wraps a data key anew by the newest key of the KMS; what it sealed stays as it is. */
  async rewrap({ id, kekId, wrapped }: Wrapped & { readonly id: string }): Promise<Wrapped> {
    const bytes = await this.kmsOf(kekId).unwrap({ kekId, wrapped }, boundTo(this.tenant, id));
    try {
      return await this.kms.current.wrap(bytes, boundTo(this.tenant, id));
    } finally {
      bytes.fill(0);
    }
  }

  private async load(id: string): Promise<DataKey> {
    const { rows } = await this.database.query<WrappedRow>(`SELECT id, kek_id, wrapped FROM data_key WHERE id = $1`, [id]);
    const [row] = rows;
    if (row === undefined) throw new KmsProblem(`there is no data key ${id}`);
    const wrapped = { kekId: row.kek_id, wrapped: row.wrapped };
    return new DataKey(id, await this.kmsOf(row.kek_id).unwrap(wrapped, boundTo(this.tenant, id)));
  }

  private remember(id: string, key: Promise<DataKey>): Promise<DataKey> {
    const kept = { key, until: Date.now() + KEYS_CACHED_MS };
    this.cached.set(id, kept);
    key.catch(() => this.cached.get(id) === kept && this.cached.delete(id));
    const [oldest] = this.cached.keys();
    if (this.cached.size > KEYS_CACHED_MAX && oldest !== undefined) this.cached.delete(oldest);
    return key;
  }

  private kmsOf(kekId: string) {
    const kms = this.kms.all.find((it) => kekId.startsWith(`${it.kind}:`));
    if (kms === undefined) throw new KmsProblem(`a data key is wrapped by ${kekId}, and MIDSTREAM_KMS knows no such keys`);
    return kms;
  }
}

/** What a data key's wrapping is bound to. */
const boundTo = (tenant: string, id: string): string => `${tenant}|data-key|${id}`;

/** Data keys are named by UUIDs. */
export const isBare = (keyId: string): boolean => keyId.length < 36;

export function openBare(local: LocalKms | undefined, { keyId, sealed }: Sealed, belongsTo: readonly string[]): string {
  if (local === undefined)
    throw new KmsProblem(`a row is sealed by ${keyId} itself: MIDSTREAM_VAULT_KEY has to stay until it is sealed anew`);
  return new DataKey(keyId, Buffer.from(local.bare(keyId))).open(sealed, belongsTo);
}

/** For who looks into the database from outside, and has the key: opens a code by its row and its data key's. */
export function openCode(local: LocalKms, code: Sealed & { readonly id: string; readonly sku: string } & Partial<Wrapped>): string {
  const { id, sku, keyId, sealed, kekId, wrapped } = code;
  const belongsTo = ['code', sku, id];
  if (kekId === undefined || wrapped === undefined) return openBare(local, { keyId, sealed }, belongsTo);
  const key = new DataKey(keyId, local.unwrapNow({ kekId, wrapped }, boundTo(TENANT, keyId)));
  return key.open(sealed, [TENANT, ...belongsTo]);
}
