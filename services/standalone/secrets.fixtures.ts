import type { House } from './house.fixtures';
import { FAST, salesOf, SLOW } from './market.fixtures';

/** What the suppliers sold, and where one of these codes lies in plain text: a row of any table of the five databases, or a line of the log. */
export async function codesIn({ services, sandboxUrl, logged }: House): Promise<{ sold: ReadonlySet<string>; found: string[] }> {
  const units = (await salesOf(sandboxUrl)).flatMap((it) => it.units);
  const sold = new Set(units.flatMap((it) => (it.code ? [it.code] : [])));
  const found: string[] = [];
  const look = (where: string, text: string): void => {
    for (const code of sold) if (text.includes(code)) found.push(`${where}: ${text.slice(0, 300)}`);
  };
  for (const it of logged) look('log', it);
  for (const { name, database } of services) {
    const { rows: tables } = await database.pool.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`,
    );
    for (const table of tables) {
      const { rows } = await database.pool.query<{ text: string }>(`SELECT t::text AS text FROM "${table.name}" t`);
      for (const { text } of rows) look(`${name}.${table.name}`, text);
    }
  }
  return { sold, found };
}

const NAMES = /"(\w*(?:cost|score|expected|supplier|upstream|margin|offerId|holdId|purchaseId|candidates|considered|hub)\w*)":/gi;
const VALUES = [SLOW, FAST].flatMap((it) => [it.supplierId, it.name.zh, it.name.en]);

/** What a text tells of the hub's own affairs: names of such properties, and suppliers by id or name. */
export const saysOfTheHub = (text: string): string[] => [
  ...[...text.matchAll(NAMES)].map(([, name = '']) => name),
  ...VALUES.filter((it) => text.includes(it)).map((it) => `${it} in ${around(text, it)}`),
];

const around = (text: string, word: string): string => text.slice(Math.max(0, text.indexOf(word) - 60), text.indexOf(word) + 30);
