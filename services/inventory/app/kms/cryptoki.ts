import { createRequire } from 'node:module';
import { KmsProblem } from './kms';

/** What we need of koffi, which is an optional dependency: a machine without it runs all but PKCS#11. */
interface Koffi {
  load(path: string): { func(signature: string): Native };
  struct(name: string, fields: Readonly<Record<string, string>>): unknown;
}
interface Native {
  async(...args: unknown[]): void;
}

export type Cryptoki = Readonly<Record<Call, (...args: unknown[]) => Promise<void>>>;

const SIGNATURES = {
  C_Initialize: '(CK_C_INITIALIZE_ARGS *args)',
  C_GetSlotList: '(uint8_t present, void *slots, void *count)',
  C_GetTokenInfo: '(unsigned long slot, void *info)',
  C_OpenSession: '(unsigned long slot, unsigned long flags, void *application, void *notify, void *session)',
  C_CloseSession: '(unsigned long session)',
  C_Login: '(unsigned long session, unsigned long user, void *pin, unsigned long length)',
  C_FindObjectsInit: '(unsigned long session, CK_ATTRIBUTE *template, unsigned long count)',
  C_FindObjects: '(unsigned long session, void *objects, unsigned long most, void *count)',
  C_FindObjectsFinal: '(unsigned long session)',
  C_EncryptInit: '(unsigned long session, CK_MECHANISM *mechanism, unsigned long key)',
  C_Encrypt: '(unsigned long session, void *data, unsigned long length, void *out, void *outLength)',
  C_DecryptInit: '(unsigned long session, CK_MECHANISM *mechanism, unsigned long key)',
  C_Decrypt: '(unsigned long session, void *data, unsigned long length, void *out, void *outLength)',
} as const;
type Call = keyof typeof SIGNATURES;

/** Names of the answers that an operator can do something about (PKCS#11 2.40, 11.1). */
const NAMES: Readonly<Record<number, string>> = {
  0x05: 'CKR_GENERAL_ERROR',
  0x06: 'CKR_FUNCTION_FAILED',
  0x30: 'CKR_DEVICE_ERROR',
  0x32: 'CKR_DEVICE_REMOVED',
  0x40: 'CKR_ENCRYPTED_DATA_INVALID',
  0x60: 'CKR_KEY_HANDLE_INVALID',
  0x68: 'CKR_KEY_FUNCTION_NOT_PERMITTED',
  0x70: 'CKR_MECHANISM_INVALID',
  0xa0: 'CKR_PIN_INCORRECT',
  0xa4: 'CKR_PIN_LOCKED',
  0xb0: 'CKR_SESSION_CLOSED',
  0xb3: 'CKR_SESSION_HANDLE_INVALID',
  0xe0: 'CKR_TOKEN_NOT_PRESENT',
  0x100: 'CKR_USER_ALREADY_LOGGED_IN',
  0x101: 'CKR_USER_NOT_LOGGED_IN',
  0x191: 'CKR_CRYPTOKI_ALREADY_INITIALIZED',
};

export class TokenProblem extends KmsProblem {
  constructor(
    readonly call: string,
    readonly code: number,
  ) {
    super(`the token answers ${call} with ${NAMES[code] ?? `0x${code.toString(16)}`}`);
  }
}

/**
 * The functions of a PKCS#11 module that is a shared library of this machine, called in a thread of their own.
 * @throws KmsProblem where koffi or the module is not there.
 */
export function loadCryptoki(module: string): Cryptoki {
  const koffi = loadKoffi();
  declare(koffi);
  let library: ReturnType<Koffi['load']>;
  try {
    library = koffi.load(module);
  } catch (error) {
    throw new KmsProblem(
      `MIDSTREAM_KMS_MODULE: ${module} is not a PKCS#11 module that can be loaded (${error instanceof Error ? error.message : 'error'})`,
    );
  }
  const calls = Object.entries(SIGNATURES).map(([name, signature]) => {
    const native = library.func(`unsigned long ${name}${signature}`);
    const call = (...args: unknown[]) =>
      new Promise<void>((resolve, reject) => {
        native.async(...args, (error: Error | null, code: number | bigint) => {
          if (error) reject(error);
          else if (Number(code) === 0) resolve();
          else reject(new TokenProblem(name, Number(code)));
        });
      });
    return [name, call] as const;
  });
  return Object.fromEntries(calls) as Cryptoki;
}

function loadKoffi(): Koffi {
  try {
    return createRequire(__filename)('koffi') as Koffi;
  } catch {
    throw new KmsProblem('MIDSTREAM_KMS=pkcs11 needs the package koffi, which is not installed here: npm install --include=optional');
  }
}

let declared = false;

/** Types of one process: koffi knows each name once. */
function declare(koffi: Koffi): void {
  if (declared) return;
  declared = true;
  koffi.struct('CK_C_INITIALIZE_ARGS', {
    create: 'void *',
    destroy: 'void *',
    lock: 'void *',
    unlock: 'void *',
    flags: 'unsigned long',
    reserved: 'void *',
  });
  koffi.struct('CK_ATTRIBUTE', { type: 'unsigned long', value: 'uint8_t *', length: 'unsigned long' });
  koffi.struct('CK_GCM_PARAMS', {
    iv: 'uint8_t *',
    ivLength: 'unsigned long',
    ivBits: 'unsigned long',
    aad: 'uint8_t *',
    aadLength: 'unsigned long',
    tagBits: 'unsigned long',
  });
  koffi.struct('CK_MECHANISM', { mechanism: 'unsigned long', parameter: 'CK_GCM_PARAMS *', length: 'unsigned long' });
}
