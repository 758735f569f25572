import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Static, TSchema } from '@sinclair/typebox';
import Ajv from 'ajv';
import { LineCounter, parseDocument } from 'yaml';

/** Past so many complaints nobody reads on. */
const COMPLAINTS_MAX = 20;

/** Everything that is wrong with the files of a market, each with its place: `offers/north.yaml:12: …`. */
export class MarketProblem extends Error {
  constructor(readonly complaints: readonly string[]) {
    const more = complaints.length - COMPLAINTS_MAX;
    super(['The market cannot be read:', ...complaints.slice(0, COMPLAINTS_MAX), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n  '));
    this.name = 'MarketProblem';
  }
}

type Path = readonly (string | number)[];

/** A YAML file whose values know the line they stand on. */
export interface Source<Value> {
  readonly value: Value;
  where(path: Path): string;
}

const ajv = new Ajv({ allErrors: true, strict: false, formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/ } });

/** Reads a YAML file and holds it against its schema; what does not fit is told with file and line. */
export function openYaml<Schema extends TSchema>(dir: string, file: string, schema: Schema): Source<Static<Schema>> {
  const lines = new LineCounter();
  const document = parseDocument(textOf(file), { lineCounter: lines });
  const name = relative(dir, file);
  const broken = document.errors.map((it) => `${name}:${lines.linePos(it.pos[0]).line}: ${it.message.split('\n', 1)[0]}`);
  if (broken.length > 0) throw new MarketProblem(broken);

  const where = (path: Path): string => `${name}:${lineOf(path)}`;
  const lineOf = (path: Path): number => {
    const node = document.getIn(path, true);
    const range = isRanged(node) ? node.range : undefined;
    if (range) return lines.linePos(range[0]).line;
    return path.length === 0 ? 1 : lineOf(path.slice(0, -1));
  };
  const value: unknown = document.toJS();
  const fits = ajv.compile<Static<Schema>>(schema);
  if (fits(value)) return { value, where };
  throw new MarketProblem(
    (fits.errors ?? []).map(({ instancePath, message, params }) => {
      const path = pathOf(instancePath);
      const extra: unknown = params.additionalProperty ?? params.allowedValues ?? params.pattern;
      return `${where(path)}: ${path.join('.') || 'the file'} ${message ?? 'is wrong'}${extra === undefined ? '' : ` (${wordsOf(extra)})`}`;
    }),
  );
}

/** A row of a CSV file, by the names of its header, and the place where it stands. */
export interface CsvRow<Column extends string> {
  readonly cells: Readonly<Record<Column, string>>;
  readonly where: string;
}

/** Plain CSV: a header, comments with `#`, no quotes, since no cell of a trace needs a comma. */
export function openCsv<Column extends string>(dir: string, file: string, columns: readonly Column[]): CsvRow<Column>[] {
  const name = relative(dir, file);
  const lines = textOf(file)
    .split(/\r?\n/)
    .map((text, index) => ({ text, where: `${name}:${index + 1}` }));
  const [header, ...rows] = lines.filter(({ text }) => text.trim() !== '' && !text.startsWith('#'));
  if (header?.text !== columns.join(',')) throw new MarketProblem([`${header?.where ?? name}: the header must be ${columns.join(',')}`]);
  const wrong = rows.filter(({ text }) => text.split(',').length !== columns.length);
  if (wrong.length > 0) throw new MarketProblem(wrong.map(({ where }) => `${where}: a row has ${columns.length} cells`));
  return rows.map(({ text, where }) => {
    const cells = text.split(',').map((it) => it.trim());
    return { where, cells: Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])) as Record<Column, string> };
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new MarketProblem([`${file}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

const isRanged = (node: unknown): node is { range: [number, number, number] | null } =>
  typeof node === 'object' && node !== null && 'range' in node;

const wordsOf = (extra: unknown): string => (Array.isArray(extra) || typeof extra === 'string' ? extra.toString() : JSON.stringify(extra));

/** `/offers/3/0` of a JSON pointer, as the path that a YAML document knows. */
const pathOf = (pointer: string): (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((it) => it.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((it) => (/^\d+$/.test(it) ? Number(it) : it));
