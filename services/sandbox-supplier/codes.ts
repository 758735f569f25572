import { createHmac } from 'node:crypto';
import type { Kind, Unit } from './words';

// Crockford's alphabet: no I, L, O, U, since people type these codes.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const FORM = /(.{4})(.{4})(.{4})(.{4})/;

/** The same seed gives the same codes; no two of one seed are alike, since the serial number is in the hash and beside it. */
export function unitOf(seed: string, supplierId: string, sku: string, kind: Kind, serialNumber: number): Unit {
  const digest = createHmac('sha256', seed).update(`${supplierId}/${sku}/${serialNumber}`).digest();
  const letters = Array.from(digest.subarray(0, 16), (byte) => ALPHABET[byte % 32]).join('');
  const serial = String(serialNumber).padStart(8, '0');
  if (kind === 'top-up') return { kind, confirmation: `${serial}-${letters.slice(0, 8)}` };
  return { kind, code: letters.replace(FORM, '$1-$2-$3-$4'), serial };
}

/** A number in [0, 1) that belongs to the seed and the words: the only chance in here. */
export function chanceOf(seed: string, ...words: string[]): number {
  return createHmac('sha256', seed).update(words.join('/')).digest().readUInt32BE(0) / 2 ** 32;
}
