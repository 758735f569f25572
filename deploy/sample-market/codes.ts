import { createHmac } from 'node:crypto';
import type { Offer } from './words';

/** Letters and digits that nobody reads for another when a code is typed from paper. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export interface Code {
  readonly code: string;
  readonly serial: string;
}

/**
 * The codes of a vault offer: made from a seed when they are loaded, so that none lies in a repository, and the same again when they are
 * loaded again (the vault knows them by their fingerprints).
 */
export function codesOf({ supplierId, sku, stock }: Pick<Offer, 'supplierId' | 'sku' | 'stock'>, seed: string): Code[] {
  return Array.from({ length: stock }, (_, index) => {
    const digest = createHmac('sha256', seed).update(`${supplierId}~${sku}/${index}`).digest();
    const letters = Array.from(digest.subarray(0, 16), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
    return { code: letters.replace(/(.{4})(?=.)/g, '$1-'), serial: `${digest.readUInt32BE(16) % 1_000_000_000}`.padStart(9, '0') };
  });
}
