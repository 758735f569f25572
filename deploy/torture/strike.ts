import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, wordsOf } from './faults';
import { type Flight, lookAtFlight } from './flight';
import { Down } from './house';
import type { Hub } from './hub';

/** What was done, as it was done: a kill of what was down already is none. */
export interface Deeds {
  kills: number;
  killsWithWorkInFlight: number;
  restarts: number;
  cuts: number;
  pauses: number;
  doubles: number;
}

export interface Strikes {
  readonly deeds: Readonly<Deeds>;
  /** Resolves when the last fault is over and all is healthy; rejects with `Down` as soon as a server does not come back. */
  readonly over: Promise<void>;
}

interface Striking {
  readonly hub: Hub;
  readonly deeds: Deeds;
  /** A server that is on its way back is not stopped before it is there. */
  readonly turns: Map<string, Promise<void>>;
  /** What was under way at the last kill: where no database runs, nobody has done anything since. */
  flight: Flight;
}

/** Does what the schedule says, when it says it. */
export function startStrikes(hub: Hub, faults: readonly Fault[], say: (line: string) => void): Strikes {
  const at = Date.now();
  const deeds: Deeds = { kills: 0, killsWithWorkInFlight: 0, restarts: 0, cuts: 0, pauses: 0, doubles: 0 };
  const striking: Striking = { hub, deeds, turns: new Map(), flight: { runningOrders: 0, openPurchases: 0, due: 0 } };
  const strike = async (fault: Fault): Promise<void> => {
    await sleep(Math.max(0, at + fault.atMs - Date.now()));
    const begun = Date.now();
    const told = await doOne(striking, fault);
    say(`${wordsOf(fault)}${told} (over after ${((Date.now() - begun) / 1_000).toFixed(1)} s)`);
  };
  const over = Promise.all(faults.map(strike)).then(() => undefined);
  over.catch(() => undefined);
  return { deeds, over };
}

/** Resolves when it is over; what there is to add to its words. */
async function doOne(striking: Striking, fault: Fault): Promise<string> {
  const { hub, deeds } = striking;
  switch (fault.what) {
    case 'kill':
      return kill(striking, fault);
    case 'pause': {
      const go = hub.processes[fault.who].freeze();
      if (go === undefined) return ' (it was down)';
      deeds.pauses += 1;
      await sleep(fault.forMs);
      go();
      return '';
    }
    case 'double': {
      const second = await hub.double(fault.who);
      deeds.doubles += 1;
      await sleep(fault.forMs);
      await second.stop(fault.ends);
      return '';
    }
    case 'restart':
      deeds.restarts += 1;
      await restart(striking, fault);
      return '';
    case 'cut':
      deeds.cuts += 1;
      hub.ways[fault.who]?.cut(fault.cut, fault.whom);
      await sleep(fault.forMs);
      hub.ways[fault.who]?.heal();
      return '';
  }
}

async function kill(striking: Striking, { who, backMs, againMs }: Extract<Fault, { what: 'kill' }>): Promise<string> {
  const { hub, deeds } = striking;
  const strike = async (): Promise<string> => {
    striking.flight = (await lookAtFlight(hub.dir)) ?? striking.flight;
    const { runningOrders, openPurchases, due } = striking.flight;
    if (!hub.processes[who].kill(backMs)) return 'it was down already';
    deeds.kills += 1;
    if (runningOrders > 0 || openPurchases > 0) deeds.killsWithWorkInFlight += 1;
    return `${runningOrders} orders running, ${openPurchases} purchases open, ${due} tasks due`;
  };
  const first = await strike();
  if (againMs === undefined) return `: ${first}`;
  await sleep(backMs + againMs);
  return `: ${first}; then ${await strike()}`;
}

async function restart({ hub, turns }: Striking, { who, downMs }: Extract<Fault, { what: 'restart' }>): Promise<void> {
  const turn = (turns.get(who) ?? Promise.resolve()).then(() => hub.servers[who]?.restart(downMs));
  turns.set(
    who,
    turn.catch(() => undefined),
  );
  await turn.catch((error: unknown) => {
    throw new Down(`${who} did not come back: ${String(error)}`);
  });
}
