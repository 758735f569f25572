import type { ChildProcess } from 'node:child_process';
import { leash } from '@midstream/local/leash';

/** Kills the child when this process ends in any way, its own SIGKILL included. For children that a test spawns. */
export function endWithUs<Child extends ChildProcess>(child: Child, signal: NodeJS.Signals = 'SIGKILL'): Child {
  if (child.pid !== undefined) child.once('exit', leash(child.pid, { signal }));
  return child;
}

const WATCH_MS = 500;

/** The same from the child's side, for children whose parent may be anybody: ends this process when its parent has. */
export function endWithParent(end: () => void = () => process.exit(1)): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end();
  }, WATCH_MS);
  watch.unref();
}
