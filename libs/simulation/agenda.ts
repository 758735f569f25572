/** A heap by time; of one time, first come, first served. */
export class Heap<T extends { readonly at: number; readonly n: number }> {
  private readonly items: T[] = [];

  get size(): number {
    return this.items.length;
  }

  peek(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    const { items } = this;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const above = items[up];
      if (above === undefined || before(above, item)) break;
      items[at] = above;
      at = up;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const { items } = this;
    const [first] = items;
    const last = items.pop();
    if (items.length === 0 || last === undefined) return first;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      let child = items[down];
      if (child === undefined) break;
      const other = items[down + 1];
      if (other !== undefined && before(other, child)) {
        child = other;
        down += 1;
      }
      if (before(last, child)) break;
      items[at] = child;
      at = down;
    }
    items[at] = last;
    return first;
  }

  /** All that is there, in no order. */
  all(): readonly T[] {
    return this.items;
  }
}

const before = (a: { readonly at: number; readonly n: number }, b: { readonly at: number; readonly n: number }): boolean =>
  a.at < b.at || (a.at === b.at && a.n < b.n);

interface Entry {
  readonly at: number;
  readonly n: number;
  readonly run: () => void;
}

/** The simulated clock, and what is to happen when: one thing after the other, and no time passes in between. */
export class Agenda {
  /** Milliseconds since the epoch. */
  now: number;
  private n = 0;
  private readonly heap = new Heap<Entry>();

  constructor(now: number) {
    this.now = now;
  }

  at(at: number, run: () => void): void {
    this.heap.push({ at: Math.max(at, this.now), n: (this.n += 1), run });
  }

  after(ms: number, run: () => void): void {
    this.at(this.now + ms, run);
  }

  /** When the next thing happens; undefined when nothing is left. */
  nextAt(): number | undefined {
    return this.heap.peek()?.at;
  }

  /** Does the next thing; false when nothing is left. */
  step(): boolean {
    const entry = this.heap.pop();
    if (entry === undefined) return false;
    this.now = entry.at;
    entry.run();
    return true;
  }
}
