import { RULE_BOOK } from '@midstream/compliance-domain';
import type { Service } from '@midstream/contracts';
import { perform } from '../deeds';
import { type Mood, MOODS } from '../suppliers';
import { randomOf } from '../random';
import { type Action, isFault } from '../scenario';
import type { Work } from '../shell';
import { World } from '../world';
import { allOf, comparable, inParts, type RowsSeen, type Said, type Seen, type Step } from './said';

/** Moods that are over with one answer; the others last, and so belong to the clock. */
const BRIEF: readonly Mood[] = ['dry', 'late', 'deaf', 'accepts', 'partial', 'invalid', 'error', 'garbage', 'busy', 'dear'];
const BAD_SHARE = 0.3;

/** How a supplier takes a purchase: by the purchase's name, so that whoever plays the supplier plays it alike. */
export function moodFor(purchaseId: string): Mood {
  const random = randomOf('mood', purchaseId);
  return random.chance(BAD_SHARE) ? random.pick(MOODS.filter((it) => BRIEF.includes(it))) : 'honest';
}

/**
 * Lives the external part of a seed's scenario in the model, one deed after the other and each to its quiet, without faults; no message or
 * call takes any time. Tells what was said when, and how all stood after it.
 */
export function liveInModel(seed: number, actions: number): Step[] {
  const world = new World(seed);
  const said: Said[] = [];
  still(world, said);
  // As compliance's first migration leaves it
  world.machine.shell('compliance').rows.get('rules')?.set(RULE_BOOK, { version: 0, rules: {} });
  const steps: Step[] = [];
  const step = (name: string, at: number, run: () => void, until = at): void => {
    world.machine.agenda.at(at, run);
    runUntil(world, until);
    steps.push({ name, at, until, said: said.splice(0), seen: seenOf(world) });
  };
  step('the market is put up', world.now, () => watching(world, said, () => world['putUp']()));
  // Bursts are looked for by the wall clock, which does not stand still
  for (const it of world.actions.filter((action) => !isFault(action) && action.kind !== 'burst').slice(0, actions)) {
    const deed = alone(it);
    step(`#${it.index} ${JSON.stringify(deed)}`, world.openAt + it.atMs, () => watching(world, said, () => perform(world, deed)));
  }
  step('all comes to its end', world.now, () => undefined, Infinity);
  return steps;
}

/**
 * As it is lived here: the same request at the same moment is the HTTP layer's to answer, which the model leaves out; and lines of one order
 * that want the same goods race for them, in any order.
 */
function alone(it: Action): Action {
  if (it.kind !== 'place') return it;
  const categories = new Set<string>();
  const lines = it.order.lines.filter(({ need, substitution }, n) => {
    const category = need.category ?? need.sku?.split('-')[0] ?? '';
    if (categories.has(category) || (n > 0 && substitution.upTo === 'cross-category')) return false;
    categories.add(category);
    return true;
  });
  const [first] = lines;
  const kept = first?.substitution.upTo === 'cross-category' ? [first] : lines;
  return { ...it, order: { ...it.order, lines: kept }, again: it.again === 'together' ? 'no' : it.again };
}

function runUntil({ machine: { agenda } }: World, at: number): void {
  for (let next = agenda.nextAt(); next !== undefined && next <= at; next = agenda.nextAt()) agenda.step();
}

/** Takes chance and delay out of the world, and listens to what is said to its services and suppliers. */
function still(world: World, said: Said[]): void {
  const { machine, outside } = world;
  // No delay, and batches as large as they may be
  world.random.whole = (least, most) => (least === 0 ? 0 : most);
  world.random.chance = () => true;
  machine.latency = () => 0;
  const call = outside.call.bind(outside);
  outside.call = (shell, effect) => {
    const { purchaseId, offerId } = effect.event as { purchaseId?: string; offerId?: string };
    if (effect.kind === 'buy' && purchaseId !== undefined && offerId !== undefined) {
      const shelf = outside.suppliers.shelves.get(offerId);
      if (shelf !== undefined) Object.assign(shelf, { mood: moodFor(purchaseId), moodUntil: Infinity });
    } else if (effect.kind === 'ask') for (const it of outside.suppliers.shelves.values()) it.mood = 'honest';
    return { ...call(shell, effect), reachMs: 0, answerMs: 0 };
  };
  world.send = (service: Service, works: readonly Work[], then, _tries, before) => {
    before?.();
    for (const { command, wanted } of works) said.push({ at: world.now, to: 'service', service, command, ...(wanted && { wanted }) });
    const outcomes = machine.request(service, works);
    if (outcomes !== undefined) then?.(outcomes);
  };
  const { codes } = outside;
  const stock = codes.stock.bind(codes);
  codes.stock = (offerId, sku, texts) => {
    said.push({ at: world.now, to: 'vault', offerId, sku, texts });
    stock(offerId, sku, texts);
  };
}

/** What a deed changes on the suppliers' shelves is said to them, before what is said to the services. */
function watching({ outside, now: at }: World, said: Said[], run: () => void): void {
  const before = new Map([...outside.suppliers.shelves].map(([id, { truth, costMinor }]) => [id, { truth, costMinor }]));
  const from = said.length;
  run();
  for (const [offerId, { truth, costMinor }] of outside.suppliers.shelves) {
    const was = before.get(offerId);
    if (was?.truth !== truth || was.costMinor !== costMinor) said.splice(from, 0, { at, to: 'shelf', offerId, truth, costMinor });
  }
}

function seenOf({ machine }: World): Step['seen'] {
  const of = (name: Service): Seen => {
    const shell = machine.shell(name);
    const rows: RowsSeen = Object.fromEntries(
      [...shell.rows].map(([kind, table]) => [kind, Object.fromEntries([...table].map(([id, row]) => [id, comparable(row)]))]),
    );
    const facts = shell.log.flatMap(({ topic, key, event }) => (topic === undefined ? [] : [{ topic, key, fact: event }]));
    return { rows, facts: inParts(facts) };
  };
  return allOf(Object.fromEntries([...machine.shells.keys()].map((it) => [it, of(it)])) as Step['seen']);
}
