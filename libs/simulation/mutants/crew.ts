import { type ChildProcess, fork, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Mutant } from './mutant';
import { ROOT } from './types';
import type { Begun, Trial, Verdict } from './worker';

/** A world that a bug sends round in circles is ended after this, and the bug counts as seen: a sound one takes some milliseconds. */
const SEED_MS_MAX = 120_000;
const UNIT_MS_MAX = 120_000;

const PRELOADS = ['deploy/local/typescript.cjs', 'libs/simulation/mutants/overlay.cjs'];
const FLAGS = ['--conditions=@midstream/source', ...PRELOADS.flatMap((it) => ['-r', path.join(ROOT, it)])];

const plantingOf = ({ file, before, after }: Mutant): Trial['mutant'] => ({ file: path.join(ROOT, file), before, after });

/** One process that tries bugs, one after the other: what all of them need is loaded once. */
export class Worker {
  private child: ChildProcess | undefined;

  /** Runs the simulation with the bug in it, seed after seed until one sees it. @throws Error where the bug was not in the code that ran */
  async try(mutant: Mutant, seeds: readonly number[]): Promise<Verdict> {
    const verdict = await this.ask({ mutant: plantingOf(mutant), seeds }, mutant.id);
    if (!verdict.planted) throw new Error(`${mutant.id}: the simulation does not load ${mutant.file}`);
    return verdict;
  }

  private ask(trial: Trial, id: string): Promise<Verdict> {
    const child = (this.child ??= fork(path.join(__dirname, 'worker.ts'), {
      cwd: ROOT,
      execArgv: FLAGS,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }));
    return new Promise((resolve, reject) => {
      let seed: number | undefined;
      const end = (): void => {
        clearTimeout(limit);
        child.removeAllListeners();
      };
      const limit = setTimeout(() => {
        end();
        this.stop();
        const tried = seed === undefined ? 0 : trial.seeds.indexOf(seed) + 1;
        resolve({ planted: true, tried, seed, invariant: 'it comes to an end', detail: `not within ${SEED_MS_MAX} ms` });
      }, SEED_MS_MAX);
      child.on('message', (it: Begun | Verdict) => {
        if ('begins' in it) {
          seed = it.begins;
          limit.refresh();
          return;
        }
        end();
        resolve(it);
      });
      child.once('exit', (code) => {
        end();
        this.child = undefined;
        reject(new Error(`${id}: the simulation's process ended with ${code}`));
      });
      child.send(trial);
    });
  }

  stop(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }
}

/** Whether the unit tests beside the bug's file see it; undefined where there are none. */
export async function seenByUnitTests(mutant: Mutant): Promise<boolean | undefined> {
  const folder = path.join(ROOT, path.dirname(mutant.file));
  const specs = fs.readdirSync(folder).filter((it) => it.endsWith('.spec.ts') && !it.endsWith('.int.spec.ts'));
  if (specs.length === 0 || folder === path.resolve(__dirname, '..')) return undefined;
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  const env = { ...inherited, MIDSTREAM_MUTANT: JSON.stringify(plantingOf(mutant)) };
  // In one process: most of the time goes into loading
  const script = specs.map((it) => `require(${JSON.stringify(path.join(folder, it))});`).join('');
  const child = spawn(process.execPath, [...FLAGS, '-e', script], { cwd: ROOT, env, stdio: 'ignore', timeout: UNIT_MS_MAX });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => resolve(code !== 0));
  });
}
