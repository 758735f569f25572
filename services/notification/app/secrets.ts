import { createHash, createHmac } from 'node:crypto';

/** A shorter one could be guessed from a signed message. */
export const KEY_LENGTH_MIN = 32;

/**
 * The secrets of endpoints, derived from the service's own key and the endpoint's id: they are in no table, event or log, and yet shown
 * again by nobody, since only signing needs them.
 */
export class Secrets {
  private readonly keys: ReadonlyMap<string, string>;
  /** The key for new endpoints. */
  readonly currentKeyId: string;

  /** `keys`: comma separated, the newest first; the older ones still sign for the endpoints that were made with them. */
  constructor(keys: string | undefined) {
    const all = (keys ?? '').split(',').filter(Boolean);
    const [current] = all;
    if (current === undefined) throw new Error('MIDSTREAM_WEBHOOK_KEY is not set: the key from which the secrets of webhooks are derived');
    if (all.some((it) => it.length < KEY_LENGTH_MIN))
      throw new Error(`MIDSTREAM_WEBHOOK_KEY has keys of at least ${KEY_LENGTH_MIN} characters`);
    this.keys = new Map(all.map((it) => [idOf(it), it]));
    this.currentKeyId = idOf(current);
  }

  /** In the form of the Standard Webhooks specification: `whsec_` and 32 bytes in base64. */
  secretOf(endpointId: string, keyId: string): string {
    const key = this.keys.get(keyId);
    if (key === undefined) throw new Error(`MIDSTREAM_WEBHOOK_KEY has no key ${keyId} any more`);
    return `whsec_${createHmac('sha256', key).update(`webhook/${endpointId}`).digest('base64')}`;
  }
}

const idOf = (key: string): string => createHash('sha256').update(`key-id/${key}`).digest('hex').slice(0, 12);
