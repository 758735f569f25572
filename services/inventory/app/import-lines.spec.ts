import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ImportLine, LINE_BYTES_MAX, readLines, WrongStream } from './import-lines';

const NOW = Date.parse('2026-06-01T00:00:00Z');

async function read(format: 'ndjson' | 'csv', ...chunks: (string | Buffer)[]): Promise<ImportLine[]> {
  const found: ImportLine[] = [];
  const stream = Readable.from(chunks.map((it) => (typeof it === 'string' ? Buffer.from(it) : it)));
  for await (const it of readLines(stream, format, NOW)) found.push(it);
  return found;
}

const told = (lines: readonly ImportLine[]) => lines.map((it) => ('fault' in it ? it.fault : it.code));

describe('a stream of codes', () => {
  it('may have a byte order mark, CRLF, empty lines and no end', async () => {
    assert.deepEqual(await read('csv', '\ufeffcode\r\nA-1\r\n\r\nA-2'), [
      { line: 2, code: 'A-1' },
      { line: 4, code: 'A-2' },
    ]);
    assert.deepEqual(await read('ndjson', '\ufeff"A-1"\r\n{"code":"A-2"}'), [
      { line: 1, code: 'A-1' },
      { line: 2, code: 'A-2' },
    ]);
    assert.deepEqual(await read('ndjson', ''), []);
  });

  it('may quote, and name when a code expires', async () => {
    const expiresAt = new Date('2027-01-01T00:00:00Z');
    assert.deepEqual(await read('csv', 'expiresAt,CODE\n2027-01-01T08:00:00+08:00,"A,""1"""\n,A-2\n'), [
      { line: 2, code: 'A,"1"', expiresAt },
      { line: 3, code: 'A-2' },
    ]);
    assert.deepEqual(await read('ndjson', '{"code":"A-1","expiresAt":"2027-01-01T00:00:00Z"}'), [{ line: 1, code: 'A-1', expiresAt }]);
  });

  it('tells each bad line by its number, and reads on', async () => {
    const long = 'x'.repeat(4_097);
    const lines = [
      ...['A-1', '"never closed', 'A-2,2027-01-01,', long, ' A-3', 'A-4,2020-01-01T00:00:00Z', 'A-5,tomorrow'],
      ...[',2027-01-01T00:00:00Z', 'A-6'],
    ];
    assert.deepEqual(told(await read('csv', lines.join('\n'))), [
      ...['A-1', 'bad-quotes', 'unknown-column', 'code-too-long', 'code-has-white-space', 'expired', 'bad-expiry'],
      ...['no-code', 'A-6'],
    ]);
    const json = ['{"code":1}', '{', '{"code":"A","pin":"1"}', '[]', 'null', '"A"', '{"code":"B","serial":"000000001"}'];
    assert.deepEqual(told(await read('ndjson', json.join('\n'))), [
      'no-code',
      'not-json',
      'unknown-column',
      'no-code',
      'no-code',
      'A',
      'B',
    ]);
  });

  it('is told which of its lines are not UTF-8, and that they look like GBK', async () => {
    const gbk = Buffer.from([0xbf, 0xa8, 0xc3, 0xdc, 0x2d, 0x31]); // 卡密-1
    assert.deepEqual(await read('csv', 'A-1\n', gbk, '\nA-2\n', Buffer.from([0xff, 0x41])), [
      { line: 1, code: 'A-1' },
      { line: 2, fault: 'not-utf-8-maybe-gbk' },
      { line: 3, code: 'A-2' },
      { line: 4, fault: 'not-utf-8' },
    ]);
  });

  it('is refused as a whole as UTF-16, and with a column that nobody knows', async () => {
    await assert.rejects(
      read('csv', Buffer.from('\ufeffcode', 'utf16le')),
      new WrongStream('wrong-encoding', 'The stream is UTF-16; send it as UTF-8'),
    );
    await assert.rejects(read('csv', 'code,pin\nA-1,1\n'), /column pin is not known/);
  });

  it('is refused as a whole as UTF-16 without a mark, and where its columns have other separators', async () => {
    const refused = (code: string) => (error: unknown) => error instanceof WrongStream && error.code === code;
    for (const text of ['A-1\nA-2\n', '"A-1"\n'])
      await assert.rejects(read('csv', Buffer.from(text, 'utf16le')), refused('wrong-encoding'));
    await assert.rejects(read('csv', Buffer.from('A-1\n', 'utf16le').swap16()), refused('wrong-encoding'));
    for (const head of ['code;expiresAt', '"Code";"ExpiresAt"', 'serial\tcode', 'code|serial'])
      await assert.rejects(read('csv', `${head}\nA-1;2027-01-01T00:00:00Z\n`), refused('wrong-separator'), head);
    assert.deepEqual(told(await read('csv', 'A;1\nB|2\nC\t3\nmycode;4\n')), ['A;1', 'B|2', 'C\t3', 'mycode;4']);
  });

  it('holds no code that nobody could type, and none of which half would be lost', async () => {
    const lines = ['"a\\u0000b"', '{"code":"\\u001b[0m"}', '"\\ud83d"', '"\\ud83d\\ude00"', '"卡é"'];
    assert.deepEqual(told(await read('ndjson', lines.join('\n'))), [...Array<string>(3).fill('code-not-printable'), '😀', '卡é']);
  });

  it('knows no day that there is not', async () => {
    const of = (expiresAt: string) => `{"code":"A","expiresAt":"${expiresAt}"}`;
    const days = ['2027-02-29T00:00:00Z', '2027-02-30T00:00:00Z', '2027-04-31T12:00Z', '2027-13-01T00:00:00Z', '2027-01-01T24:00:00Z'];
    assert.deepEqual(
      told(await read('ndjson', days.map(of).join('\n'))),
      days.map(() => 'bad-expiry'),
    );
    assert.deepEqual(told(await read('ndjson', of('2028-02-29T23:59:59.5+08:00'))), ['A']);
  });

  it('may have a line of a megabyte, which is not held', async () => {
    const chunk = Buffer.alloc(65_536, 'x');
    const found = await read('csv', 'A-1\n', ...Array.from({ length: 16 }, () => chunk), '\nA-2\n', 'x'.repeat(LINE_BYTES_MAX + 1));
    assert.deepEqual(found, [
      { line: 1, code: 'A-1' },
      { line: 2, fault: 'line-too-long' },
      { line: 3, code: 'A-2' },
      { line: 4, fault: 'line-too-long' },
    ]);
  });

  it('reads the same however it is cut', async () => {
    const text = Buffer.from('\ufeff"A,1"\r\n卡密-2\n\n"x\nA-3,2027-01-01T00:00:00Z');
    const whole = await read('csv', text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 6 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        assert.deepEqual(await read('csv', ...at.slice(1).map((end, n) => text.subarray(at[n], end))), whole);
      }),
      { numRuns: 50 },
    );
  });
});
