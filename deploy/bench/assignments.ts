import type { Logged } from './follow';

/** An order that was not answered with 201, or that found nothing: with it a bench has no ratio. */
export class OrderFailed extends Error {}

/** Past it an order counts as lost. */
export const PATIENCE_MS = 60_000;

interface Waiting {
  left: number;
  readonly done: (assignedAt: number) => void;
  readonly fail: (error: Error) => void;
}

/** Brings together the orders that wait and what the log tells of them, whichever comes first: an order's id is known by its answer only. */
export class Assignments {
  private readonly waiting = new Map<string, Waiting>();
  private readonly early = new Map<string, number[]>();
  private readonly dead = new Set<string>();
  private readonly ended = new Map<string, number>();
  private readonly awaiting = new Map<string, (at: number) => void>();

  /** Of an event of the order service's log. A substitution is not an order's first assignment. */
  note({ type, key, replaces }: Logged, seenAt: number): void {
    if (replaces !== null) return;
    if (type === 'OrderClosed') return this.end(key, seenAt);
    const known = this.waiting.get(key);
    if (type === 'UnitsGivenUp') {
      if (known === undefined) this.dead.add(key);
      else known.fail(nothingFor(key));
    } else if (known === undefined) this.early.set(key, [...(this.early.get(key) ?? []), seenAt]);
    else if ((known.left -= 1) === 0) known.done(seenAt);
  }

  private end(orderId: string, seenAt: number): void {
    const awaiting = this.awaiting.get(orderId);
    if (awaiting === undefined) this.ended.set(orderId, seenAt);
    else awaiting(seenAt);
  }

  /** When the order was seen closed. @throws OrderFailed */
  closed(orderId: string): Promise<number> {
    const ended = this.ended.get(orderId);
    if (ended !== undefined) return Promise.resolve(ended);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.awaiting.delete(orderId);
        reject(new OrderFailed(`order ${orderId} was not delivered within ${PATIENCE_MS / 1_000} s`));
      }, PATIENCE_MS);
      this.awaiting.set(orderId, (at) => {
        clearTimeout(late);
        this.awaiting.delete(orderId);
        resolve(at);
      });
    });
  }

  /** When the last of the order's lines was seen assigned. @throws OrderFailed */
  of(orderId: string, lines: number): Promise<number> {
    if (this.dead.delete(orderId)) return Promise.reject(nothingFor(orderId));
    const before = this.early.get(orderId) ?? [];
    this.early.delete(orderId);
    if (before.length === lines) return Promise.resolve(before.at(-1) ?? 0);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(late);
        this.waiting.delete(orderId);
      };
      const fail = (error: Error): void => {
        end();
        reject(error);
      };
      const late = setTimeout(
        () => fail(new OrderFailed(`order ${orderId} was not assigned within ${PATIENCE_MS / 1_000} s`)),
        PATIENCE_MS,
      );
      const done = (at: number): void => {
        end();
        resolve(at);
      };
      this.waiting.set(orderId, { left: lines - before.length, done, fail });
    });
  }
}

const nothingFor = (orderId: string): OrderFailed => new OrderFailed(`order ${orderId} found nothing`);
