import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto';
import { IV_BYTES, keyOf, TAG_BYTES } from './kms/kms';

/** A secret as it lies in the database: which key opens it, and nonce, tag and ciphertext in one. */
export interface Sealed {
  readonly keyId: string;
  readonly sealed: Buffer;
}

/**
 * What one key may seal with random nonces: NIST SP 800-38D allows 2^32; we stay far below.
 */
export const RECORDS_PER_KEY_MAX = 2 ** 30;

/** Nonces are drawn so many at once: a system call each is dearer than the cipher. */
const IVS_AT_ONCE = 512;
const ivs = Buffer.alloc(IV_BYTES * IVS_AT_ONCE);
let ivsUsed = IVS_AT_ONCE;

function freshIv(): Buffer {
  if (ivsUsed === IVS_AT_ONCE) {
    randomFillSync(ivs);
    ivsUsed = 0;
  }
  const from = IV_BYTES * ivsUsed++;
  return Buffer.from(ivs.subarray(from, from + IV_BYTES));
}

/**
 * AES-256-GCM. What a secret belongs to is bound to it (additional data): a row that was moved does not open. The key's bytes are
 * overwritten once it is made; the KeyObject keeps them outside of the heap, and OpenSSL clears them when it is dropped.
 */
export class DataKey {
  private readonly key: KeyObject;

  constructor(
    readonly id: string,
    bytes: Buffer,
  ) {
    this.key = createSecretKey(bytes);
    bytes.fill(0);
  }

  seal(secret: string, belongsTo: readonly string[]): Sealed {
    const iv = freshIv();
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(aadOf(belongsTo, this.id));
    const text = cipher.update(secret, 'utf8');
    cipher.final();
    return { keyId: this.id, sealed: Buffer.concat([iv, cipher.getAuthTag(), text]) };
  }

  /** @throws Error where what is sealed belongs to something else. */
  open(sealed: Buffer, belongsTo: readonly string[]): string {
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, IV_BYTES))
      .setAAD(aadOf(belongsTo, this.id))
      .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const text = decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES));
    decipher.final();
    return text.toString('utf8');
  }
}

/** Enough to tell any two codes of a hub apart: of 10^9 codes, two are taken for one with a chance of 10^-21. */
const PRINT_BYTES = 16;

/** Finds a code again without opening any; its key is no key that seals. */
export class Fingerprints {
  private readonly key: KeyObject;

  /** @param key 32 bytes in base64. @throws Error for another length. */
  constructor(key: string) {
    this.key = createSecretKey(keyOf(key, 'the fingerprint key'));
  }

  /** Equal for equal codes, of whichever SKU, and tells nothing else. */
  of(code: string): Buffer {
    return createHmac('sha256', this.key)
      .update(`\n${code.normalize('NFC')}`)
      .digest()
      .subarray(0, PRINT_BYTES);
  }
}

const aadOf = (belongsTo: readonly string[], keyId: string): Buffer => Buffer.from([...belongsTo, keyId].join('|'));
