import { createHmac, timingSafeEqual } from 'node:crypto';

/** A message that is older, or further ahead, is refused: Standard Webhooks leaves the figure to us, and its libraries take this one. */
export const TOLERANCE_MS = 5 * 60_000;
/** Signatures that one header may carry: more of them are for trying out, not for rotation. */
const SIGNATURES_MAX = 10;
const ID = /^[\x21-\x7e]{1,200}$/;

/** The three headers of a signed message, and its body to the byte. */
export interface Signed {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  readonly body: string;
}

export type SignatureFault = 'signature-missing' | 'signature-malformed' | 'signature-too-old' | 'signature-too-new' | 'signature-wrong';

/**
 * Checks a message by Standard Webhooks (symmetric, `v1`): HMAC-SHA256 over `id.timestamp.body`, one signature for each secret of the
 * sender's, any of which will do. Signatures of other versions are passed over, as the specification asks. Undefined where it is genuine.
 */
export function faultOf({ id, timestamp, signature, body }: Signed, secrets: readonly string[], now: number): SignatureFault | undefined {
  if (id === undefined || timestamp === undefined || signature === undefined) return 'signature-missing';
  if (!ID.test(id) || !/^\d{1,12}$/.test(timestamp)) return 'signature-malformed';
  const sentAt = Number(timestamp) * 1000;
  if (sentAt < now - TOLERANCE_MS) return 'signature-too-old';
  if (sentAt > now + TOLERANCE_MS) return 'signature-too-new';
  const given = signature.split(' ').flatMap((it) => (it.startsWith('v1,') ? [Buffer.from(it.slice(3), 'base64')] : []));
  if (given.length === 0 || given.length > SIGNATURES_MAX) return 'signature-malformed';
  const expected = secrets.map((secret) => signatureOf(secret, `${id}.${timestamp}.${body}`));
  const isGenuine = expected.some((wanted) => given.some((it) => it.length === wanted.length && timingSafeEqual(it, wanted)));
  return isGenuine ? undefined : 'signature-wrong';
}

const signatureOf = (secret: string, text: string): Buffer =>
  createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(text)
    .digest();
