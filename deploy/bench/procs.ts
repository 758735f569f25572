import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** A process below ours, as the kernel knows it. */
export interface Proc {
  readonly pid: number;
  readonly parent: number;
  /** `node`, `postgres`, `java`, … */
  readonly name: string;
  readonly command: string;
  readonly stopped: boolean;
  /** Seconds of CPU since it began. */
  readonly cpu: number;
}

const TICKS_A_SECOND = 100;

/** Everything that a bench has started: the house, and parts of it that run alone. Linux only, as `/proc` is. */
export function ours(): Proc[] {
  return treeOf(process.pid).filter((it) => it.pid !== process.pid);
}

/** A process and everything below it. */
export function treeOf(root: number): Proc[] {
  const all = readdirSync('/proc')
    .filter((it) => /^\d+$/.test(it))
    .flatMap((it) => read(Number(it)));
  const found = all.filter((it) => it.pid === root);
  for (const one of found) found.push(...all.filter((it) => it.parent === one.pid));
  return found;
}

function read(pid: number): Proc[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return [];
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    const cpu = (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
    return [{ pid, parent: Number(fields[1]), name, command, stopped: fields[0] === 'T', cpu }];
  } catch {
    return []; // it has ended meanwhile
  }
}

/** Memory that is this process's own, and its share of what it has in common with others, MB. */
export function pssMb(pid: number): number {
  try {
    const [, kb] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Number(kb ?? 0) / 1024;
  } catch {
    return 0;
  }
}

export const KINDS = ['node', 'postgres', 'java'] as const;
export type Kind = (typeof KINDS)[number];

/** What a process of ours is; undefined for shells that only watch. */
export const kindOf = ({ name, command }: Proc): Kind | undefined => {
  if (name === 'node' || /^\S*node /.test(command)) return 'node';
  if (name === 'postgres') return 'postgres';
  return name === 'java' ? 'java' : undefined;
};

export const signal = (procs: readonly Proc[], name: NodeJS.Signals, ...kinds: Kind[]): void => {
  for (const it of procs) if (kinds.some((kind) => kind === kindOf(it))) process.kill(it.pid, name);
};

/** Nothing of ours takes a core, but the database, until what it gives is called. What stood still before still does then. */
export function standStill(...kinds: Kind[]): () => void {
  const moving = ours().filter((it) => !it.stopped);
  signal(moving, 'SIGSTOP', ...kinds);
  return () => signal(moving, 'SIGCONT', ...kinds);
}

/** Seconds of CPU by kind, so far. */
export function cpuOfOurs(): Readonly<Record<Kind, number>> {
  const sums = { node: 0, postgres: 0, java: 0 };
  for (const it of ours()) {
    const kind = kindOf(it);
    if (kind !== undefined) sums[kind] += it.cpu;
  }
  return sums;
}

export interface Memory {
  /** MB of all of them, the database included. */
  readonly totalMb: number;
  readonly byKind: Readonly<Record<Kind, number>>;
  /** Of the largest process of ours that is no database and no broker. */
  readonly largestNodeMb: number;
}

export function memoryOfOurs(): Memory {
  const byKind = { node: 0, postgres: 0, java: 0 };
  let largestNodeMb = 0;
  for (const it of ours()) {
    const kind = kindOf(it);
    if (kind === undefined) continue;
    const mb = pssMb(it.pid);
    byKind[kind] += mb;
    if (kind === 'node') largestNodeMb = Math.max(largestNodeMb, mb);
  }
  return { totalMb: byKind.node + byKind.postgres + byKind.java, byKind, largestNodeMb };
}

/** Between two looks: each costs the kernel a walk through all pages, so they are few. */
export const SAMPLE_EVERY_MS = 3_000;

export interface Sampler {
  /** The moment with the most in all; the largest process may have had its own. */
  peak(): Memory;
  stop(): void;
}

export function sampleMemory(): Sampler {
  let peak = memoryOfOurs();
  const timer = setInterval(() => {
    const now = memoryOfOurs();
    peak = { ...(now.totalMb > peak.totalMb ? now : peak), largestNodeMb: Math.max(now.largestNodeMb, peak.largestNodeMb) };
  }, SAMPLE_EVERY_MS);
  timer.unref();
  return { peak: () => peak, stop: () => clearInterval(timer) };
}

/** Puts processes before the other sessions of a busy machine, the floor's and ours alike. Needs root, and Linux' autogroups. */
export function putFirst(pids: readonly number[]): void {
  for (const pid of pids) writeFileSync(`/proc/${pid}/autogroup`, '-20');
}
