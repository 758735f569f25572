import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const ID_BYTES = 16;
const pool = new Uint8Array(512 * ID_BYTES);
let used = pool.length;

/**
 * A UUIDv7 of that millisecond; ids of one millisecond are in the order of `seq` where it is given (32 bits). The random bytes are drawn for
 * many at once: drawing them one by one took a fortieth of an order's time.
 */
export function newId(msecs: number, seq?: number): string {
  if (used >= pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, (used += ID_BYTES));
  return v7(seq === undefined ? { msecs, random } : { msecs, random, seq });
}
