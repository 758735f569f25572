import { type Moment, nameOf, type SeenLine } from './seen';

/** The names that a story needs: of products and suppliers, in both languages. */
export interface Names {
  readonly product: (sku: string) => string;
  readonly supplier: (supplierId: string) => string;
}

/** A line that was ordered as one product, lost its supplier, and was delivered as another of the same price; the quickest of them. */
export function storyLine(lines: readonly SeenLine[], from: string, to: string): SeenLine | undefined {
  const becomes = ({ moments, wanted }: SeenLine): boolean =>
    wanted.skus.length === 1 &&
    wanted.skus[0] === from &&
    moments.some((it) => it.what === 'assigned' && it.sku === to && it.replaces?.sku === from && it.replaces.reason === 'out-of-stock');
  const took = ({ moments }: SeenLine): number => {
    const lost = moments.find((it) => it.what === 'lost');
    const again = moments.find((it) => it.what === 'assigned' && it.replaces !== undefined);
    return (again?.at ?? Infinity) - (lost?.at ?? 0);
  };
  return lines.filter((it) => becomes(it) && it.status === 'delivered').toSorted((a, b) => took(a) - took(b))[0];
}

/** The line's timeline as somebody would tell it, a line a moment. */
export function tell(line: SeenLine, names: Names): string[] {
  const [first] = line.moments;
  const start = first?.at ?? 0;
  const said = line.moments.flatMap((it) =>
    sentenceOf(it, names).map((sentence) => `  +${((it.at - start) / 1_000).toFixed(2).padStart(7)} s  ${sentence}`),
  );
  const wanted = line.wanted.skus.map(names.product).join(', ');
  return [`The story of line ${nameOf(line)}: ${line.ordered} × ${wanted}, at most ${yuan(line.wanted.maxUnitPriceMinor)} each`, ...said];
}

function sentenceOf(it: Moment, { product, supplier }: Names): string[] {
  switch (it.what) {
    case 'lost':
      return [`lost ${it.units} × ${product(it.sku)}: ${it.reason}`];
    case 'selecting':
      return [it.because === undefined ? 'looks for a supplier' : `looks again, attempt ${it.attempt}, since it is ${it.because}`];
    case 'assigned': {
      const from = it.supplierId === undefined ? '' : ` from ${supplier(it.supplierId)}`;
      const instead = it.replaces === undefined ? '' : `, in place of ${product(it.replaces.sku)}`;
      return [`gets ${it.units} × ${product(it.sku)}${from} at ${yuan(it.priceMinor)}${instead}`];
    }
    case 'asked':
      return [`asks the buyer: ${product(it.sku)} at ${yuan(it.priceMinor)} instead?`];
    case 'answered':
      return [`the buyer's answer is ${it.answer}`];
    case 'delivered':
      return [`${it.units} delivered`];
    case 'released':
      return [`${it.units} given back to the supplier`];
    case 'given-up':
      return [`gives up ${it.units}, ${it.reason}: the money goes back`];
    case 'repacked':
      return [`repacks ${it.units} into ${it.pieces} × ${product(it.sku)} each, as line ${it.lineId}`];
    case 'closed':
      return [`ends ${it.status}`];
  }
}

const yuan = (minor: number): string => `¥${(minor / 100).toFixed(2)}`;
