import { fork } from 'node:child_process';
import { join } from 'node:path';
import { profiled } from './profile';
import type { House } from './house';

const ROOT = join(__dirname, '../..');

/** A part of Midstream that runs alone, in a process of its own: it does what it is told, one thing at a time. */
export interface Part<Told, Answer> {
  do(told: Told): Promise<Answer>;
  stop(): Promise<void>;
}

/** `file` answers each message with one of its own (see `serve`). */
export function startPart<Told extends object, Answer>(file: string, house: House): Part<Told, Answer> {
  const child = fork(join(__dirname, file), {
    cwd: ROOT,
    execArgv: ['--conditions=@midstream/source', '-r', join(ROOT, 'deploy/local/typescript.cjs')],
    // As a service of its own runs (services/standalone/distributed.ts)
    env: { NODE_OPTIONS: '--max-old-space-size=512', ...process.env, ...(house.profiler !== undefined && profiled(house.profiler.folder)) },
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    do: (told) =>
      new Promise((resolve, reject) => {
        const end = (): void => {
          child.off('message', hear);
          child.off('exit', fail);
        };
        const fail = (): void => (end(), reject(new Error(`${file} has ended`)));
        const hear = (message: unknown): void => {
          end();
          const { answer, failed } = message as { readonly answer?: Answer; readonly failed?: string };
          if (failed === undefined) resolve(answer as Answer);
          else reject(new Error(failed));
        };
        child.on('message', hear);
        child.once('exit', fail);
        child.send(told);
      }),
    async stop() {
      child.disconnect();
      await gone;
    },
  };
}

/** In the part's own process: answers what it is told, and ends when nobody talks to it any more. */
export function serve<Told, Answer>(answer: (told: Told) => Promise<Answer>): void {
  process.on('message', (told: Told) => {
    answer(told).then(
      (it) => process.send?.({ answer: it }),
      (error: unknown) => process.send?.({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.once('disconnect', () => process.exit(0));
}
