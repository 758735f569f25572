// Plants every bug, runs the simulation and the unit tests with each, and writes what came of it into README.md and seen.json beside this file:
//   node --conditions=@midstream/source -r ./deploy/local/typescript.cjs libs/simulation/mutants/main.ts
import fs from 'node:fs';
import path from 'node:path';
import { runMutants } from './index';
import { tableOf } from './table';

const README = path.join(__dirname, 'README.md');
const SEEN = path.join(__dirname, 'seen.json');

async function main(): Promise<number> {
  const mutation = await runMutants({
    unitTests: true,
    onRow: ({ mutant, seed, invariant }, done, of) =>
      console.log(`${done} of ${of}: ${mutant.id} ${invariant === undefined ? 'is not seen' : `is seen by seed ${seed} (${invariant})`}`),
  });
  const seen = Object.fromEntries(mutation.rows.flatMap(({ mutant, seed }) => (seed === undefined ? [] : [[mutant.id, seed]])));
  fs.writeFileSync(SEEN, `${JSON.stringify(seen, null, 2)}\n`);
  fs.writeFileSync(README, tableOf(mutation));
  console.log(`${mutation.caught} of ${mutation.mutants} are seen`);
  return mutation.caught === mutation.mutants ? 0 : 1;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
