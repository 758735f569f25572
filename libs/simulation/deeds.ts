import type { Offer, Purchase } from '@midstream/inventory-domain';
import type { Watched } from '@midstream/selection-engine-domain';
import { type OrderWish, type Deed } from './scenario';
import type { Outcome, Work } from './shell';
import type { AnyCommand } from './wiring';
import { feed, putTerms, tellChannel } from './deeds.fed';
import type { World } from './world';

/** Does what the scenario says, to the world as it is now. */
export function perform(world: World, wished: Deed): void {
  const deed = 'busy' in wished ? aimed(world, wished) : wished;
  switch (deed.kind) {
    case 'place':
      return place(world, deed.order, deed.again);
    case 'cancel':
      return cancel(world, deed);
    case 'answer':
      return world.oracle.answerSome(deed.pick, deed.answer);
    case 'complain':
      return world.oracle.complaints.complain(deed);
    case 'report':
      return report(world, deed);
    case 'restock':
      return restock(world, deed.offerId, deed.quantity);
    case 'cost':
      return changeCost(world, deed);
    case 'codes':
      return importCodes(world, deed.offerId, deed.quantity);
    case 'launch':
      return launch(world, deed.order);
    case 'burst':
      return burst(world, deed.sku);
    case 'reprice':
      return reprice(world, deed);
    case 'suspend':
      return world.command('inventory', operator('CloseOffer', { offerId: deed.offerId, cause: 'suspended' }));
    case 'reopen':
      return world.command('inventory', operator('OpenOffer', { offerId: deed.offerId, cause: 'suspended' }));
    case 'stop-drain':
      return world.command('inventory', operator('StopDrain', { offerId: deed.offerId }));
    case 'allow-drain':
      return world.command('inventory', operator('AllowDrain', { offerId: deed.offerId }));
    case 'ask-purchase':
      return reconcile(world, 'AskPurchase', deed.pick);
    case 'write-off':
      return reconcile(world, 'WriteOff', deed.pick);
    case 'floor':
      return world.putFloor(deed.sku, deed.floorBp);
    case 'rate':
      return world.putRate(deed.rate, deed.lateMs);
    case 'pace': {
      const { kind: _, busy: __, ...pace } = deed;
      return world.command('inventory', operator('ReportPace', { supplierId: deed.offerId.split('~')[0], ...pace }));
    }
    case 'feed':
      return feed(world, deed);
    case 'terms':
      return putTerms(world, deed);
    case 'channel':
      return tellChannel(world, deed);
    case 'tiers':
      return putTiers(world, deed);
    case 'ask-stock':
      return askStock(world, aimed(world, deed));
    case 'caps':
      return world.command('inventory', operator('PutCaps', { caps: deed.caps }));
    case 'rule':
      return putRule(world, deed);
    case 'no-rule':
      return world.command('compliance', operator('WithdrawRule', { ruleId: deed.ruleId }));
    default:
      return strike(world, deed);
  }
}

/** At what is under way, if anything is: what happens where nothing is, nobody minds. */
function aimed<Of extends Deed & { readonly busy?: number }>(world: World, deed: Of): Of {
  const offers = [...world.machine.shell('inventory').rowsOf<Offer>('offers').values()];
  const isOfGood = deed.kind === 'rule' || deed.kind === 'floor' || deed.kind === 'channel';
  const busy = offers.filter((it) => it.held + it.inFlight > 0 && (isOfGood || it.kind === 'http'));
  const { offerId, sku } = busy[(deed.busy ?? 0) % Math.max(1, busy.length)] ?? {};
  if (offerId === undefined) return deed;
  return deed.kind === 'rule' ? { ...deed, match: { sku } } : isOfGood ? { ...deed, sku } : { ...deed, offerId };
}

type Strike = Extract<
  Deed,
  { readonly kind: 'crash' | 'pause' | 'blow' | 'slow' | 'redeliver' | 'echo' | 'encore' | 'poison' | 'mood' | 'receiver' }
>;

function strike(world: World, deed: Strike): void {
  const { machine, outside } = world;
  switch (deed.kind) {
    case 'crash':
      return machine.crash(deed.service, deed.ms);
    case 'pause':
      return machine.pause(deed.service, deed.ms);
    case 'blow':
      return machine.strikeAt(deed.blow, deed.service);
    case 'slow':
      return machine.deliveries.slow(deed.service, deed.topic, deed.ms);
    case 'redeliver':
      return machine.deliveries.redeliver(deed.service, deed.topic, deed.messages);
    case 'echo':
      return machine.deliveries.echo(deed.service, deed.topic, deed.messages);
    case 'encore':
      return machine.works.repeat(machine.shell(deed.service), deed.commands);
    case 'poison':
      return poison(world, deed);
    case 'mood':
      return void Object.assign(outside.suppliers.shelfOf(deed.offerId), { mood: deed.mood, moodUntil: world.now + deed.ms });
    case 'receiver':
      world.receivers.moods.set(deed.endpointId, deed.mood);
      return machine.agenda.after(deed.ms, () => world.receivers.moods.delete(deed.endpointId));
  }
}

const operator = (type: string, of: object): AnyCommand => ({ type, ...of });

/** The same order once more: at the same moment or later, under its key or another, with another body. */
function place(world: World, order: OrderWish, again: 'no' | 'together' | 'later' | 'other-body' | 'without-key'): void {
  const { orderId, merchantId, region, lines, additions } = order;
  world.oracle.wished(order);
  const buyer = { reference: `b-${orderId}`, region };
  const buyerKey = Buffer.from(orderId).toString('hex').padStart(32, '0').slice(-32);
  const command = {
    type: 'PlaceOrder',
    orderId,
    merchantId,
    clientReference: orderId,
    buyer,
    buyerKey,
    lines,
    ...(additions && { additions }),
  };
  const wanted = { key: `${merchantId}/${orderId}`, body: 'as it was' };
  const work: Work = { command, actor: `merchant:${merchantId}`, wanted };
  const told = (outcomes: readonly Outcome[]): void => world.oracle.placed(orderId, outcomes);
  const { wanted: _, ...bare } = work;
  world.send('order', again === 'together' ? [work, work] : [work], told);
  const laterMs = world.random.whole(1, 20_000);
  if (again === 'later') world.machine.agenda.after(laterMs, () => world.send('order', [work], told));
  if (again === 'without-key') world.machine.agenda.after(laterMs, () => world.send('order', [bare], told));
  if (again === 'other-body')
    world.machine.agenda.after(laterMs, () =>
      world.send('order', [{ ...work, wanted: { ...wanted, body: 'another' } }], (it) => world.oracle.keyReused(orderId, it)),
    );
}

const MINUTE_MS = 60_000;

/** Demand for the good is many times what it was; and now and then somebody looks which orders that calls for more in (additions/loop.ts). */
function burst(world: World, sku: string): void {
  const minuteAt = Math.floor(world.now / MINUTE_MS) * MINUTE_MS;
  const count = (at: number, orders: number) => operator('CountDemand', { minuteAt: at, counts: [{ sku, orders, units: orders }] });
  world.command('selection-engine', count(minuteAt - 400 * MINUTE_MS, 100), count(minuteAt, 2_000));
  for (const ms of [2_000, 12_000, 22_000, 52_000])
    world.machine.agenda.after(ms, () => {
      const watched = [...world.machine.shell('selection-engine').rowsOf<Watched>('watched').values()];
      const called = watched.filter((it) => !it.closed && it.lines.some(({ need }) => need.sku === sku));
      world.command('selection-engine', ...called.map(({ orderId }) => operator('ProposeAddition', { orderId, sku })));
    });
}

/** On sale before everybody has heard of it; compliance hears of it last. */
function launch(world: World, order: OrderWish): void {
  world.machine.deliveries.slow('compliance', 'inventory.by-sku', world.random.pick([0, 4_000]));
  world.launch();
  world.machine.agenda.after(world.random.whole(200, 3_000), () => place(world, order, 'no'));
}

function cancel(world: World, { orderId, twice, foreign }: Extract<Deed, { kind: 'cancel' }>): void {
  const merchantId = world.oracle.merchantOf(orderId);
  if (merchantId === undefined) return;
  if (!foreign) world.oracle.cancels(orderId);
  const command = { type: 'CancelOrder', orderId, merchantId: foreign ? 'm9' : merchantId };
  const work = { command, actor: `merchant:${merchantId}` };
  world.send('order', twice ? [work, work] : [work], (it) => world.oracle.cancelled(orderId, foreign, it));
}

function report(world: World, { offerId, quantity, how }: Extract<Deed, { kind: 'report' }>): void {
  const shelf = world.outside.suppliers.shelves.get(offerId);
  if (shelf === undefined) return;
  const [supplierId] = offerId.split('~');
  const sequence = how === 'stale' ? Math.max(0, shelf.sequence - 1) : shelf.sequence + 1;
  shelf.sequence = Math.max(shelf.sequence, sequence);
  const accepted = world.machine.shell('inventory').rowsOf<Offer>('offers').get(offerId)?.accepted;
  const settled = how === 'poll' && accepted !== undefined ? { settled: accepted } : {};
  if (how === 'poll' && accepted !== undefined) world.oracle.stock.polls.set(`${offerId}/${sequence}`, accepted);
  const command = operator('ReportStock', { supplierId, offerId, quantity, sequence, ...settled });
  world.command('inventory', ...(how === 'twice' ? [command, command] : [command]));
}

/** The question is put now, and answered later: what the supplier accepted in between is not in its answer. */
function askStock(world: World, { offerId, quantity, answersMs }: Extract<Deed, { kind: 'ask-stock' }>): void {
  const [supplierId] = offerId.split('~');
  const seen = world.machine.shell('inventory').rowsOf<Offer>('offers').get(offerId);
  if (seen === undefined) return;
  const { sequence, stockAsOf, accepted } = seen;
  world.oracle.stock.asks(offerId);
  const command = operator('NotePolled', { supplierId, offerId, quantity, seen: { sequence, stockAsOf, accepted } });
  world.machine.agenda.after(answersMs, () => world.command('inventory', command));
}

/** Goods of all kinds follow the rules from then on. */
function putTiers(world: World, { percentBp, goldBp, isGold }: Extract<Deed, { kind: 'tiers' }>): void {
  const percent = { category: '*', kind: 'percent' } as const;
  world.command('inventory', operator('PutMarkupRules', { rules: [{ ...percent, percentBp }, { ...percent, percentBp: goldBp, tier: 'gold' }] })); // prettier-ignore
  for (const it of world.market.goods.filter((_, n) => n % 2 === 0)) {
    if (it === world.market.latecomer.good) continue;
    world.ruled.add(it.sku);
    world.putProduct(it, it.priceMinor);
  }
  world.putMerchant('m1', isGold ? 'gold' : undefined);
}

/** More is there, and the supplier says so. */
function restock(world: World, offerId: string, quantity: number): void {
  const shelf = world.outside.suppliers.shelfOf(offerId);
  shelf.truth += quantity;
  report(world, { kind: 'report', offerId, quantity: shelf.truth, how: 'push' });
}

function changeCost(world: World, { offerId, factor, told }: Extract<Deed, { kind: 'cost' }>): void {
  const shelf = world.outside.suppliers.shelves.get(offerId);
  if (shelf === undefined) return;
  shelf.costMinor = Math.round(shelf.costMinor * factor);
  if (!told) return;
  const [supplierId] = offerId.split('~');
  shelf.sequence += 1;
  const costTiers = [{ from: 1, costMinor: shelf.costMinor }];
  world.command(
    'inventory',
    operator('ReportStock', { supplierId, offerId, quantity: Math.max(0, shelf.truth), sequence: shelf.sequence, costTiers }),
  );
}

function importCodes(world: World, offerId: string, quantity: number): void {
  const { codes, suppliers } = world.outside;
  const sku = offerId.slice(offerId.indexOf('~') + 1);
  codes.stock(
    offerId,
    sku,
    Array.from({ length: quantity }, () => suppliers.newCode(sku)),
  );
  world.command('inventory', operator('CountVault', { offerId, stocked: codes.stocked(offerId) }));
}

function reprice(world: World, { sku, factor }: Extract<Deed, { kind: 'reprice' }>): void {
  const good = world.market.goods.find((it) => it.sku === sku);
  if (good !== undefined) world.putProduct(good, Math.round(good.priceMinor * factor));
}

function reconcile(world: World, type: 'AskPurchase' | 'WriteOff', pick: number): void {
  const purchases = [...world.machine.shell('inventory').rowsOf<Purchase>('purchases').values()];
  const open = purchases.filter((it) => it.quantity - it.bought - it.failed > 0);
  const of = open.length > 0 ? open : purchases;
  const found = of[pick % Math.max(1, of.length)];
  if (found === undefined) return;
  const { purchaseId, holdId, sku } = found;
  world.command('inventory', operator(type, { purchaseId, holdId, sku }));
}

function putRule(world: World, { ruleId, effect, match, regions, fromMs, forMs }: Extract<Deed, { kind: 'rule' }>): void {
  const { now } = world;
  const times = { ...(fromMs !== undefined && { from: now + fromMs }), ...(forMs !== undefined && { until: now + forMs }) };
  world.command('compliance', operator('PutRule', { rule: { ruleId, effect, match, regions, reason: 'by the scenario', ...times } }));
}

/** A message that nobody can read comes under the key of something that is under way, and an operator drops it later. */
function poison(world: World, { service, topic, pick, ms }: Extract<Deed, { kind: 'poison' }>): void {
  const { machine } = world;
  const messages = machine.bus.partitionsOf(topic).flatMap((it) => it.messages);
  const found = messages[pick % Math.max(1, messages.length)];
  if (found === undefined) return;
  machine.deliveries.poison(service, topic, { ...found, id: machine.nextEventId(), committedAt: world.now, broken: true });
  machine.agenda.after(ms, () => machine.deliveries.mend(service));
}
