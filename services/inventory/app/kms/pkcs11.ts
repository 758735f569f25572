import { randomBytes } from 'node:crypto';
import { type Cryptoki, loadCryptoki, TokenProblem } from './cryptoki';
import { IV_BYTES, type Kms, KMS_WAIT_MS, KmsProblem, TAG_BYTES, type Wrapped } from './kms';

export interface TokenOptions {
  /** The shared library: `/usr/lib/softhsm/libsofthsm2.so`. */
  readonly module: string;
  readonly tokenLabel: string;
  readonly pin: string;
  /** Labels of AES keys in the token: the first wraps, all unwrap. */
  readonly keys: readonly string[];
}

const CKM_AES_GCM = 0x1087;
const CKO_SECRET_KEY = 4n;
const CKA_CLASS = 0;
const CKA_LABEL = 3;
const CKU_USER = 1;
const CKF_SERIAL_SESSION = 4;
const CKF_OS_LOCKING_OK = 2;
const GCM_PARAMS_BYTES = 48;
const TOKEN_INFO_BYTES = 512;
const LABEL_BYTES = 32;
const SLOTS_MAX = 64;
/** Of these a new session may come out well: the token was away, or has forgotten us. */
const SESSION_GONE = new Set([0x30, 0x32, 0x60, 0xb0, 0xb3, 0xe0, 0x101]);
const ALREADY_LOGGED_IN = 0x100;
const ALREADY_INITIALIZED = 0x191;

/** An HSM, or what behaves like one, through its PKCS#11 module: AES-256-GCM inside the token, by keys that never leave it. One call at a time. */
export class TokenKms implements Kms {
  readonly kind = 'pkcs11';
  private readonly cryptoki: Cryptoki;
  private session: Promise<Buffer> | undefined;
  private line: Promise<unknown> = Promise.resolve();

  /** @throws KmsProblem where koffi or the module is not there. */
  constructor(private readonly options: TokenOptions) {
    this.cryptoki = loadCryptoki(options.module);
  }

  newest(): Promise<string> {
    return this.inTurn(async (session) => {
      const label = this.options.keys[0] ?? '';
      await this.keyOf(session, label);
      return `pkcs11:${label}`;
    });
  }

  wrap(dataKey: Buffer, of: string): Promise<Wrapped> {
    return this.inTurn(async (session) => {
      const label = this.options.keys[0] ?? '';
      const iv = randomBytes(IV_BYTES);
      const key = await this.keyOf(session, label);
      await this.cryptoki.C_EncryptInit(session, mechanismOf(iv, `${of}|pkcs11:${label}`), key);
      const out = await outputOf(dataKey.length + TAG_BYTES, (bytes, length) =>
        this.cryptoki.C_Encrypt(session, dataKey, dataKey.length, bytes, length),
      );
      return { kekId: `pkcs11:${label}`, wrapped: Buffer.concat([iv, out]) };
    });
  }

  unwrap({ kekId, wrapped }: Wrapped, of: string): Promise<Buffer> {
    return this.inTurn(async (session) => {
      const key = await this.keyOf(session, kekId.slice('pkcs11:'.length));
      const [iv, text] = [wrapped.subarray(0, IV_BYTES), wrapped.subarray(IV_BYTES)];
      await this.cryptoki.C_DecryptInit(session, mechanismOf(iv, `${of}|${kekId}`), key);
      return outputOf(text.length, (bytes, length) => this.cryptoki.C_Decrypt(session, text, text.length, bytes, length));
    });
  }

  async close(): Promise<void> {
    const session = await this.session?.catch(() => undefined);
    this.session = undefined;
    if (session !== undefined) await this.cryptoki.C_CloseSession(session.readBigUInt64LE()).catch(() => undefined);
  }

  /** A session does one thing at a time. Where it is gone, the work is done once more in a new one. */
  private inTurn<T>(work: (session: bigint) => Promise<T>): Promise<T> {
    const done = this.line.then(async () => {
      try {
        return await this.within(work);
      } catch (error) {
        if (!(error instanceof TokenProblem && SESSION_GONE.has(error.code))) throw error;
        await this.close();
        return this.within(work);
      }
    });
    this.line = done.catch(() => undefined);
    return done;
  }

  private async within<T>(work: (session: bigint) => Promise<T>): Promise<T> {
    this.session ??= this.open();
    this.session.catch(() => (this.session = undefined));
    return inTime(this.session.then((it) => work(it.readBigUInt64LE())));
  }

  private async open(): Promise<Buffer> {
    await this.cryptoki
      .C_Initialize({ create: null, destroy: null, lock: null, unlock: null, flags: CKF_OS_LOCKING_OK, reserved: null })
      .catch(unless(ALREADY_INITIALIZED));
    const slot = await this.slot();
    const session = Buffer.alloc(8);
    await this.cryptoki.C_OpenSession(slot, CKF_SERIAL_SESSION, null, null, session);
    const pin = Buffer.from(this.options.pin);
    await this.cryptoki.C_Login(session.readBigUInt64LE(), CKU_USER, pin, pin.length).catch(unless(ALREADY_LOGGED_IN));
    pin.fill(0);
    return session;
  }

  private async slot(): Promise<bigint> {
    const slots = Buffer.alloc(8 * SLOTS_MAX);
    const count = ulong(BigInt(SLOTS_MAX));
    await this.cryptoki.C_GetSlotList(1, slots, count);
    for (let n = 0; n < Number(count.readBigUInt64LE()); n++) {
      const slot = slots.readBigUInt64LE(8 * n);
      const info = Buffer.alloc(TOKEN_INFO_BYTES);
      await this.cryptoki.C_GetTokenInfo(slot, info);
      if (info.subarray(0, LABEL_BYTES).toString().trimEnd() === this.options.tokenLabel) return slot;
    }
    throw new KmsProblem(`no token is called ${this.options.tokenLabel} (MIDSTREAM_KMS_TOKEN_LABEL)`);
  }

  private async keyOf(session: bigint, label: string): Promise<bigint> {
    const [wanted, kind] = [Buffer.from(label), ulong(CKO_SECRET_KEY)];
    const template = [
      { type: CKA_CLASS, value: kind, length: kind.length },
      { type: CKA_LABEL, value: wanted, length: wanted.length },
    ];
    const [found, count] = [Buffer.alloc(16), Buffer.alloc(8)];
    await this.cryptoki.C_FindObjectsInit(session, template, template.length);
    try {
      await this.cryptoki.C_FindObjects(session, found, 2, count);
    } finally {
      await this.cryptoki.C_FindObjectsFinal(session);
    }
    const keys = count.readBigUInt64LE();
    if (keys !== 1n) throw new KmsProblem(`the token has ${keys} secret keys that are called ${label}; one is needed (MIDSTREAM_KMS_KEY)`);
    return found.readBigUInt64LE();
  }
}

const mechanismOf = (iv: Buffer, of: string) => {
  const aad = Buffer.from(of);
  const parameter = { iv, ivLength: iv.length, ivBits: iv.length * 8, aad, aadLength: aad.length, tagBits: TAG_BYTES * 8 };
  return { mechanism: CKM_AES_GCM, parameter, length: GCM_PARAMS_BYTES };
};

async function outputOf(bytes: number, call: (out: Buffer, length: Buffer) => Promise<void>): Promise<Buffer> {
  const [out, length] = [Buffer.alloc(bytes), ulong(BigInt(bytes))];
  await call(out, length);
  return out.subarray(0, Number(length.readBigUInt64LE()));
}

function ulong(value: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  return buffer;
}

const unless =
  (code: number) =>
  (error: unknown): void => {
    if (!(error instanceof TokenProblem && error.code === code)) throw error;
  };

/** A token that hangs must not hang us; its thread ends when it does. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new KmsProblem(`the token has not answered within ${KMS_WAIT_MS} ms`)), KMS_WAIT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
