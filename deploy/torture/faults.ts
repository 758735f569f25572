import { SERVICES, type Service } from '@midstream/contracts';
import type { Cut } from './proxy';
import { between, type Chance, oneOf } from './schedule';

/** Who is killed: the services, and the entrance in front of them. */
export type Process = Service | 'entrance';
export const PROCESSES: readonly Process[] = [...SERVICES, 'entrance'];

export type Server = 'postgres' | 'kafka' | 'redis';
/** The way of one service to its database, or the way of all to Kafka. */
export type Link = Service | 'kafka';

export type Deed =
  /** SIGKILL, and a start `backMs` later; `againMs` after that start the same once more. */
  | { readonly what: 'kill'; readonly who: Process; readonly backMs: number; readonly againMs?: number }
  /** SIGSTOP, and SIGCONT after longer than its session with Kafka lasts. */
  | { readonly what: 'pause'; readonly who: Service; readonly forMs: number }
  /** A second copy beside it, that leaves properly or dies. */
  | { readonly what: 'double'; readonly who: Service; readonly forMs: number; readonly ends: 'SIGTERM' | 'SIGKILL' }
  /** PostgreSQL stops at once, Kafka and Redis are killed; each comes back with its data on its port. */
  | { readonly what: 'restart'; readonly who: Server; readonly downMs: number }
  | { readonly what: 'cut'; readonly who: Link; readonly cut: Cut; readonly whom: 'all' | 'half'; readonly forMs: number };

/** A deed, so long after the load has begun. */
export type Fault = Deed & { readonly atMs: number };

type Card = Process | 'kill' | 'pause' | 'double' | Server | Cut['kind'];

/** One round: each kind of fault at least once, each process killed once and three more by chance, in an order that the seed draws. */
const ROUND: readonly Card[] = [
  ...PROCESSES,
  ...Array.from({ length: 3 }, (): Card => 'kill'),
  ...(['pause', 'double', 'postgres', 'kafka', 'redis', 'latency', 'reset', 'half-open'] as const),
];
const FIRST_MS = 4_000;
const GAP_MS = { least: 4_000, most: 9_000 } as const;
const BACK_MS = { least: 1_000, most: 2_500 } as const;
const AGAIN_MS = { least: 500, most: 6_000 } as const;
const AGAIN_SHARE = 0.25;
/** Kafka's session lasts 30 s. */
const PAUSE_MS = { least: 32_000, most: 40_000 } as const;
const DOUBLE_MS = { least: 25_000, most: 60_000 } as const;
const DOWN_MS = { least: 300, most: 6_000 } as const;
const CUT_MS = {
  latency: { least: 5_000, most: 20_000 },
  reset: { least: 50, most: 5_000 },
  'half-open': { least: 3_000, most: 15_000 },
} as const;
const LATENCY_MS = { least: 20, most: 250 } as const;
const LINKS: readonly Link[] = [...SERVICES, 'kafka'];
const KAFKA_SHARE = 0.4;

export interface Can {
  readonly forMs: number;
  /** What is ours to stop; what is not is left out, and all else stays where it is. */
  readonly servers: readonly Server[];
}

/** Everything that will be done, in its order: of the same seed the same. What lasts ends with the time. */
export function faultsOf(chance: Chance, { forMs, servers }: Can): Fault[] {
  const faults: Fault[] = [];
  const busy = new Map<string, number>();
  let atMs = FIRST_MS;
  for (let n = 0; atMs < forMs; n++) {
    const round = Math.floor(n / ROUND.length);
    const cards = ROUND.map((card, index) => ({ card, place: chance('card', round, index) })).sort((a, b) => a.place - b.place);
    const card = cards[n % ROUND.length]?.card ?? 'kill';
    const deed = deedOf(card, (...words) => chance('fault', n, ...words), { atMs, forMs, busy });
    const isOurs =
      (deed?.what !== 'restart' || servers.includes(deed.who)) &&
      (deed?.what !== 'cut' || deed.who !== 'kafka' || servers.includes('kafka'));
    if (deed !== undefined && isOurs) faults.push({ ...deed, atMs });
    atMs += whole(chance('gap', n), GAP_MS);
  }
  return faults;
}

interface When {
  readonly atMs: number;
  readonly forMs: number;
  /** Until when something lasts: nothing is paused, doubled or cut twice at once, and nobody who is paused is killed. */
  readonly busy: Map<string, number>;
}

const whole = (share: number, { least, most }: { readonly least: number; readonly most: number }): number =>
  Math.round(between(share, least, most));

function deedOf(card: Card, chance: Chance, { atMs, forMs, busy }: When): Deed | undefined {
  const isFree = (what: string): boolean => (busy.get(what) ?? 0) <= atMs;
  const lasting = (what: string, ms: number): number => {
    const lasts = Math.min(ms, forMs - atMs);
    busy.set(what, atMs + lasts);
    return lasts;
  };
  switch (card) {
    case 'order':
    case 'inventory':
    case 'selection-engine':
    case 'compliance':
    case 'notification':
    case 'entrance':
    case 'kill': {
      const free = PROCESSES.filter((it) => isFree(`pause ${it}`));
      const who = free.find((it) => it === card) ?? oneOf(chance('who'), free);
      const again = chance('again') < AGAIN_SHARE ? { againMs: whole(chance('again after'), AGAIN_MS) } : {};
      return who && { what: 'kill', who, backMs: whole(chance('back'), BACK_MS), ...again };
    }
    case 'pause': {
      const who = oneOf(
        chance('who'),
        SERVICES.filter((it) => isFree(`pause ${it}`)),
      );
      return who && { what: 'pause', who, forMs: lasting(`pause ${who}`, whole(chance('for'), PAUSE_MS)) };
    }
    case 'double': {
      const who = oneOf(
        chance('who'),
        SERVICES.filter((it) => isFree(`double ${it}`)),
      );
      const ends = chance('ends') < 0.5 ? 'SIGTERM' : 'SIGKILL';
      return who && { what: 'double', who, forMs: lasting(`double ${who}`, whole(chance('for'), DOUBLE_MS)), ends };
    }
    case 'postgres':
    case 'kafka':
    case 'redis':
      return { what: 'restart', who: card, downMs: whole(chance('down'), DOWN_MS) };
    case 'latency':
    case 'reset':
    case 'half-open': {
      const links = LINKS.filter((it) => isFree(`cut ${it}`));
      const who = chance('kafka') < KAFKA_SHARE && links.includes('kafka') ? 'kafka' : oneOf(chance('who'), links);
      const cut: Cut = card === 'latency' ? { kind: card, ms: whole(chance('ms'), LATENCY_MS) } : { kind: card };
      const whom = chance('whom') < 0.7 ? 'all' : 'half';
      return who && { what: 'cut', who, cut, whom, forMs: lasting(`cut ${who}`, whole(chance('for'), CUT_MS[card])) };
    }
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** A fault as a line of the schedule. */
export function wordsOf(fault: Fault): string {
  switch (fault.what) {
    case 'kill':
      return `kill ${fault.who}, back after ${seconds(fault.backMs)}${fault.againMs === undefined ? '' : `, killed again ${seconds(fault.againMs)} later`}`;
    case 'pause':
      return `pause ${fault.who} for ${seconds(fault.forMs)}`;
    case 'double':
      return `a second ${fault.who} for ${seconds(fault.forMs)}, ended by ${fault.ends}`;
    case 'restart':
      return `stop ${fault.who}${fault.who === 'postgres' ? ' (immediate)' : ' (SIGKILL)'}, back after ${seconds(fault.downMs)}`;
    case 'cut': {
      const way = fault.who === 'kafka' ? 'all services and Kafka' : `${fault.who} and PostgreSQL`;
      const kind = fault.cut.kind === 'latency' ? `latency of ${fault.cut.ms} ms` : fault.cut.kind;
      return `${kind} between ${way} (${fault.whom} of the connections) for ${seconds(fault.forMs)}`;
    }
  }
}
