import { isUtf8 } from 'node:buffer';
import { parse as parseCsv } from 'csv-parse/sync';
import { CODE_BYTES_MAX } from './codes';
import { instantOf } from './instants';

/** A line is cut off here while it is read: what is longer is reported, and never held. */
export const LINE_BYTES_MAX = 16 * 1024;

export type LineFault =
  | 'line-too-long'
  | 'not-utf-8'
  | 'not-utf-8-maybe-gbk'
  | 'not-json'
  | 'bad-quotes'
  | 'no-code'
  | 'unknown-column'
  | 'code-too-long'
  | 'code-has-white-space'
  | 'code-not-printable'
  | 'bad-expiry'
  | 'expired'
  | 'near-expiry';

/** One line of an import: a code, or why it holds none. Numbered from 1, as an editor does. */
export type ImportLine = { readonly line: number } & (
  { readonly code: string; readonly expiresAt?: Date } | { readonly fault: LineFault; readonly column?: string }
);

/** A line as it came, without its end; undefined where it was too long. */
interface RawLine {
  readonly line: number;
  readonly bytes: Buffer | undefined;
}

const NEW_LINE = 0x0a;
const RETURN = 0x0d;

/** The whole stream is no text of ours: nothing of it is read. */
export class WrongStream extends Error {
  constructor(
    readonly code: 'wrong-encoding' | 'wrong-separator' | 'unknown-column',
    message: string,
    readonly column?: string,
  ) {
    super(message);
  }
}

/** Lines that end with LF or CRLF; a byte order mark is passed over. Of a line that does not end only LINE_BYTES_MAX are held. */
async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<RawLine> {
  let held: Buffer[] = [];
  let bytes = 0;
  let line = 1;
  const take = (): RawLine => {
    const whole = bytes > LINE_BYTES_MAX ? undefined : withoutMark(Buffer.concat(held), line);
    [held, bytes] = [[], 0];
    return { line: line++, bytes: whole?.at(-1) === RETURN ? whole.subarray(0, -1) : whole };
  };
  for await (const chunk of stream) {
    if (line === 1 && bytes === 0) refuseUtf16(chunk);
    let from = 0;
    for (let end = chunk.indexOf(NEW_LINE); end >= 0; end = chunk.indexOf(NEW_LINE, from)) {
      hold(chunk.subarray(from, end));
      yield take();
      from = end + 1;
    }
    hold(chunk.subarray(from));
  }
  if (bytes > 0) yield take();

  function hold(part: Buffer): void {
    bytes += part.length;
    if (bytes <= LINE_BYTES_MAX) held.push(part);
    else held = [];
  }
}

const withoutMark = (bytes: Buffer, line: number): Buffer =>
  line === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

/** By its mark; or, without one, by the zero beside its first letter. */
function refuseUtf16([first, second]: Buffer): void {
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first === 0 || second === 0;
  if (isUtf16) throw new WrongStream('wrong-encoding', 'The stream is UTF-16; send it as UTF-8');
}

/** Excel on a Chinese Windows writes GBK: what reads as Chinese there is told so. */
function encodingFault(bytes: Buffer): LineFault | undefined {
  if (isUtf8(bytes)) return undefined;
  try {
    const text = new TextDecoder('gbk', { fatal: true }).decode(bytes);
    return /\p{Script=Han}/u.test(text) ? 'not-utf-8-maybe-gbk' : 'not-utf-8';
  } catch {
    return 'not-utf-8';
  }
}

/** The codes of an NDJSON or CSV stream, line by line: a bad one is told and stops nothing else. @throws WrongStream */
export async function* readLines(stream: AsyncIterable<Buffer>, format: 'ndjson' | 'csv', now: number): AsyncGenerator<ImportLine> {
  const read = format === 'csv' ? csvReader() : readJson;
  for await (const { line, bytes } of linesOf(stream)) {
    if (bytes === undefined) yield { line, fault: 'line-too-long' };
    else {
      const fault = encodingFault(bytes);
      const text = fault === undefined ? bytes.toString('utf8') : '';
      if (fault !== undefined) yield { line, fault };
      else if (text.trim() !== '') {
        const cells = read(text);
        if (cells !== 'head') yield { line, ...('fault' in cells ? cells : judged(cells, now)) };
      }
    }
  }
}

interface Cells {
  readonly code: unknown;
  readonly expiresAt?: unknown;
}
interface Fault {
  readonly fault: LineFault;
  readonly column?: string;
}

/** `serial` is the card's number, which suppliers send beside its code: it is let in, and not kept. */
const COLUMNS = ['code', 'expiresAt', 'serial'];
const WITHOUT_HEAD = ['code', 'expiresAt'];

/** Control characters but tabs, and halves of characters, of which nothing would be kept: whoever bought such a code could not type it. */
const UNPRINTABLE = /[^\P{Cc}\t]|\p{Cs}/u;

function judged({ code, expiresAt }: Cells, now: number): Fault | { readonly code: string; readonly expiresAt?: Date } {
  if (typeof code !== 'string' || code.trim() === '') return { fault: 'no-code' };
  if (Buffer.byteLength(code) > CODE_BYTES_MAX) return { fault: 'code-too-long' };
  if (code.trim() !== code || /[\r\n]/.test(code)) return { fault: 'code-has-white-space' };
  if (UNPRINTABLE.test(code)) return { fault: 'code-not-printable' };
  if (expiresAt === undefined || expiresAt === null || expiresAt === '') return { code };
  const at = instantOf(expiresAt);
  if (at === undefined) return { fault: 'bad-expiry' };
  return at <= now ? { fault: 'expired' } : { code, expiresAt: new Date(at) };
}

function readJson(text: string): Cells | Fault | 'head' {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'not-json' };
  }
  if (typeof value !== 'object' || value === null) return { code: value };
  const unknown = Object.keys(value).find((it) => !COLUMNS.includes(it));
  if (unknown !== undefined && 'code' in value) return { fault: 'unknown-column', column: unknown.slice(0, 40) };
  const { code, expiresAt } = value as Partial<Record<'code' | 'expiresAt', unknown>>;
  return { code, ...(expiresAt !== undefined && { expiresAt }) };
}

/** Without a head line: `code` or `code,expiresAt`. With one, its columns in any order; one that we do not know is refused before anything is read. */
function csvReader(): (text: string) => Cells | Fault | 'head' {
  let columns: readonly string[] | undefined;
  return (text) => {
    if (columns === undefined) refuseSeparator(text);
    const cells = cellsOf(text);
    if (cells === undefined) return { fault: 'bad-quotes' };
    if (columns === undefined) {
      const names = cells.map((it) => COLUMNS.find((name) => name.toLowerCase() === it.trim().toLowerCase()) ?? it.trim());
      if (names.includes('code')) {
        const unknown = names.find((it) => !COLUMNS.includes(it));
        if (unknown !== undefined)
          throw new WrongStream('unknown-column', `The column ${unknown.slice(0, 40)} is not known`, unknown.slice(0, 40));
        columns = names;
        return 'head';
      }
      columns = WITHOUT_HEAD;
    }
    if (cells.length > columns.length) return { fault: 'unknown-column', column: String(columns.length + 1) };
    return { code: cells[columns.indexOf('code')], expiresAt: cells[columns.indexOf('expiresAt')] };
  };
}

/** A head line with other separators would be sold as a code, and with it every line. */
function refuseSeparator(first: string): void {
  const separator = /[;\t|]/.exec(first)?.[0];
  const names = separator === undefined ? [] : first.split(separator).map((it) => it.replaceAll('"', '').trim().toLowerCase());
  if (names.includes('code')) throw new WrongStream('wrong-separator', 'Columns are separated by commas; send the file with commas');
}

/**
 * A line is read by itself, and by csv-parse where it has quotes: a quote that is never closed would swallow the rest of the file, and a code
 * has one line.
 */
function cellsOf(text: string): readonly string[] | undefined {
  if (!text.includes('"')) return text.split(',');
  try {
    return parseCsv(text, { relax_column_count: true })[0];
  } catch {
    return undefined;
  }
}
