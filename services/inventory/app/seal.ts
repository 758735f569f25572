import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** A secret as it lies in the database: which key opens it, and nonce, tag and ciphertext in one. */
export interface Sealed {
  readonly keyId: string;
  readonly sealed: Buffer;
}

/**
 * AES-256-GCM under a key that is not in the database. What a secret belongs to is bound to it (additional data): a row that was moved
 * does not open. The fingerprint finds a secret again without opening any; its key is another one.
 */
export class Sealer {
  readonly keyId: string;
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly fingerprintKey: Buffer;

  /** @param vaultKeys base64 keys of 32 bytes, comma separated: the first seals, all open. @throws Error for a key of another length. */
  constructor(vaultKeys: string, fingerprintKey: string) {
    const keys = vaultKeys.split(',').map((it) => keyOf(it, 'the vault key'));
    this.keys = new Map(keys.map((it) => [idOf(it), it]));
    this.keyId = [...this.keys.keys()][0] ?? '';
    this.fingerprintKey = keyOf(fingerprintKey, 'the fingerprint key');
  }

  seal(secret: string, belongsTo: readonly string[]): Sealed {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key(this.keyId), iv).setAAD(aadOf(belongsTo, this.keyId));
    const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return { keyId: this.keyId, sealed: Buffer.concat([iv, cipher.getAuthTag(), text]) };
  }

  /** @throws Error where the key is gone, or what is sealed belongs to something else. */
  open({ keyId, sealed }: Sealed, belongsTo: readonly string[]): string {
    const decipher = createDecipheriv('aes-256-gcm', this.key(keyId), sealed.subarray(0, IV_BYTES))
      .setAAD(aadOf(belongsTo, keyId))
      .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  }

  /** Equal for equal codes of one SKU, and tells nothing else. */
  fingerprint(sku: string, code: string): Buffer {
    return createHmac('sha256', this.fingerprintKey)
      .update(`${sku}\n${code.normalize('NFC')}`)
      .digest();
  }

  private key(keyId: string): Buffer {
    const key = this.keys.get(keyId);
    if (key === undefined) throw new Error(`the vault has no key ${keyId}`);
    return key;
  }
}

const aadOf = (belongsTo: readonly string[], keyId: string): Buffer => Buffer.from([...belongsTo, keyId].join('|'));

const idOf = (key: Buffer): string => createHash('sha256').update('key id').update(key).digest('hex').slice(0, 12);

function keyOf(base64: string, what: string): Buffer {
  const key = Buffer.from(base64, 'base64');
  if (key.length !== KEY_BYTES) throw new Error(`${what} has ${KEY_BYTES} bytes in base64, not ${key.length}`);
  return key;
}
