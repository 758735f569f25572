import { byteaArray, type Database, isUnique, type Loop } from '@midstream/runtime';
import { House } from './house';

const EVERY_MS = 5_000;
const CODES_AT_ONCE = 500;
const FIRST = '00000000-0000-0000-0000-000000000000';

interface OldCode {
  readonly id: string;
  readonly sku: string;
  readonly state: string;
  readonly key_id: string;
  readonly sealed: Buffer;
}

/**
 * Gives codes that an older version has brought their fingerprint across all goods. One that is there under another good already is not sold
 * any more: the vault's loop writes it off, as a duplicate. What has no key at the moment is passed over until the next round.
 */
export function twinsLoop(): Loop {
  let after = FIRST;
  return {
    name: 'twins',
    everyMs: EVERY_MS,
    async run({ database }) {
      const codes = await oldCodes(database, after);
      after = codes.length < CODES_AT_ONCE ? FIRST : codes.reduce((last, { id }) => (id > last ? id : last), after);
      if (codes.length > 0) await print(database, codes);
      return after !== FIRST;
    },
  };
}

async function oldCodes(database: Database, after: string): Promise<readonly OldCode[]> {
  const { rows } = await database.query<OldCode>(
    `SELECT id, sku, state, key_id, sealed FROM code
      WHERE hub_print IS NULL AND twin_of IS NULL AND fingerprint IS NOT NULL AND id > $1 ORDER BY id LIMIT $2`,
    [after, CODES_AT_ONCE],
  );
  // Of two that are the same, one that a unit has stays, and the other is sold no more
  return [...rows].sort((a, b) => Number(a.state === 'free') - Number(b.state === 'free'));
}

async function print(database: Database, codes: readonly OldCode[]): Promise<void> {
  const { keys, fingerprints } = House.of(database);
  const without = new Set<string>();
  const firsts = new Map<string, string>();
  const rows: { readonly id: string; readonly hubPrint: Buffer; readonly twinOf: string | null }[] = [];
  for (const { id, sku, key_id: keyId, sealed } of codes) {
    if (without.has(keyId)) continue;
    const code = await keys.open({ keyId, sealed }, ['code', sku, id]).catch(() => undefined);
    if (code === undefined) {
      without.add(keyId);
      continue;
    }
    const hubPrint = fingerprints.of(code);
    const first = firsts.get(hubPrint.toString('latin1'));
    if (first === undefined) firsts.set(hubPrint.toString('latin1'), id);
    rows.push({ id, hubPrint, twinOf: first ?? null });
  }
  await database
    .query(PRINT, [rows.map((it) => it.id), byteaArray(rows.map((it) => it.hubPrint)), rows.map((it) => it.twinOf)])
    // The code has come under another good meanwhile: it is found in the next round
    .catch((error: unknown) => {
      if (!isUnique(error)) throw error;
    });
}

/** Where a unit has the one, the other is sold no more, whichever came first. */
const PRINT = `
  WITH n AS MATERIALIZED (
         SELECT n.id, n.hub_print, coalesce(k.id, n.twin_of) AS twin_of, k.id AS known, c.state <> 'free' AS is_given
           FROM unnest($1::uuid[], $2::bytea[], $3::uuid[]) AS n(id, hub_print, twin_of) JOIN code c ON c.id = n.id
           LEFT JOIN code k ON k.hub_print = n.hub_print
          WHERE c.hub_print IS NULL AND c.twin_of IS NULL),
       off AS (
         UPDATE code k SET twin_of = n.id, sell_until = least(k.sell_until, clock_timestamp())
           FROM n WHERE k.id = n.known AND n.is_given AND k.state = 'free' AND k.twin_of IS NULL)
  UPDATE code c SET hub_print = CASE WHEN n.twin_of IS NULL THEN n.hub_print END, twin_of = n.twin_of,
         sell_until = CASE WHEN n.twin_of IS NOT NULL AND c.state = 'free' THEN least(c.sell_until, clock_timestamp()) ELSE c.sell_until END
    FROM n WHERE c.id = n.id AND c.hub_print IS NULL AND c.twin_of IS NULL`;
