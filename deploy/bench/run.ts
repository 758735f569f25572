import { findPgbench, type Floor, openFloor, type Safety, safetyOf } from './floor';
import { type House, openHouse } from './house';
import type { BenchOptions } from './options';
import { cpuOfOurs, KINDS, ours, putFirst, type Sampler, sampleMemory } from './procs';

export type Say = (line: string) => void;

/** What every bench works with. */
export interface Rig {
  readonly house: House;
  readonly floor: Floor;
  readonly safety: Safety;
  readonly memory: Sampler;
  readonly say: Say;
}

/** A house for as long as `work` takes; whatever happens, nothing of it is left. */
export async function withHouse<T>(options: BenchOptions, say: Say, work: (house: House, memory: Sampler) => Promise<T>): Promise<T> {
  findPgbench();
  say(`starting Midstream (${options.bus})`);
  const house = await openHouse(options);
  const end = (): void => void house.stop().finally(() => process.exit(130));
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  if (options.first) putFirst([process.pid, ...ours().map((it) => it.pid)]);
  if (house.profiler !== undefined) say(`profiles: ${house.profiler.folder}`);
  const memory = sampleMemory();
  try {
    return await work(house, memory);
  } finally {
    memory.stop();
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
    await house.stop();
  }
}

/** A house, and a floor on the same server. */
export function withRig<T>(options: BenchOptions, schema: string, say: Say, work: (rig: Rig) => Promise<T>): Promise<T> {
  return withHouse(options, say, async (house, memory) => {
    const floor = await openFloor(house, { schema });
    try {
      return await work({ house, floor, safety: await safetyOf(floor.client), memory, say });
    } finally {
      await floor.close();
    }
  });
}

/** Runs `work`, profiled where that was asked for, and tells which share of a core each kind of process took meanwhile. */
export async function watched<T>(
  house: House,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly cpu: Readonly<Record<string, number>> }> {
  const [before, own, at] = [cpuOfOurs(), process.cpuUsage(), performance.now()];
  await house.profiler?.begin();
  try {
    const value = await work();
    const seconds = (performance.now() - at) / 1_000;
    const after = cpuOfOurs();
    const { user, system } = process.cpuUsage(own);
    const shares = KINDS.map((it) => [it, (after[it] - before[it]) / seconds] as const).filter(([, share]) => share > 0);
    return { value, cpu: { ...Object.fromEntries(shares), load: (user + system) / 1e6 / seconds } };
  } finally {
    await house.profiler?.end();
  }
}

export const cpuWords = (cpu: Readonly<Record<string, number>>): string =>
  Object.entries(cpu)
    .map(([name, share]) => `${name} ${(share * 100).toFixed(0)} %`)
    .join(', ');

/** What a statement counts, in a service's own database; `n` is its column. */
export async function countIn(house: House, database: string, sql: string, values: readonly unknown[] = []): Promise<number> {
  const client = await house.connect(database);
  try {
    const { rows } = await client.query<{ n: string }>(sql, [...values]);
    return Number(rows[0]?.n);
  } finally {
    await client.end();
  }
}
