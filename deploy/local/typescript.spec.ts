import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';

const folder = mkdtempSync(path.join(tmpdir(), 'midstream-sources-'));

/** Line 6 of the source is another one of what it compiles to. */
const source = (word: string): string => `interface Word {
  readonly word: string;
}
const of = (it: Word): Error =>
  // in the source
  new Error(it.word);
const compiler = Object.keys(require.cache).some((it) => it.includes('@swc/core/index'));
console.log(JSON.stringify({ compiler, stack: of({ word: '${word}' }).stack }));
`;

function run(word: string): { readonly compiler: boolean; readonly stack: string } {
  const file = path.join(folder, 'words.ts');
  writeFileSync(file, source(word));
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, ['-r', path.join(__dirname, 'typescript.cjs'), file], { env, encoding: 'utf8' });
  assert.ok(stdout.startsWith('{'), stderr);
  return JSON.parse(stdout) as ReturnType<typeof run>;
}

describe('sources run as they lie', () => {
  after(() => rmSync(folder, { recursive: true }));

  it('and are compiled once: who comes later does not load the compiler, and an error says where it stands in the source', () => {
    const word = `${process.pid}-${Date.now()}`;
    const [first, second] = [run(word), run(word)];
    assert.deepEqual([first.compiler, second.compiler], [true, false]);
    for (const { stack } of [first, second]) {
      assert.match(stack, new RegExp(`^Error: ${word}\n`));
      assert.match(stack, /words\.ts:6:3\)/);
    }
  });

  it('and an error is told though its source has gone meanwhile', () => {
    const file = path.join(folder, 'gone.ts');
    writeFileSync(
      file,
      `import { rmSync } from 'node:fs';\nrmSync(__filename);\nconsole.log(JSON.stringify({ stack: new Error('gone').stack }));\n`,
    );
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { stdout, stderr } = spawnSync(process.execPath, ['-r', path.join(__dirname, 'typescript.cjs'), file], { env, encoding: 'utf8' });
    assert.match(stdout, /Error: gone/, stderr);
  });

  it('and are compiled anew when they have changed', () => {
    assert.match(run('one').stack, /^Error: one\n/);
    assert.match(run('another').stack, /^Error: another\n/);
  });
});
