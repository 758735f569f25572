import type { Violation } from './check';
import { ENDS, nameOf, type Seen, type SeenDelivery, type SeenLine, type SeenPurchase } from './seen';

/** Units, as four witnesses tell of them: the order's view, the holds' tallies, the deliveries, the purchases. */
export function checkUnits({ lines, deliveries, purchases }: Seen): Violation[] {
  const deliveriesOf = grouped(deliveries);
  const purchasesOf = grouped(purchases);
  return [
    ...lines.flatMap((line) => {
      const [delivered, bought] = [deliveriesOf.get(nameOf(line)) ?? [], purchasesOf.get(nameOf(line)) ?? []];
      const own = [...checkSums(line), ...checkTallies(line)];
      return own.length > 0 ? own : checkWitnesses(line, delivered, bought);
    }),
    ...checkPieces(lines),
    ...checkPurchases(purchases),
    ...checkTwice(deliveries),
  ];
}

/** The order's own sum: of a line that has ended exactly; one that runs may be looking for the rest. */
function checkSums(line: SeenLine): Violation[] {
  const { ordered, delivered, repacked, onHolds, wanted, status } = line;
  const givenUp = line.givenUp + repacked;
  const violation = (what: string): Violation => ({ invariant: 'units', where: nameOf(line), what });
  const told = `${delivered} delivered, ${givenUp} given up and ${onHolds} on holds`;
  const ended = ENDS.includes(status);
  return [
    ...(ordered === wanted.quantity ? [] : [violation(`${ordered} units are ordered, ${wanted.quantity} were placed`)]),
    ...(!ended && onHolds + givenUp > ordered ? [violation(`${told} are more than ${ordered}`)] : []),
    ...(ended && delivered + givenUp !== ordered ? [violation(`${told} are not ${ordered}`)] : []),
    ...(ended && onHolds !== delivered ? [violation(`the line is ${status} with ${onHolds - delivered} units under way`)] : []),
  ];
}

/** Each unit that was repacked is looked for once, in all of its pieces. */
function checkPieces(lines: readonly SeenLine[]): Violation[] {
  return lines.flatMap((line) => {
    const of = lines.filter((it) => it.orderId === line.orderId && it.piecesOf?.lineId === line.lineId);
    const units = sum(of, ({ ordered, piecesOf }) => ordered / (piecesOf?.pieces ?? 1));
    const what = `${line.repacked} units are repacked, and pieces of ${units} are looked for`;
    return units === line.repacked ? [] : [{ invariant: 'units', where: nameOf(line), what } as const];
  });
}

/** No hold outlives its line, and no hold has lost more than it had. */
function checkTallies(line: SeenLine): Violation[] {
  return line.holds.flatMap(({ holdId, granted, delivered, lost, released }) => {
    const open = granted - delivered - lost - released;
    const wrong = open < 0 || (open > 0 && ENDS.includes(line.status));
    const what = `${holdId} has ${granted} granted, ${delivered} delivered, ${lost} lost, ${released} released`;
    return wrong ? [{ invariant: 'tallies', where: nameOf(line), what } as const] : [];
  });
}

/** How many units were delivered: whoever says otherwise than most of the others is blamed, so that one fault has one name. */
function checkWitnesses(line: SeenLine, deliveries: readonly SeenDelivery[], purchases: readonly SeenPurchase[]): Violation[] {
  if (!ENDS.includes(line.status)) return []; // they tell at different moments; at the end they agree
  const says = [
    ['units', line.delivered],
    ['tallies', sum(line.holds, (it) => it.delivered)],
    ['deliveries', deliveries.length],
    ['procurement', sum(purchases, (it) => it.delivered)],
  ] as const;
  const most = mostFrequent(says.map(([, units]) => units));
  return says
    .filter(([, units]) => units !== most)
    .map(([invariant, units]) => ({ invariant, where: nameOf(line), what: `${units} units are delivered, the others say ${most}` }));
}

/** Books that must agree at all times (protocol 10): what catches a double purchase. */
function checkPurchases(purchases: readonly SeenPurchase[]): Violation[] {
  return purchases.flatMap((it) => {
    const { bought, delivered, kept, quarantined, writtenOff, failed, quantity, status } = it;
    const settled = status === 'fulfilled' || status === 'rejected' || status === 'failed';
    const balanced =
      bought === delivered + kept + quarantined + writtenOff && (settled ? bought + failed === quantity : bought + failed <= quantity);
    const what = `${bought} bought of ${quantity}: ${delivered} delivered, ${kept} kept, ${quarantined} quarantined, ${writtenOff} written off, ${failed} failed`;
    return balanced ? [] : [{ invariant: 'procurement', where: it.procurementId, what } as const];
  });
}

function checkTwice(deliveries: readonly SeenDelivery[]): Violation[] {
  const ids = deliveries.map((it) => it.deliveryId);
  const twice = deliveries.filter((it, index) => ids.indexOf(it.deliveryId) !== index);
  return twice.map((it) => ({ invariant: 'deliveries', where: nameOf(it), what: `${it.deliveryId} is there twice` }));
}

function grouped<Item extends { readonly orderId: string; readonly lineId: string }>(items: readonly Item[]): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const it of items) groups.set(nameOf(it), [...(groups.get(nameOf(it)) ?? []), it]);
  return groups;
}

/** Of equals the first. */
function mostFrequent(values: readonly number[]): number {
  const count = (value: number): number => values.filter((it) => it === value).length;
  return values.reduce((best, it) => (count(it) > count(best) ? it : best), values[0] ?? 0);
}

const sum = <Item>(items: readonly Item[], units: (it: Item) => number): number => items.reduce((total, it) => total + units(it), 0);
