import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Mutant, planted } from './mutant';

export const ROOT = path.resolve(__dirname, '../../..');
const TSC = path.join(ROOT, 'node_modules/typescript7/bin/tsc');

/**
 * What the compiler says of the mutants, one complaint a line, which begins with the ids of those that were planted together; empty where all
 * of them type-check. All are compiled in one run; a copy of a project has a bug in each of its files, where so many are known.
 */
export function typeFaultsOf(mutants: readonly Mutant[]): string[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mutants-'));
  try {
    const copies = copiesOf(mutants);
    for (const [n, it] of copies.entries()) copyWith(it, path.join(folder, String(n)));
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    const options = { extends: path.join(ROOT, 'tsconfig.base.json'), compilerOptions: { noEmit: true }, include: ['**/*.ts'] };
    fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(options));
    const { status, stdout, stderr } = spawnSync(process.execPath, [TSC, '-p', folder, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const named = `${stdout}${stderr}`.replaceAll(/^\d+(?=\/)/gm, (n) => (copies[Number(n)] ?? []).map(({ id }) => id).join('+'));
    const faults = named.split('\n').filter((it) => it !== '');
    return status === 0 || faults.length > 0 ? faults : [`the compiler ended with ${status}`];
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Bugs of one project that lie in different files share a copy of it. */
function copiesOf(mutants: readonly Mutant[]): readonly (readonly Mutant[])[] {
  const copies: Mutant[][] = [];
  for (const it of mutants) {
    const copy = copies.find((of) => projectOf(of[0]?.file ?? '') === projectOf(it.file) && of.every(({ file }) => file !== it.file));
    if (copy === undefined) copies.push([it]);
    else copy.push(it);
  }
  return copies;
}

/** The project of the mutants' files, whole: what imports a file must type-check with its bug, too. */
function copyWith(mutants: readonly Mutant[], to: string): void {
  const project = projectOf(mutants[0]?.file ?? '');
  for (const name of filesOf(path.join(ROOT, project))) {
    const file = path.join(project, name);
    const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
    const target = path.join(to, name);
    const mutant = mutants.find((it) => it.file === file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, mutant === undefined ? text : planted(text, mutant));
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
