import { at } from './transport';

/** A line as its class sees it: who is served first is settled by age, not by who came through which partition. */
export interface AgedLine {
  readonly id: string;
  readonly units: number;
  readonly deadlineAt: number;
  readonly createdAt: number;
}

/** Units of each class, in one pass. `classOf[i]` is the class of line i; `units[i]` how much it asks for (1 where it is left out). */
export function demandOf(classes: number, classOf: Int32Array, units?: Int32Array): Float64Array {
  const demand = new Float64Array(classes);
  for (let line = 0; line < classOf.length; line++) {
    const k = at(classOf, line);
    demand[k] = at(demand, k) + (units === undefined ? 1 : at(units, line));
  }
  return demand;
}

/** Lines of one class in the order in which they are served: (deadline, creation, id), the same on every machine. */
export const inTurn = (a: AgedLine, b: AgedLine): number =>
  a.deadlineAt - b.deadlineAt || a.createdAt - b.createdAt || Number(a.id > b.id) - Number(a.id < b.id);

/** Numbers the distinct keys in the order in which they are met. */
export function grouped<Line>(
  lines: readonly Line[],
  keyOf: (line: Line) => string,
): { readonly classOf: Int32Array; readonly keys: readonly string[] } {
  const known = new Map<string, number>();
  const classOf = new Int32Array(lines.length);
  lines.forEach((line, index) => {
    const key = keyOf(line);
    const k = known.get(key) ?? known.size;
    known.set(key, k);
    classOf[index] = k;
  });
  return { classOf, keys: [...known.keys()] };
}
