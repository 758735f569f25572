import type { Offer } from '@midstream/inventory-domain';
import type { Deed } from './scenario';
import type { AnyCommand } from './wiring';
import type { World } from './world';

type Of<Kind extends Deed['kind']> = Extract<Deed, { readonly kind: Kind }>;

const operator = (type: string, of: object): AnyCommand => ({ type, ...of });
/** The answer of a supplier that is asked takes so long at most. */
const ANSWER_MS = 2_000;

/** What is really there: pushed, or told when it is asked. */
export function feed(world: World, { offerId, everyMs }: Of<'feed'>): void {
  const shelf = world.outside.suppliers.shelfOf(offerId);
  const [supplierId] = offerId.split('~');
  const quantity = Math.max(0, shelf.truth);
  if (everyMs === undefined) {
    shelf.sequence += 1;
    world.command('inventory', operator('ReportStock', { supplierId, offerId, quantity, sequence: shelf.sequence }));
    return;
  }
  const seen = world.machine.shell('inventory').rowsOf<Offer>('offers').get(offerId);
  if (seen === undefined) return;
  const { sequence, stockAsOf, accepted } = seen;
  world.oracle.stock.asks(offerId);
  const command = operator('NotePolled', { supplierId, offerId, quantity, everyMs, seen: { sequence, stockAsOf, accepted } });
  world.machine.agenda.after(world.random.whole(0, ANSWER_MS), () => world.command('inventory', command));
}

/** The offer is put once more; one of face values that the good has none of is refused. */
export function putTerms(world: World, { offerId, change: { wrongValues = false, ...change } }: Of<'terms'>): void {
  const supply = world.market.supplies.find((it) => it.offerId === offerId);
  if (supply === undefined) return;
  const { faceValueMinor } = supply.good;
  const others = { kind: 'RANGE', minMinor: faceValueMinor + 1, maxMinor: 9 * faceValueMinor, stepMinor: 1 } as const;
  const changed = { ...supply, ...change };
  const command = world.offerOf(wrongValues ? { ...changed, denomination: others } : changed);
  world.send('inventory', [{ command, actor: 'operator' }], ([outcome]) => world.oracle.stock.putAgain(offerId, wrongValues, outcome));
}

/** Told to inventory itself, or to selection, of which inventory hears it; what is not believed there has not been said. */
export function tellChannel(world: World, { sku, channel, byHand, ...told }: Of<'channel'>): void {
  const { state, policy } = told;
  const said = { channel, state, ...(policy && { policy }) };
  const seenAt = world.now;
  const note = (at: number) => world.oracle.stock.channels.said(`${sku} ${channel}`, { state, ...(policy && { policy }) }, at);
  const [service, command] = byHand
    ? (['inventory', operator('NoteChannel', { sku, ...said })] as const)
    : (['selection-engine', signalOf(sku, said, seenAt)] as const);
  world.send(service, [{ command, actor: 'operator' }], ([outcome]) => {
    if (outcome?.kind === 'done') note(byHand ? world.now : seenAt);
  });
}

const signalOf = (sku: string, said: { readonly channel: string }, observedAt: number): AnyCommand =>
  operator('ReportSignal', {
    signalId: `${said.channel}-${sku}-${observedAt}`,
    observedAt,
    skus: [sku],
    signal: { kind: 'delivery-channel', ...said },
  });
