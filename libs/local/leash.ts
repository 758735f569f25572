import { spawn } from 'node:child_process';

export interface LeashOptions {
  /** Asks the process to end; SIGKILL follows after 20 s. */
  signal: NodeJS.Signals;
  /** A folder that is removed once the process is gone. */
  scratch?: string;
}

// `read` fails at the end of the pipe, which comes however this process ends, SIGKILL included. A line means: let go.
const SCRIPT = `
trap '' INT TERM HUP
if read -r line; then exit 0; fi
kill -s "$2" -- "$1" 2>/dev/null
tenths=0
while [ $tenths -lt 200 ] && kill -s 0 -- "$1" 2>/dev/null; do sleep 0.1; tenths=$((tenths + 1)); done
kill -s KILL -- "$1" 2>/dev/null
if [ -n "$3" ]; then rm -rf -- "$3"; fi
`;

/**
 * Ties a process that we started (a negative pid: its process group) to the life of this one: it is ended as soon as this
 * process is gone. Returns a function that lets it go; call it when the process has ended, since pids are used again.
 */
export function leash(pid: number, { signal, scratch = '' }: LeashOptions): () => void {
  const watcher = spawn('/bin/sh', ['-c', SCRIPT, 'leash', String(pid), signal.replace(/^SIG/, ''), scratch], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Its own session: Ctrl-C in a terminal reaches a whole process group, and the watcher has to outlive it.
    detached: true,
    cwd: '/',
  });
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  watcher.unref();
  const pipe = watcher.stdin as unknown as { unref?: () => void };
  pipe.unref?.();
  return () => void watcher.stdin.end('let go\n');
}
