import { GOODS_MAX } from './need';
import { type Aisle, answeredMs, type Shelf } from './shelf';
import { type Around, type GateCount, weigh } from './weigh';

/** Of each good of an aisle that passed, FOUND numbers: there is one for every good of a category, and few of them are shown. */
interface Found {
  readonly numbers: Float64Array;
  count: number;
}
const PLACE = 0;
const VALUE = 1;
const PRICE = 2;
const FILLS = 3;
const IN_STOCK = 4;
/** The place of its first offer in the columns. */
const FIRST = 5;
const IS_WANTED = 6;
const FOUND = 7;

/**
 * A good that passed, with what the choice of cards asks of it: a view of what was found. (Of 200 records a call V8 believed that they live long,
 * and laid them straight into the old generation: 40 KB of garbage a call, for which it let the heap grow.) All that a card shows is made for
 * those that are chosen (`goodOf`).
 */
export class Passed {
  constructor(
    readonly aisle: Aisle,
    readonly around: Around,
    private readonly numbers: Float64Array,
    private readonly from: number,
  ) {}

  get place(): number {
    return this.numbers[this.from + PLACE] ?? 0;
  }

  get shelf(): Shelf {
    return this.aisle.shelves[this.place] as Shelf;
  }

  get isWanted(): boolean {
    return this.numbers[this.from + IS_WANTED] === 1;
  }

  get valueMinor(): number {
    return this.numbers[this.from + VALUE] ?? 0;
  }

  get priceMinor(): number {
    return this.numbers[this.from + PRICE] ?? 0;
  }

  get fill(): number {
    return this.numbers[this.from + FILLS] ?? 0;
  }

  get inStock(): number {
    return this.numbers[this.from + IN_STOCK] ?? 0;
  }

  /** Of the first offer: its answer, and the code of its source. */
  get responseMs(): number {
    return answeredMs(this.aisle.offers, this.numbers[this.from + FIRST] ?? 0, this.around.at);
  }

  get source(): number {
    return this.aisle.offers.source[this.numbers[this.from + FIRST] ?? 0] ?? 0;
  }
}

/** Used again by each walk, which is read before the next. */
let room = new Float64Array();

/** @param only the one place that is looked at; all where it is left out */
export function walked(aisle: Aisle, around: Around, gates: GateCount, only?: number): Found {
  const { shelves } = aisle;
  const { isWhole, skus } = around.screen.wanted;
  const [begin, end] = only === undefined ? [0, shelves.length] : [only, only + 1];
  if (room.length < FOUND * shelves.length) room = new Float64Array(2 * FOUND * shelves.length);
  const found: Found = { numbers: room, count: 0 };
  for (let place = begin; place < end; place++) {
    const it = weigh(aisle, place, around, gates);
    if (it === undefined) continue;
    const from = FOUND * found.count++;
    room[from + PLACE] = place;
    room[from + VALUE] = it.valueMinor;
    room[from + PRICE] = it.priced.priceMinor;
    room[from + FILLS] = it.traits.fill;
    room[from + IN_STOCK] = it.traits.inStock;
    room[from + FIRST] = it.best.at[0] ?? 0;
    room[from + IS_WANTED] = Number(isWhole ?? skus.has(shelves[place]?.sku ?? ''));
  }
  return found;
}

/** The foremost, with numbers of their own: the room is used again. */
export function passedOf(aisle: Aisle, around: Around, found: Found): Passed[] {
  const places = foremost(found);
  const numbers = new Float64Array(FOUND * places.length);
  return places.map((from, n) => {
    for (let it = 0; it < FOUND; it++) numbers[n * FOUND + it] = found.numbers[from + it] ?? 0;
    return new Passed(aisle, around, numbers, n * FOUND);
  });
}

/** Where the numbers begin of those that may be among the GOODS_MAX best: of those that are wanted, and of the others, no more than that. */
function foremost({ numbers, count }: Found): number[] {
  const [wanted, others]: [number[], number[]] = [[], []];
  for (let from = 0; from < count * FOUND; from += FOUND) (numbers[from + IS_WANTED] === 1 ? wanted : others).push(from);
  return [wanted, others].flatMap((all) => {
    if (all.length <= GOODS_MAX) return all;
    const values = new Float64Array(all.length);
    for (let n = 0; n < all.length; n++) values[n] = numbers[(all[n] ?? 0) + VALUE] ?? 0;
    const least = values.sort()[all.length - GOODS_MAX] ?? 0;
    return all.filter((from) => (numbers[from + VALUE] ?? 0) >= least);
  });
}
