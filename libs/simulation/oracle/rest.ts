import type { Offer, Product, Usage } from '@midstream/inventory-domain';
import { isFed } from '../fed';
import { isSupplied } from '../supply';
import type { Ordered } from '../suppliers';
import type { World } from '../world';
import { type Book, check, nameOf, openOf } from './book';
import type { ChoiceWatch } from './choice';
import type { PurchaseWatch } from './purchases';
import { openOf as openUnits } from './purchases';
import type { StockWatch } from './stock';

/** Late enough for whatever was due to have been done, where nothing is down. */
const OVERDUE_MS = 40_000;

/** Faults are over and every message is heard: no hold is without an owner, and both sides know the same of each (I5, I8). */
export function checkQuiet(world: World, book: Book): void {
  const { machine } = world;
  for (const partition of machine.bus.all())
    for (const [reader, { position }] of partition.places)
      check(position === partition.messages.length, 'I5', () => `${reader} has not heard all of ${partition.topic}`);
  checkOverdue(world, book);
  check(machine.deliveries.parkedKeys === 0, 'I13', () => `${machine.deliveries.parkedKeys} keys are parked still`);
  for (const hold of book.holds.values()) {
    const { holdId, known, tally, line, stages, assignedAt, releaseNoted } = hold;
    if (known === undefined) {
      check(stages.held + stages.queued === 0, 'I8', () => `${holdId} holds units, and is of no line`);
      continue;
    }
    check(known.version === tally.version, 'I5', () => `${holdId} is at version ${tally.version}, and order knows ${known.version}`);
    check(openOf(known) === 0 || line.end === undefined, 'I8', () => `${holdId} holds units, and ${nameOf(line)} has ended`);
    check(hold.waitsUntil === undefined || stages.queued === 0, '10', () => `${holdId} waits for balance, and it is back`);
    const asked = [...line.consents.values()].some((it) => it.hold === hold && it.answer === undefined);
    const isWaiting = assignedAt !== undefined || asked;
    check(stages.held === 0 || isWaiting, 'I8', () => `${holdId} holds units, and nobody decides about them`);
    check(stages.held === 0 || assignedAt === undefined, '7', () => `${holdId} was assigned, and is not bought`);
    check(!releaseNoted || stages.held + stages.queued === 0, '8', () => `${holdId} was asked back, and is not given back`);
  }
}

/** What has had its time is over: no wait and no question outlives its hour. */
function checkOverdue(world: World, book: Book): void {
  const by = world.now - OVERDUE_MS;
  for (const order of book.orders.values()) {
    for (const { additionId, answer, expiresAt } of order.additions.values())
      check(answer !== undefined || expiresAt > by, '19', () => `${additionId} should have lapsed by now`);
    for (const line of order.lines.values()) {
      if (!order.isPlaced || line.end !== undefined) continue;
      check(line.wish.deliverByAt > by || line.closing !== undefined, '16', () => `${nameOf(line)} should have ended by now`);
      for (const { attempt, askAt } of line.asked.values())
        check(askAt === undefined || askAt > by, '15', () => `${nameOf(line)} should have asked attempt ${attempt} by now`);
      for (const { consentId, deadlineAt, answer } of line.consents.values())
        check(answer !== undefined || deadlineAt > by, '19', () => `${consentId} should have expired by now`);
    }
  }
}

/** All timers have run out: every line has ended, every unit and every cent is somewhere, and nothing waits. */
export function checkRest(world: World, book: Book, watches: { stock: StockWatch; purchases: PurchaseWatch; choice: ChoiceWatch }): void {
  checkNothingWaits(world);
  for (const order of book.orders.values()) {
    if (!order.isPlaced) continue;
    check(order.end !== undefined, 'I3', () => `${order.wish.orderId} does not end`);
    for (const line of order.lines.values()) check(line.end !== undefined, 'I3', () => `${nameOf(line)} does not end`);
  }
  for (const { holdId, stages, tally } of book.holds.values()) {
    const open = stages.held + stages.queued + stages.submitting + stages.unknown + stages.accepted;
    check(open === 0 && openOf(tally) === 0, 'I8', () => `${holdId} has open units at rest`);
  }
  for (const offer of watches.stock.offers.values()) {
    check(
      offer.held === 0 && offer.inFlight === 0,
      'I1',
      () => `${offer.offerId} holds ${offer.held}, in flight ${offer.inFlight}, at rest`,
    );
    check(!offer.isArmed, '12', () => `${offer.offerId} is drained for ever`);
  }
  checkGoods(world, book, watches.purchases);
  checkSupply(world);
  if (isSupplied(world.seed) || isFed(world.seed)) watches.stock.atRest(world.now);
  for (const { sku } of world.market.goods) {
    if (!watches.choice.isOnSale(sku)) continue;
    watches.choice.checkVerdicts(sku, world.now);
    checkVerdictHeard(sku, watches, world.now);
  }
}

/** Caps count nothing where nothing is held, and every offer knows the newest price. */
function checkSupply({ machine }: World): void {
  const inventory = machine.shell('inventory');
  for (const { usageId, units } of inventory.rowsOf<Usage>('usages').values())
    check(units === 0, 'I1', () => `${usageId} counts ${units} units at rest`);
  const products = inventory.rowsOf<Product>('products');
  for (const { offerId, sku, ceilingMinor, floorBp } of inventory.rowsOf<Offer>('offers').values()) {
    const product = products.get(sku);
    check(ceilingMinor === product?.priceMinor, '22', () => `${offerId} is priced at ${ceilingMinor}, and is not any more`);
    check(
      floorBp === product.marginFloorBp,
      '22',
      () => `${offerId} leaves ${floorBp} of its price, and must leave ${product.marginFloorBp}`,
    );
  }
}

function checkNothingWaits({ machine }: World): void {
  for (const { name, todo, isDown } of machine.shells.values()) {
    const { waitingCommands: commands, waitingEffects: effects } = todo;
    check(
      !isDown && commands.length + effects.length === 0,
      'liveness',
      () => `${name} has ${commands.length} commands and ${effects.length} effects left`,
    );
  }
  check(machine.deliveries.parkedKeys === 0, 'I13', () => 'keys are parked at rest');
}

/** The suppliers' books and ours: what they sold us is delivered, in the hub's stock, kept back or written off (protocol 10). */
function checkGoods(world: World, book: Book, purchases: PurchaseWatch): void {
  const { suppliers, codes } = world.outside;
  const seen = new Set<string>();
  for (const [purchaseId, calls] of suppliers.calls) check(calls === 1, '10', () => `${purchaseId} was sent ${calls} times`);
  for (const [purchaseId, sale] of suppliers.sales) {
    const purchase = book.purchases.get(purchaseId);
    check(purchase !== undefined, '10', () => `${purchaseId} was bought, and is in no books`);
    const sold = sale.status === 'refused' ? 0 : sale.good;
    check(purchase.bought === sold, '10', () => `${purchaseId}: ${sold} good units were sold, and ${purchase.bought} are in the books`);
    const to = purchase.hold.line.wish.recipient;
    check(sale.ordered.recipient === to, 'I10', () => `${purchaseId} went to ${sale.ordered.recipient} and not to ${to}`);
    checkFace(world, sale.ordered);
  }
  for (const purchase of book.purchases.values()) {
    const { purchaseId, quantity, isTopUp } = purchase;
    check(purchase.status === 'written-off' || openUnits(purchase) === 0, '10', () => `${purchaseId} is open at rest`);
    if (isTopUp) continue;
    for (let unit = 1; unit <= quantity; unit++) {
      const unitId = `${purchaseId}/${unit}`;
      const text = codes.textOf(unitId);
      if (!purchases.isDelivered(unitId)) continue;
      check(text !== undefined && !seen.has(text), 'I2', () => `${unitId} has no code of its own`);
      seen.add(text);
    }
  }
}

/** Who sells any value of a range is told what the good is worth: neither more nor less; and nobody else is told any. */
function checkFace({ market }: World, { purchaseId, offerId, faceValueMinor }: Ordered): void {
  const supply = market.supplies.find((it) => it.offerId === offerId);
  const due = supply?.denomination?.kind === 'RANGE' ? supply.good.faceValueMinor : undefined;
  check(faceValueMinor === due, 'I7', () => `${purchaseId} asks for units that are worth ${faceValueMinor}, and the good is worth ${due}`);
}

/** What compliance says has taken effect in inventory (I6). */
function checkVerdictHeard(sku: string, { stock, choice }: { stock: StockWatch; choice: ChoiceWatch }, at: number): void {
  for (const region of ['CN-31', 'CN-11', 'US']) {
    const [banned, law] = [stock.isBanned(sku, region, at), choice.lawOf(sku, region, at) === 'banned'];
    check(banned === law, 'I6', () => `${sku} is ${law ? '' : 'not '}banned in ${region}, and inventory has not heard it`);
  }
  for (const { offerId, terms, closures } of stock.offers.values()) {
    if (terms.sku !== sku) continue;
    const shut = closures.find((it) => it.cause === 'banned');
    for (const region of ['CN-31', 'CN-11', 'US'])
      check(
        stock.isBanned(sku, region, at) === (shut !== undefined && stock.covers(shut.regions, region)),
        '12',
        () => `${offerId} is ${shut ? '' : 'not '}closed in ${region}, and its ban says otherwise`,
      );
  }
}
