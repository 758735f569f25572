import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Mutant, planted } from './mutant';

export const ROOT = path.resolve(__dirname, '../../..');
const TSC = path.join(ROOT, 'node_modules/typescript7/bin/tsc');

/** What the compiler says of the mutants, one complaint a line; empty where all of them type-check. All are compiled in one run. */
export function typeFaultsOf(mutants: readonly Mutant[]): string[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mutants-'));
  try {
    for (const it of mutants) copyWith(it, path.join(folder, it.id));
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    const options = { extends: path.join(ROOT, 'tsconfig.base.json'), compilerOptions: { noEmit: true }, include: ['**/*.ts'] };
    fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(options));
    const { status, stdout, stderr } = spawnSync(process.execPath, [TSC, '-p', folder, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const faults = `${stdout}${stderr}`.split('\n').filter((it) => it !== '');
    return status === 0 || faults.length > 0 ? faults : [`the compiler ended with ${status}`];
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The folder of the mutant's file, whole: its neighbours must type-check with it, too. */
function copyWith(mutant: Mutant, to: string): void {
  const from = path.join(ROOT, path.dirname(mutant.file));
  for (const name of filesOf(from)) {
    const text = fs.readFileSync(path.join(from, name), 'utf8');
    const target = path.join(to, name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, name === path.basename(mutant.file) ? planted(text, mutant) : text);
  }
}

const filesOf = (folder: string): string[] =>
  fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.ts') && !it.includes('node_modules') && !it.includes('dist') && !/\.(spec|fixtures)\.ts$/.test(it));
