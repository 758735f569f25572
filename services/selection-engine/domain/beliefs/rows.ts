/** Rows of a page: a page is never moved, so that growing costs nothing, and little of the last one lies idle. */
const PAGE_ROWS = 256;

/** Shows the numbers of a row, which begin at `from`. */
export type Show<Shown> = (numbers: Float64Array, from: number) => Shown;

/**
 * Numbers by id, `width` for each, in the order in which they were added. As objects, with a box around each number, the histories of
 * 50,000 offers took 40 MB and were walked through whenever garbage was collected; as rows they take 11. What is read is a view of the row,
 * good until the row is deleted.
 */
export class Rows<Shown> {
  private readonly places = new Map<string, number>();
  private readonly pages: Float64Array[] = [];
  private readonly free: number[] = [];
  private used = 0;

  constructor(
    private readonly width: number,
    private readonly show: Show<Shown>,
  ) {}

  get size(): number {
    return this.places.size;
  }

  get(id: string): Shown | undefined {
    const place = this.places.get(id);
    return place === undefined ? undefined : this.at(place);
  }

  /** A row of zeros, for an id that has none yet. */
  add(id: string): Shown {
    const place = this.free.pop() ?? this.used++;
    this.places.set(id, place);
    const numbers = (this.pages[Math.floor(place / PAGE_ROWS)] ??= new Float64Array(PAGE_ROWS * this.width));
    const from = (place % PAGE_ROWS) * this.width;
    numbers.fill(0, from, from + this.width);
    return this.show(numbers, from);
  }

  delete(id: string): void {
    const place = this.places.get(id);
    if (place === undefined) return;
    this.places.delete(id);
    this.free.push(place);
  }

  *values(): Generator<Shown> {
    for (const place of this.places.values()) yield this.at(place);
  }

  *[Symbol.iterator](): Generator<[string, Shown]> {
    for (const [id, place] of this.places) yield [id, this.at(place)];
  }

  private at(place: number): Shown {
    return this.show(this.pages[Math.floor(place / PAGE_ROWS)] as Float64Array, (place % PAGE_ROWS) * this.width);
  }
}

/** A class of objects that read and write these numbers, one after the other, where they stand. */
export function viewOf<Name extends string>(
  ...names: readonly Name[]
): new (numbers: Float64Array, from: number) => { [It in Name]: number } {
  class View {
    constructor(
      readonly numbers: Float64Array,
      readonly from: number,
    ) {}
  }
  names.forEach((name, n) =>
    Object.defineProperty(View.prototype, name, {
      get(this: View) {
        return this.numbers[this.from + n];
      },
      set(this: View, it: number) {
        this.numbers[this.from + n] = it;
      },
    }),
  );
  return View as never;
}
