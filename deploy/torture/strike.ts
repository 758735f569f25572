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
  readonly deeds: Deeds;
  /** What was under way at the last kill. */
  readonly flight: Flight;
  /** Resolves when the last fault is over and all is healthy; rejects with `Down` as soon as a server does not come back. */
  readonly over: Promise<void>;
}

/** Does what the schedule says, when it says it. */
export function startStrikes(hub: Hub, faults: readonly Fault[], say: (line: string) => void): Strikes {
  const at = Date.now();
  const deeds: Deeds = { kills: 0, killsWithWorkInFlight: 0, restarts: 0, cuts: 0, pauses: 0, doubles: 0 };
  const state = { flight: { runningOrders: 0, openPurchases: 0, due: 0 } as Flight };
  const turns = new Map<string, Promise<void>>();
  /** A server that is on its way back is not stopped before it is there. */
  const inTurn = (name: string, work: () => Promise<void>): Promise<void> => {
    const turn = (turns.get(name) ?? Promise.resolve()).then(work);
    turns.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  };

  const kill = async ({ who, backMs, againMs }: Extract<Fault, { what: 'kill' }>): Promise<string> => {
    // where no database runs, nobody has done anything since
    state.flight = (await lookAtFlight(hub.dir)) ?? state.flight;
    const count = (): boolean => {
      if (!hub.processes[who].kill(backMs)) return false;
      deeds.kills += 1;
      if (state.flight.runningOrders > 0 || state.flight.openPurchases > 0) deeds.killsWithWorkInFlight += 1;
      return true;
    };
    const told = count() ? '' : ' (it was down already)';
    if (againMs !== undefined) await sleep(backMs + againMs).then(count);
    const { runningOrders, openPurchases, due } = state.flight;
    return `${told}: ${runningOrders} orders running, ${openPurchases} purchases open, ${due} tasks due`;
  };
  const work = async (fault: Fault): Promise<string> => {
    switch (fault.what) {
      case 'kill':
        return kill(fault);
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
        await inTurn(fault.who, async () => {
          await hub.servers[fault.who]?.restart(fault.downMs).catch((error: unknown) => {
            throw new Down(`${fault.who} did not come back: ${String(error)}`);
          });
        });
        return '';
      case 'cut':
        deeds.cuts += 1;
        hub.ways[fault.who]?.cut(fault.cut, fault.whom);
        await sleep(fault.forMs);
        hub.ways[fault.who]?.heal();
        return '';
    }
  };
  const strike = async (fault: Fault): Promise<void> => {
    await sleep(Math.max(0, at + fault.atMs - Date.now()));
    const begun = Date.now();
    const told = await work(fault);
    say(`${wordsOf(fault)}${told} (over after ${((Date.now() - begun) / 1_000).toFixed(1)} s)`);
  };
  const over = Promise.all(faults.map(strike)).then(() => undefined);
  over.catch(() => undefined);
  return {
    deeds,
    get flight() {
      return state.flight;
    },
    over,
  };
}
