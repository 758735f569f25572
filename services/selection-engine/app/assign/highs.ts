import highsLoader, { type Highs, type ModelData } from 'highs';
import { at, type Transport } from '@midstream/selection-engine-domain/assign/transport';

let loading: Promise<Highs> | undefined;

/** HiGHS as WebAssembly, loaded once a process: 3.5 MB. It works on the thread that calls it. */
export const loadHighs = (): Promise<Highs> => (loading ??= highsLoader());

export interface SolvedByHighs {
  readonly objective: number;
  readonly flow: Float64Array;
}

/** The same model, from the same arrays, as a linear program: columns are arcs and refunds, rows are classes, offers and caps. */
export function transportModel(highs: Highs, it: Transport): ModelData {
  const [classes, arcs, nodes] = [it.demand.length, it.offer.length, it.stock.length];
  const [starts, indices]: [number[], number[]] = [[], []];
  for (let k = 0; k < classes; k++)
    for (let arc = at(it.start, k); arc < at(it.start, k + 1); arc++) {
      starts.push(indices.length);
      indices.push(k);
      for (let node = at(it.offer, arc); node !== -1; node = at(it.under, node)) indices.push(classes + node);
    }
  for (let k = 0; k < classes; k++) {
    starts.push(indices.length);
    indices.push(k);
  }
  starts.push(indices.length);
  return {
    numCols: arcs + classes,
    numRows: classes + nodes,
    sense: highs.constants.objectiveSense.maximize,
    colCost: Float64Array.from([...it.value, ...it.refund.map((money) => -money)]),
    colLower: new Float64Array(arcs + classes),
    colUpper: new Float64Array(arcs + classes).fill(highs.infinity),
    rowLower: Float64Array.from([...it.demand, ...it.stock.map(() => -highs.infinity)]),
    rowUpper: Float64Array.from([...it.demand, ...it.stock]),
    matrix: {
      format: 'csc',
      numRows: classes + nodes,
      numCols: arcs + classes,
      starts: Int32Array.from(starts),
      indices: Int32Array.from(indices),
      values: new Float64Array(indices.length).fill(1),
    },
  };
}

/** The oracle of the tests, and what is asked where the network simplex gives up. @throws where HiGHS does not prove its answer best */
export function assignByHighs(highs: Highs, it: Transport): SolvedByHighs {
  return highs.withModel(transportModel(highs, it), (model): SolvedByHighs => {
    model.options.set({ output_flag: false });
    model.run();
    if (model.getModelStatus() !== highs.constants.modelStatus.optimal)
      throw new Error(`HiGHS ended with status ${model.getModelStatus()}`);
    return { objective: model.getObjectiveValue(), flow: model.getSolution().colValue.slice(0, it.offer.length) };
  });
}
