import type { Due } from '@midstream/kernel';
import { Heap } from './agenda';
import type { AnyCommand, AnyEvent, Wired } from './wiring';

/** A command that waits for its time. */
export interface WaitingCommand {
  /** When it is looked at; never before it is due. */
  readonly at: number;
  readonly dueAt: number;
  readonly n: number;
  readonly command: AnyCommand;
  readonly caughtUp?: string;
  readonly cause: number;
}

/** A call to the outside that is due, or under way. */
export interface WaitingEffect {
  readonly id: number;
  readonly kind: string;
  readonly key: string;
  readonly event: AnyEvent;
  dueAt: number;
  attempts: number;
  leaseUntil: number;
  token: number;
}

interface Ready {
  readonly at: number;
  readonly n: number;
  readonly effect: WaitingEffect;
}

/** Of an effect without a lease of its own (libs/runtime/limits.ts). */
const LEASE_MS = 60_000;
const BACKOFF_MS = { first: 500, max: 60_000 } as const;

/** The table of what is due: commands by time, and effects in order by key, each under a lease and a token (libs/runtime/todo.ts). */
export class Todo {
  private n = 0;
  private tokens = 0;
  private readonly commands = new Heap<WaitingCommand>();
  private readonly effects = new Map<number, WaitingEffect>();
  private readonly ready = new Heap<Ready>();
  private readonly lanes = new Map<string, WaitingEffect[]>();

  private readonly calledBy = new Map<string, string[]>();

  constructor(private readonly wired: Wired) {
    for (const [kind, { on }] of Object.entries(wired.effects)) this.calledBy.set(on, [...(this.calledBy.get(on) ?? []), kind]);
  }

  addCommand({ command, caughtUp }: Due<AnyCommand>, at: number, cause: number): void {
    this.commands.push({ at, dueAt: at, n: (this.n += 1), command, cause, ...(caughtUp !== undefined && { caughtUp }) });
  }

  /** A command that waits longer: its topic has not been heard so far, or its key is parked. */
  postpone(waiting: WaitingCommand, at: number): void {
    this.commands.push({ ...waiting, at });
  }

  addEffects(event: AnyEvent, at: number): void {
    for (const kind of this.calledBy.get(event.type) ?? []) {
      const effect = this.wired.effects[kind];
      if (effect === undefined) continue;
      const made = { id: (this.n += 1), kind, key: effect.key(event), event, dueAt: at, attempts: 0, leaseUntil: 0, token: 0 };
      this.effects.set(made.id, made);
      const lane = this.lanes.get(made.key);
      if (lane === undefined) this.lanes.set(made.key, [made]);
      else lane.push(made);
      if (lane === undefined || lane.length === 1) this.ready.push({ at, n: made.id, effect: made });
    }
  }

  takeCommands(now: number, limit: number): WaitingCommand[] {
    const taken: WaitingCommand[] = [];
    while (taken.length < limit) {
      const first = this.commands.peek();
      if (first === undefined || first.at > now) break;
      this.commands.pop();
      taken.push(first);
    }
    return taken;
  }

  /** Leases what is due, the first of each key. */
  claimEffects(now: number, limit: number): WaitingEffect[] {
    const claimed: WaitingEffect[] = [];
    while (claimed.length < limit) {
      const first = this.ready.peek();
      if (first === undefined || first.at > now) break;
      this.ready.pop();
      const { effect } = first;
      if (!this.effects.has(effect.id) || effect.dueAt > now || effect.leaseUntil > now) continue;
      effect.attempts += 1;
      effect.token = this.tokens += 1;
      effect.leaseUntil = now + this.leaseOf(effect);
      this.ready.push({ at: effect.leaseUntil, n: effect.id, effect });
      claimed.push(effect);
    }
    return claimed;
  }

  leaseOf(effect: WaitingEffect): number {
    return this.wired.effects[effect.kind]?.leaseMs ?? LEASE_MS;
  }

  holds(id: number, token: number): boolean {
    return this.effects.get(id)?.token === token;
  }

  finish(id: number): void {
    const effect = this.effects.get(id);
    if (effect === undefined) return;
    this.effects.delete(id);
    const lane = this.lanes.get(effect.key);
    lane?.splice(lane.indexOf(effect), 1);
    const [next] = lane ?? [];
    if (next === undefined) this.lanes.delete(effect.key);
    else this.ready.push({ at: Math.max(next.dueAt, next.leaseUntil), n: next.id, effect: next });
  }

  /** An effect that failed is tried again, later each time. */
  fail(effect: WaitingEffect, token: number, now: number): void {
    if (!this.holds(effect.id, token)) return;
    effect.dueAt = now + Math.min(BACKOFF_MS.first * 2 ** Math.min(effect.attempts, 20), BACKOFF_MS.max);
    effect.leaseUntil = 0;
    effect.token = 0;
    this.ready.push({ at: effect.dueAt, n: effect.id, effect });
  }

  /** When something is due next. */
  nextAt(): number | undefined {
    const [command, effect] = [this.commands.peek()?.at, this.ready.peek()?.at];
    return command === undefined ? effect : effect === undefined ? command : Math.min(command, effect);
  }

  get waitingCommands(): readonly WaitingCommand[] {
    return this.commands.all();
  }

  get waitingEffects(): readonly WaitingEffect[] {
    return [...this.effects.values()];
  }
}
