/** What is to be heard, by time; ties in the order in which they were added. A binary heap. */
export class Agenda<T> {
  private readonly heap: { readonly at: number; readonly nth: number; readonly what: T }[] = [];
  private added = 0;

  add(at: number, what: T): void {
    const it = { at, nth: this.added++, what };
    let place = this.heap.push(it) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = this.heap[above];
      if (other === undefined || !isBefore(it, other)) break;
      this.heap[place] = other;
      place = above;
    }
    this.heap[place] = it;
  }

  /** The earliest that is due, with its time where it has none of its own. */
  due(until: number): T | undefined {
    const first = this.heap[0];
    if (first === undefined || first.at > until) return undefined;
    const last = this.heap.pop();
    if (last !== undefined && this.heap.length > 0) this.sink(last);
    return stamped(first.what, first.at);
  }

  private sink(it: { readonly at: number; readonly nth: number; readonly what: T }): void {
    let place = 0;
    for (;;) {
      const [left, right] = [this.heap[2 * place + 1], this.heap[2 * place + 2]];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const least = isRight ? right : left;
      if (!isBefore(least, it)) break;
      this.heap[place] = least;
      place = 2 * place + (isRight ? 2 : 1);
    }
    this.heap[place] = it;
  }
}

interface Timed {
  readonly at: number;
  readonly nth: number;
}
const isBefore = (a: Timed, b: Timed): boolean => a.at < b.at || (a.at === b.at && a.nth < b.nth);
const stamped = <T>(what: T, at: number): T => (typeof what === 'object' && what !== null ? { ...what, at } : what);
