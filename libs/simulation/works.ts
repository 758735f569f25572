import type { Topic } from '@midstream/contracts';
import type { Machine } from './machine';
import type { Shell } from './shell';
import type { WaitingCommand, WaitingEffect } from './todo';
import type { AnyCommand } from './wiring';

const PARKED_RETRY_MS = 30_000;
const NOT_CAUGHT_UP_MS = 1_000;
const EFFECTS_AT_ONCE = 64;
const DONE_MAX = 60;

/** Does what is due: commands in batches, effects under a lease, as libs/runtime/todo.ts does. */
export class Works {
  private readonly wakes = new Map<string, number>();
  /** The newest commands that were due, by service. */
  private readonly done = new Map<string, AnyCommand[]>();

  constructor(private readonly machine: Machine) {}

  /** Looks at what is due as soon as something is. */
  wake(shell: Shell): void {
    const { agenda, options } = this.machine;
    const at = shell.todo.nextAt();
    if (at === undefined || !this.machine.runs(shell)) return;
    // Often to the millisecond: what is due then, is due.
    const wakeAt = Math.max(at, agenda.now) + (options.random.chance(0.4) ? 0 : options.random.whole(1, 20));
    const known = this.wakes.get(shell.name);
    if (known !== undefined && known <= wakeAt) return;
    this.wakes.set(shell.name, wakeAt);
    agenda.at(wakeAt, () => {
      if (this.wakes.get(shell.name) !== wakeAt) return;
      this.wakes.delete(shell.name);
      this.tick(shell);
    });
  }

  private tick(shell: Shell): void {
    const { machine } = this;
    if (!machine.runs(shell)) return;
    this.takeCommands(shell);
    for (const effect of shell.todo.claimEffects(machine.agenda.now, EFFECTS_AT_ONCE)) this.begin(shell, effect);
    this.wake(shell);
  }

  private takeCommands(shell: Shell): void {
    const { machine } = this;
    const due = shell.todo.takeCommands(machine.agenda.now, machine.options.random.whole(1, 40));
    const works = due
      .filter((it) => this.isReady(shell, it))
      .map(({ command, cause }) => ({ command, cause, actor: `timer:${command.type}` }));
    if (works.length === 0) return;
    machine.steps += 1;
    this.done.set(shell.name, [...(this.done.get(shell.name) ?? []), ...works.map((it) => it.command)].slice(-DONE_MAX));
    if (!machine.strikes('before-commit', shell.name)) return machine.tellRefusals(shell, works, shell.handle(works), 'timer');
    // A batch that fails is rolled back, and each of its commands goes by itself.
    shell.handle(works, undefined, true);
    for (const it of works) machine.tellRefusals(shell, [it], shell.handle([it]), 'timer');
  }

  /** Timers that come once more: late and repeated ones do nothing. */
  repeat(shell: Shell, commands: number): void {
    for (const command of (this.done.get(shell.name) ?? []).slice(-commands)) {
      shell.todo.addCommand({ command }, this.machine.agenda.now, 0);
    }
    this.wake(shell);
  }

  private isReady(shell: Shell, waiting: WaitingCommand): boolean {
    const { agenda, deliveries } = this.machine;
    if (waiting.caughtUp !== undefined && deliveries.caughtUpAt(shell.name, waiting.caughtUp as Topic) < waiting.dueAt) {
      shell.todo.postpone(waiting, agenda.now + NOT_CAUGHT_UP_MS);
      return false;
    }
    if (!deliveries.isParked(shell, waiting.command)) return true;
    shell.todo.postpone({ ...waiting, dueAt: agenda.now + PARKED_RETRY_MS }, agenda.now + PARKED_RETRY_MS);
    return false;
  }

  /** The lease is committed; now the call goes out. What a process has begun that is dead by then, ends nowhere. */
  private begin(shell: Shell, effect: WaitingEffect): void {
    const { agenda, options } = this.machine;
    const { generation } = shell;
    const { token, attempts } = effect;
    const lost = shell.wired.effects[effect.kind]?.lost;
    if (lost !== undefined && attempts > 1) return this.finish(shell, effect, token, [lost(effect.event, 'died')]);
    const call = options.call(shell, effect);
    agenda.after(call.reachMs, () => {
      if (shell.generation !== generation || shell.isDown) return;
      this.machine.steps += 1;
      const answer = call.act();
      if (this.machine.strikes('after-call', shell.name)) return this.machine.crash(shell.name);
      agenda.after(call.answerMs, () => this.answered(shell, effect, { token, generation, answer }));
    });
  }

  private answered(
    shell: Shell,
    effect: WaitingEffect,
    { token, generation, answer }: { token: number; generation: number; answer: readonly AnyCommand[] | 'failed' },
  ): void {
    const { machine } = this;
    if (shell.generation !== generation || shell.isDown) return;
    if (machine.isPaused(shell.name)) {
      machine.agenda.after(500, () => this.answered(shell, effect, { token, generation, answer }));
      return;
    }
    if (answer !== 'failed') return this.finish(shell, effect, token, answer);
    const lost = shell.wired.effects[effect.kind]?.lost;
    if (lost !== undefined) return this.finish(shell, effect, token, [lost(effect.event, 'failed')]);
    shell.todo.fail(effect, token, machine.agenda.now);
    this.wake(shell);
  }

  private finish(shell: Shell, effect: WaitingEffect, token: number, commands: readonly AnyCommand[]): void {
    const { machine } = this;
    const works = commands.map((command) => ({ command, actor: `effect:${effect.kind}`, finishes: { id: effect.id, token } }));
    machine.steps += 1;
    if (works.length > 0) machine.tellRefusals(shell, works, shell.handle(works), 'effect');
    else if (shell.todo.holds(effect.id, token)) shell.todo.finish(effect.id);
    this.wake(shell);
  }
}
