import { type Kms, KmsProblem, LocalKms } from './kms';
import { TokenKms } from './pkcs11';
import { TransitKms } from './transit';

/** The one that wraps, and all that may have wrapped what lies in the database. */
export interface KmsSet {
  readonly current: Kms;
  readonly all: readonly Kms[];
  /** Where MIDSTREAM_VAULT_KEY is set: opens what was sealed before there were data keys, too. */
  readonly local?: LocalKms;
}

type Settings = Readonly<Record<string, string>>;

const KINDS = ['local', 'vault-transit', 'pkcs11'] as const;

/**
 * MIDSTREAM_KMS says who keeps the keys: `local` (unless said), `vault-transit`, `pkcs11`. MIDSTREAM_VAULT_KEY may stay beside another one
 * until nothing is wrapped by it any more.
 * @throws Error that names the setting that is missing.
 */
export function kmsOf(settings: Settings): KmsSet {
  const { kms: kind = 'local', vaultKey } = settings;
  const local = vaultKey === undefined ? undefined : new LocalKms(vaultKey);
  if (kind === 'local') {
    if (local === undefined) throw new Error('MIDSTREAM_VAULT_KEY (or …_FILE) is not set: 32 bytes in base64');
    return { current: local, all: [local], local };
  }
  const current = remoteOf(kind, settings);
  return { current, all: local === undefined ? [current] : [current, local], ...(local && { local }) };
}

function remoteOf(kind: string, settings: Settings): Kms {
  const need = (name: string, variable: string): string => {
    const value = settings[name];
    if (value === undefined || value === '') throw new KmsProblem(`MIDSTREAM_KMS=${kind} needs ${variable}`);
    return value;
  };
  if (kind === 'vault-transit') {
    const { kmsMount = 'transit', kmsNamespace } = settings;
    return new TransitKms({
      url: need('kmsUrl', 'MIDSTREAM_KMS_URL, where Vault is'),
      key: need('kmsKey', 'MIDSTREAM_KMS_KEY, the name of its key'),
      tokenPath: need('kmsTokenPath', 'MIDSTREAM_KMS_TOKEN_PATH, a file that holds its token'),
      mount: kmsMount,
      ...(kmsNamespace !== undefined && { namespace: kmsNamespace }),
    });
  }
  if (kind === 'pkcs11') {
    return new TokenKms({
      module: need('kmsModule', 'MIDSTREAM_KMS_MODULE, the shared library'),
      tokenLabel: need('kmsTokenLabel', 'MIDSTREAM_KMS_TOKEN_LABEL'),
      pin: need('kmsPin', 'MIDSTREAM_KMS_PIN_FILE'),
      keys: need('kmsKey', 'MIDSTREAM_KMS_KEY, labels of AES keys, the newest first').split(','),
    });
  }
  throw new KmsProblem(`MIDSTREAM_KMS is ${KINDS.join(', ')}, not ${kind}`);
}
