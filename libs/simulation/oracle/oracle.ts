import type { By } from '../machine';
import type { OrderWish } from '../scenario';
import type { Appended, Outcome, Shell } from '../shell';
import type { AnyCommand } from '../wiring';
import type { World } from '../world';
import { Violation } from './violation';

export class Oracle {
  private readonly wishes = new Map<string, OrderWish>();
  lines = 0;

  constructor(private readonly world: World) {}

  fail(invariant: string, detail: string): never {
    throw new Violation(invariant, detail);
  }

  check(claim: boolean, invariant: string, detail: () => string): void {
    if (!claim) this.fail(invariant, detail());
  }

  wished(order: OrderWish): void {
    this.wishes.set(order.orderId, order);
  }
  placed(_orderId: string, _outcomes: readonly Outcome[]): void {}
  keyReused(_orderId: string, _outcomes: readonly Outcome[]): void {}
  merchantOf(orderId: string): string | undefined {
    return this.wishes.get(orderId)?.merchantId;
  }
  cancelled(_orderId: string, _foreign: boolean, _outcomes: readonly Outcome[]): void {}
  answerSome(_pick: number, _answer: 'yes' | 'no'): void {}
  refused(_shell: Shell, command: AnyCommand, code: string, by: By): void {
    if (by === 'fact') this.fail('a fact is not refused', `${command.type}: ${code}`);
  }
  committed(_shell: Shell, appended: readonly Appended[]): void {
    for (const { event } of appended)
      if (event.type === 'OrderPlaced') this.lines += (event as unknown as { lines: unknown[] }).lines.length;
  }
  quiet(): void {}
  atRest(): void {
    const { world } = this;
    for (const it of world.machine.shell('order').rowsOf<{ orderId: string; end?: string }>('orders').values())
      this.check(it.end !== undefined, 'I3', () => `${it.orderId} does not end`);
  }
}
