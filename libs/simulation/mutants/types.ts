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

/** The project of the mutant's file, whole: what imports the file must type-check with it, too. */
function copyWith(mutant: Mutant, to: string): void {
  const project = projectOf(mutant.file);
  for (const name of filesOf(path.join(ROOT, project))) {
    const file = path.join(project, name);
    const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
    const target = path.join(to, name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, file === mutant.file ? planted(text, mutant) : text);
  }
}

/** The folder above it that has a package.json. */
function projectOf(file: string): string {
  let folder = path.dirname(file);
  while (!fs.existsSync(path.join(ROOT, folder, 'package.json'))) folder = path.dirname(folder);
  return folder;
}

const filesOf = (folder: string): string[] =>
  fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.ts') && !/(^|\/)(node_modules|dist|mutants|equivalence|main\.ts)|\.(spec|fixtures)\.ts$/.test(it));
