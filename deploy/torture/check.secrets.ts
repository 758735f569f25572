import { type Service, SERVICES } from '@midstream/contracts';
import { asViolations, type Found, type SealedCode, type Violation, type Witness } from './check';
import type { Databases } from './databases';

/** The form of every code of the sample market and of the sandbox. */
const FORM = '[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}';

const SEALED = `SELECT c.id, c.sku, c.key_id AS "keyId", c.sealed, k.kek_id AS "kekId", k.wrapped
  FROM code c LEFT JOIN data_key k ON k.id::text = c.key_id`;

/** I9: no code in plain text in any table of the five, or in anything that was said. */
export async function checkSecrets({ query }: Databases, { sales, open, said }: Witness): Promise<Violation[]> {
  const sealed = await query<SealedCode>('inventory', SEALED);
  const codes = new Set([...sales.flatMap((it) => it.units.flatMap(({ code = '' }) => code)), ...sealed.flatMap((it) => opened(it, open))]);
  const found: Found[] = [];
  // side by side, since looking through everything takes its time
  const lookThrough = async (service: Service): Promise<void> => {
    for (const { name } of await query<{ name: string }>(service, TABLES))
      for (const { code } of await query<{ code: string }>(service, codesIn(name), [`(${FORM})`]))
        if (codes.has(code)) found.push({ where: `${service}: ${name}`, what: tellOf(code) });
  };
  await Promise.all(SERVICES.map(lookThrough));
  const told = (said.match(new RegExp(FORM, 'g')) ?? []).filter((it) => codes.has(it));
  return [
    ...asViolations('secrets/tables', found),
    ...asViolations(
      'secrets/logs',
      told.map((it) => ({ where: 'the log', what: tellOf(it) })),
    ),
  ];
}

const tellOf = (code: string): string => `holds a card code, ${code.slice(0, 4)}-…`;

const TABLES = `SELECT relname AS name FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`;

/** Sealed bytes are told in hexadecimal digits, which have not this form. */
const codesIn = (table: string): string => `SELECT DISTINCT m[1] AS code FROM "${table}" t, regexp_matches(t::text, $1, 'g') AS m`;

/** What does not open is blamed elsewhere. */
function opened(code: SealedCode, open: Witness['open']): string[] {
  try {
    return [open(code)];
  } catch {
    return [];
  }
}
