import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** A data key as it lies in the database: which key wraps it, and what only that key opens. */
export interface Wrapped {
  /** `local:…`, `transit:name:v3`, `pkcs11:label`: says whose key it is. */
  readonly kekId: string;
  readonly wrapped: Buffer;
}

/**
 * Who keeps the keys that wrap data keys, and never lets them out. `of` binds what is wrapped to its row: another row's does not open.
 * Every call has a deadline of its own.
 */
export interface Kms {
  /** What its `kekId`s begin with. */
  readonly kind: 'local' | 'transit' | 'pkcs11';
  /** The key that wraps now: the newest. @throws KmsProblem where it cannot be reached. */
  newest(): Promise<string>;
  wrap(dataKey: Buffer, of: string): Promise<Wrapped>;
  /** @throws KmsProblem where the key is gone, it cannot be reached, or what is wrapped belongs to another row. */
  unwrap(wrapped: Wrapped, of: string): Promise<Buffer>;
  close(): Promise<void>;
}

/** Tells what is wrong in words for an operator; never a key, a token or a PIN. */
export class KmsProblem extends Error {}

/** The longest that a key management system is waited for. */
export const KMS_WAIT_MS = 3_000;

export const KEY_BYTES = 32;
export const IV_BYTES = 12;
export const TAG_BYTES = 16;

/**
 * Keys from a file or the environment: what a laptop has. The first wraps, all unwrap, so that a new one is put in front and the old one
 * removed once nothing is wrapped by it.
 */
export class LocalKms implements Kms {
  readonly kind = 'local';
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly first: string;

  /** @param keys base64 keys of 32 bytes, comma separated. @throws Error for a key of another length. */
  constructor(keys: string) {
    const all = keys.split(',').map((it) => keyOf(it, 'the vault key'));
    this.keys = new Map(all.map((it) => [`local:${idOfKey(it)}`, it]));
    this.first = [...this.keys.keys()][0] ?? '';
  }

  newest(): Promise<string> {
    return Promise.resolve(this.first);
  }

  wrap(dataKey: Buffer, of: string): Promise<Wrapped> {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key(this.first), iv).setAAD(Buffer.from(`${of}|${this.first}`));
    const text = Buffer.concat([cipher.update(dataKey), cipher.final()]);
    return Promise.resolve({ kekId: this.first, wrapped: Buffer.concat([iv, cipher.getAuthTag(), text]) });
  }

  /** What cannot be unwrapped is a rejection, as of a key that is far away. */
  unwrap(wrapped: Wrapped, of: string): Promise<Buffer> {
    return Promise.resolve(wrapped).then((it) => this.unwrapNow(it, of));
  }

  unwrapNow({ kekId, wrapped }: Wrapped, of: string): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', this.key(kekId), wrapped.subarray(0, IV_BYTES))
      .setAAD(Buffer.from(`${of}|${kekId}`))
      .setAuthTag(wrapped.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(wrapped.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    } catch {
      throw new KmsProblem(`the data key ${of} does not open with ${kekId}`);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The bare key, for rows that were sealed by it before there were data keys. */
  bare(id: string): Buffer {
    return this.key(`local:${id}`);
  }

  private key(kekId: string): Buffer {
    const key = this.keys.get(kekId);
    if (key === undefined) throw new KmsProblem(`the vault has no key ${kekId}: put it back behind the others in MIDSTREAM_VAULT_KEY`);
    return key;
  }
}

/** Names a key without telling anything of it. */
export const idOfKey = (key: Buffer): string => createHash('sha256').update('key id').update(key).digest('hex').slice(0, 12);

/** @throws Error for a key of another length than 32 bytes. */
export function keyOf(base64: string, what: string): Buffer {
  const key = Buffer.from(base64, 'base64');
  if (key.length !== KEY_BYTES) throw new Error(`${what} has ${KEY_BYTES} bytes in base64, not ${key.length}`);
  return key;
}
