import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const ROOT = join(__dirname, '../..');
const readmes = ['README.md', 'README.zh-CN.md'].map((it) => readFileSync(join(ROOT, it), 'utf8'));
const [english = '', chinese = ''] = readmes;

/** Fenced blocks by their language, without comments: those are in the reader's own. */
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter((it) => it[1] === language)
    .map((it) => (it[2] ?? '').replaceAll(/ +#.*$/gm, ''));
const decisions = (text: string): string[] => [...text.matchAll(/^(\d+)\. \*\*/gm)].map((it) => it[1] ?? '');
const steps = (text: string): string[] => [...text.matchAll(/^\| (\d+) \|/gm)].map((it) => it[1] ?? '');
const settings = (text: string): string[] => [...new Set(text.match(/\b(MIDSTREAM|KAFKA|REDIS|DATABASE)_[A-Z_]+\b/g))].sort();
const links = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)#]+)\)/g)].map((it) => it[1] ?? '').filter((it) => !it.startsWith('README'));

describe('the two READMEs', () => {
  it('name the same commands, in the same order, and show the same picture', () => {
    assert.ok(blocks(english, 'sh').length > 3);
    assert.deepEqual(blocks(chinese, 'sh'), blocks(english, 'sh'));
    assert.deepEqual(blocks(chinese, ''), blocks(english, ''));
  });

  it('walk the same steps, number the same decisions, name the same settings and link the same files', () => {
    for (const named of [steps, decisions, settings, links]) {
      assert.ok(named(english).length > 3, named.name);
      assert.deepEqual(named(chinese), named(english));
    }
  });

  it('link each other, and nothing that is not there', () => {
    assert.match(english, /\(README\.zh-CN\.md\)/);
    assert.match(chinese, /\(README\.md\)/);
    for (const it of readmes.flatMap(links)) assert.ok(existsSync(join(ROOT, it)), it);
  });
});
