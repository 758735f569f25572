import type { Service } from '@midstream/contracts';
import { Agenda } from './agenda';
import { Bus } from './bus';
import { Deliveries } from './deliveries';
import type { Random } from './random';
import { type Appended, type Outcome, Shell, type Work } from './shell';
import type { WaitingEffect } from './todo';
import { type AnyCommand, SERVICES } from './wiring';
import { Works } from './works';

/** A call to the outside, as it will go: it arrives there, does what it does, and its answer comes back; all in milliseconds from now. */
export interface Call {
  readonly reachMs: number;
  readonly answerMs: number;
  /** What the call comes to; `failed` where no answer comes. */
  act(): readonly AnyCommand[] | 'failed';
}

export type By = 'fact' | 'timer' | 'effect';

export interface MachineOptions {
  readonly startAt: number;
  readonly random: Random;
  readonly partitions: number;
  /** The longest way of a message, in milliseconds. */
  readonly latencyMs: number;
  readonly strict: boolean;
  /** Movements of stock are kept. */
  readonly keepsBooks: boolean;
  readonly call: (shell: Shell, effect: WaitingEffect) => Call;
  readonly committed: (shell: Shell, appended: readonly Appended[]) => void;
  readonly refused: (shell: Shell, command: AnyCommand, code: string, by: By) => void;
}

/** Where a process dies, once, at the next occasion; or, of `late-commit`, how long a transaction takes. */
export type Blow = 'late-commit' | 'before-commit' | 'after-commit' | 'after-publish' | 'after-call';

const RESTART_MS = 2_000;
const LATE_MS_MAX = 5_000;

/** Five shells and the bus between them. Everything that happens is a step of the agenda. */
export class Machine {
  readonly agenda: Agenda;
  readonly bus: Bus;
  readonly shells: ReadonlyMap<Service, Shell>;
  readonly deliveries: Deliveries;
  readonly works: Works;
  steps = 0;
  private eventIds = 0;
  private readonly scheduled = new Set<string>();
  private readonly blows = new Map<string, number>();
  private readonly pausedUntil = new Map<Service, number>();

  constructor(readonly options: MachineOptions) {
    this.agenda = new Agenda(options.startAt);
    this.bus = new Bus(options.partitions);
    const shellOptions = {
      agenda: this.agenda,
      strict: options.strict,
      keepsBooks: options.keepsBooks,
      nextEventId: this.nextEventId,
      committed: (shell: Shell, appended: readonly Appended[]) => {
        options.committed(shell, appended);
        this.poke(shell);
      },
      logged: (shell: Shell) => this.poke(shell),
      lateMs: (shell: Shell) => (this.strikes('late-commit', shell.name) ? options.random.whole(1, LATE_MS_MAX) : 0),
    };
    this.shells = new Map(SERVICES.map((it) => [it.name, new Shell(it, shellOptions)]));
    this.deliveries = new Deliveries(this);
    this.works = new Works(this);
  }

  readonly nextEventId = (): number => (this.eventIds += 1);

  shell(name: Service): Shell {
    const shell = this.shells.get(name);
    if (shell === undefined) throw new Error(`there is no service ${name}`);
    return shell;
  }

  /** Commands of callers that arrived together; undefined where the service does not answer, or their key is parked. */
  request(name: Service, works: readonly Work[]): readonly Outcome[] | undefined {
    const shell = this.shell(name);
    if (shell.isDown || this.isPaused(name)) return undefined;
    this.steps += 1;
    if (works.some((it) => this.deliveries.isParked(shell, it.command))) return undefined;
    return shell.handle(works);
  }

  private poke(shell: Shell): void {
    this.deliveries.poke(shell);
    this.works.wake(shell);
  }

  /** The process dies, and comes back after `ms`. What it had in hand and not committed has never been. */
  crash(name: Service, ms = RESTART_MS): void {
    const shell = this.shell(name);
    if (shell.isDown) return;
    shell.die();
    this.pausedUntil.delete(name);
    this.bus.rewind(name);
    this.agenda.after(ms, () => {
      shell.restart();
      shell.isDown = false;
      this.resume(shell);
    });
  }

  /** The process stands still for so long, and does not know it: a lease that it holds may have run out. */
  pause(name: Service, ms: number): void {
    if (this.shell(name).isDown) return;
    this.pausedUntil.set(name, this.agenda.now + ms);
    this.agenda.after(ms, () => this.resume(this.shell(name)));
  }

  unpause(shell: Shell): void {
    this.pausedUntil.delete(shell.name);
    this.resume(shell);
  }

  private resume(shell: Shell): void {
    this.poke(shell);
    this.deliveries.expectAll(shell.name);
  }

  isPaused(name: Service): boolean {
    return (this.pausedUntil.get(name) ?? 0) > this.agenda.now;
  }

  /** Whether the process runs now. */
  runs({ name, isDown }: Shell): boolean {
    return !isDown && !this.isPaused(name);
  }

  /** The process will die at the next such place. */
  strikeAt(blow: Blow, name: Service): void {
    const key = `${blow}/${name}`;
    this.blows.set(key, (this.blows.get(key) ?? 0) + 1);
  }

  strikes(blow: Blow, name: Service): boolean {
    if (this.blows.size === 0) return false;
    const key = `${blow}/${name}`;
    const left = this.blows.get(key);
    if (left === undefined) return false;
    if (left === 1) this.blows.delete(key);
    else this.blows.set(key, left - 1);
    return true;
  }

  /** Whether all that was committed has been heard, and nothing that is called for by it waits to be done now. */
  isIdle(): boolean {
    for (const shell of this.shells.values()) {
      const due = shell.todo.nextAt();
      if (!this.deliveries.isPublished(shell) || (due !== undefined && due <= this.agenda.now)) return false;
    }
    return this.bus.all().every((it) => [...it.places.values()].every(({ position }) => position === it.messages.length));
  }

  forgetBlows(): void {
    this.blows.clear();
  }

  /** Once at a time under one name. */
  soon(name: string, ms: number, run: () => void): void {
    if (this.scheduled.has(name)) return;
    this.scheduled.add(name);
    this.agenda.after(ms, () => {
      this.scheduled.delete(name);
      run();
    });
  }

  latency(share = 1): number {
    return this.options.random.whole(1, Math.max(1, Math.round(this.options.latencyMs * share)));
  }

  tellRefusals(shell: Shell, works: readonly Work[], outcomes: readonly Outcome[], by: By): void {
    outcomes.forEach((it, index) => {
      const work = works[index];
      if (it.kind === 'refused' && work !== undefined) this.options.refused(shell, work.command, it.rejection.rejected, by);
    });
  }
}
