import { SERVICES } from '@midstream/contracts';
import { asViolations, type Found, type SealedCode, type Violation, type Witness } from './check';
import type { Databases } from './databases';

/** The form of every code of the sample market and of the sandbox. */
const FORM = '[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}';

/** I9: no code in plain text in any table of the five, or in anything that was said. */
export async function checkSecrets({ query }: Databases, { sales, open, said }: Witness): Promise<Violation[]> {
  const sealed = await query<SealedCode>('inventory', `SELECT id, sku, key_id AS "keyId", sealed FROM code`);
  const codes = new Set([...sales.flatMap((it) => it.units.flatMap(({ code = '' }) => code)), ...sealed.flatMap((it) => opened(it, open))]);
  const found: Found[] = [];
  const look = (where: string, texts: readonly string[]): void => {
    for (const it of new Set(texts)) if (codes.has(it)) found.push({ where, what: `holds a card code, ${it.slice(0, 4)}-…` });
  };
  for (const service of SERVICES) {
    const tables = await query<{ name: string }>(
      service,
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`,
    );
    for (const { name } of tables) {
      const rows = await query<{ code: string }>(
        service,
        // sealed bytes are told in hexadecimal digits, which have not this form
        `SELECT DISTINCT m[1] AS code FROM "${name}" t, regexp_matches(t::text, $1, 'g') AS m`,
        [`(${FORM})`],
      );
      look(
        `${service}: ${name}`,
        rows.map((it) => it.code),
      );
    }
  }
  look('the log', said.match(new RegExp(FORM, 'g')) ?? []);
  return asViolations('secrets', found);
}

/** What does not open is blamed elsewhere. */
function opened(code: SealedCode, open: Witness['open']): string[] {
  try {
    return [open(code)];
  } catch {
    return [];
  }
}
