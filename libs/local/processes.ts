import { type ChildProcess, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessView {
  parent: number;
  command: string;
  cwd?: string;
}

/** What the machine knows of a process; undefined when it has ended, a zombie included. */
export function lookAt(pid: number): ProcessView | undefined {
  return fs.existsSync('/proc/self/stat') ? lookInProc(pid) : askPs(pid);
}

function lookInProc(pid: number): ProcessView | undefined {
  try {
    // The name in brackets may hold spaces and brackets itself: fields are counted from the last one.
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { parent: Number(parent), command, cwd: linkTarget(`/proc/${pid}/cwd`) };
  } catch {
    return undefined;
  }
}

function linkTarget(link: string): string | undefined {
  try {
    return fs.readlinkSync(link);
  } catch {
    return undefined; // another user's process
  }
}

function askPs(pid: number): ProcessView | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,ppid=,command=', '-p', String(pid)], { encoding: 'utf8' });
  const [, state, parent, command] = /^\s*(\S+)\s+(\d+)\s+(.*)/.exec(stdout ?? '') ?? [];
  if (state === undefined || state.startsWith('Z') || command === undefined) return undefined;
  return { parent: Number(parent), command };
}

/** Signals a process until it is gone: each step is a signal and how long to wait for its effect. */
export async function endProcess(pid: number, steps: readonly (readonly [NodeJS.Signals, number])[]): Promise<void> {
  for (const [signal, limitMs] of steps) {
    sendSignal(pid, signal);
    if (await gone(pid, limitMs)) return;
  }
  throw new Error(`process ${pid} does not end, not even by ${steps.at(-1)?.[0]}`);
}

async function gone(pid: number, limitMs: number): Promise<boolean> {
  for (const endsAt = Date.now() + limitMs; Date.now() < endsAt; await sleep(20)) {
    if (lookAt(pid) === undefined) return true;
  }
  return lookAt(pid) === undefined;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resolves when the child has ended and is reaped; keeps this process alive as long as somebody waits. */
export async function childGone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  await new Promise((resolve) => child.once('exit', resolve));
}

const LETS_LIVE: readonly NodeJS.Signals[] = ['SIGSTOP', 'SIGCONT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];

/** Sends a signal to a child; where the signal ends a process, waits until it is gone. */
export async function signalChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  if (!LETS_LIVE.includes(signal)) await childGone(child);
}

/** `owner` is the process that started `pid`; a process has another parent as soon as its own has ended. */
export function isOrphan(pid: number, owner: number | undefined): boolean {
  return lookAt(pid)?.parent !== owner;
}

export function readNumber(file: string): number | undefined {
  try {
    const number = Number.parseInt(fs.readFileSync(file, 'utf8'), 10);
    return Number.isSafeInteger(number) && number > 0 ? number : undefined;
  } catch {
    return undefined;
  }
}

/** The end of a log, for error messages. */
export function tail(file: string, from = 0): string {
  try {
    return fs.readFileSync(file).subarray(from).subarray(-4000).toString('utf8');
  } catch {
    return '';
  }
}
