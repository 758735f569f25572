/** Of PostgreSQL's types (pg_type.oid). */
const BYTEA = 17;

/** Dimensions, has nulls, type; length and lower bound of the one dimension. */
const HEAD_BYTES = 20;

/**
 * An array of bytes for a parameter `bytea[]`, as PostgreSQL's binary protocol has it (array_recv). The driver would write each of them as
 * hexadecimal digits within a text: twice as long, made digit by digit here and taken apart there.
 */
export function byteaArray(values: readonly Buffer[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.reduce((sum, it) => sum + 4 + it.length, HEAD_BYTES));
  bytes.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  bytes.writeInt32BE(0, 4);
  bytes.writeInt32BE(BYTEA, 8);
  bytes.writeInt32BE(values.length, 12);
  bytes.writeInt32BE(1, 16);
  let at = HEAD_BYTES;
  for (const it of values) {
    at = bytes.writeInt32BE(it.length, at);
    at += it.copy(bytes, at);
  }
  // Of no dimension the head ends before its length
  return values.length === 0 ? bytes.subarray(0, 12) : bytes;
}
