import type { InventoryCommand, InventoryEvent } from '@midstream/inventory-domain';
import { assert, type Untimed } from '@midstream/kernel';
import type { Effect, EffectContext } from '@midstream/runtime';
import { askBalance, resume } from './balance';
import { spread } from './caps';
import { drain } from './drain';
import { ask, ASK_LEASE_MS, buy, BUY_LEASE_MS } from './procure';
import { reconcile, RECONCILE_LEASE_MS } from './reconcile';
import { quarantine, stow, unban } from './stow';

type Command = Untimed<InventoryCommand>;
type EventOf<Type extends InventoryEvent['type']> = Extract<InventoryEvent, { readonly type: Type }>;

interface EffectOf<Event> {
  readonly key: (event: Event) => string;
  readonly lane?: (event: Event) => string;
  readonly run: (event: Event, context: EffectContext) => Promise<readonly Command[]>;
  readonly lost?: (event: Event, why: 'failed' | 'died') => Command;
  readonly leaseMs?: number;
}

/** An effect of one type of event, as the shell wants it: of any event. */
function on<Type extends InventoryEvent['type']>(
  type: Type,
  { key, lane, run, lost, leaseMs }: EffectOf<EventOf<Type>>,
): Effect<InventoryEvent, InventoryCommand> {
  const is = (event: InventoryEvent): event is EventOf<Type> => event.type === type;
  const of = (event: InventoryEvent): EventOf<Type> => {
    assert(is(event), `the effect is of ${type}`);
    return event;
  };
  return {
    on: type,
    key: (event) => key(of(event)),
    run: (event, context) => run(of(event), context),
    ...(lane && { lane: (event: InventoryEvent) => lane(of(event)) }),
    ...(lost && { lost: (event, why) => lost(of(event), why) }),
    ...(leaseMs !== undefined && { leaseMs }),
  };
}

const ofPurchase = ({ purchaseId, holdId, sku }: { readonly purchaseId: string; readonly holdId: string; readonly sku: string }) => ({
  purchaseId,
  holdId,
  sku,
});

/** All that inventory does outside its rows. What is bought is tried once, what is lost on the way is asked for (protocol 10, 11). */
export const effects = {
  buy: on('PurchaseOpened', {
    key: (it) => it.purchaseId,
    lane: (it) => it.supplierId,
    run: buy,
    lost: (it, why) => ({ type: 'MarkUnknown', ...ofPurchase(it), ...(why === 'died' && { ours: true }) }),
    leaseMs: BUY_LEASE_MS,
  }),
  ask: on('PurchaseAsked', {
    key: (it) => it.purchaseId,
    lane: (it) => it.supplierId,
    run: ask,
    lost: (it) => ({ type: 'NoteSilence', ...ofPurchase(it) }),
    leaseMs: ASK_LEASE_MS,
  }),
  stow: on('CodesKept', { key: (it) => it.purchaseId, run: stow }),
  quarantine: on('CodesQuarantined', { key: (it) => it.purchaseId, run: quarantine }),
  unban: on('ClosuresSet', { key: (it) => `unban/${it.offerId}`, run: unban }),
  balance: on('BalanceAsked', { key: (it) => `balance/${it.supplierId}`, run: askBalance }),
  resume: on('BalanceBack', { key: (it) => `resume/${it.supplierId}`, run: resume }),
  reconcile: on('ReconciliationDue', { key: (it) => `reconcile/${it.supplierId}`, run: reconcile, leaseMs: RECONCILE_LEASE_MS }),
  caps: on('CapsDue', { key: (it) => `caps/${it.after ?? ''}`, run: spread }),
  drain: on('DrainDue', { key: (it) => `drain/${it.offerId}`, run: drain }),
};
