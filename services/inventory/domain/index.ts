import type { AnyFact } from '@midstream/contracts';
import type { Domain } from '@midstream/kernel';
import { decide } from './decide';
import { evolve } from './evolve';
import { keysOf } from './keys';
import type { InventoryCode, InventoryCommand, InventoryEvent } from './messages';
import { react } from './react';
import type { Rows } from './state';
import { uphold } from './uphold';

/** Inventory decides by its locked rows alone: it needs no view of anything else. */
export type NoView = Readonly<Record<string, never>>;

/** Products, suppliers, offers, holds and purchases: who has what, who may have it, and what became of it. */
export const inventory: Domain<Rows, NoView, InventoryCommand, InventoryEvent, AnyFact, InventoryCode> = {
  keysOf,
  decide,
  evolve,
  uphold,
  react,
  view: { create: () => ({}), apply: () => undefined },
};

export * from './limits';
export * from './messages';
export * from './balance.messages';
export * from './supply.messages';
export * from './caps.messages';
export * from './levels.messages';
export { DEFAULT_LEVELS, levelsOf, statusAfter } from './levels';
export { openUnits } from './caps';
export * from './counters';
export { movementsOf, type Movement, MOVEMENT_KINDS, rebuilt, WRITE_OFFS } from './ledger';
export { overdueAt } from './aging';
export { maxQuantityOf, misfitOf, regionsOf } from './fit';
export { doneAt, freshUntil } from './closing';
export { leadOf, p90Of, slowedOf } from './slowness';
export { convert, convertBack, factorTo } from './rates';
export type { Account } from './account';
export * from './state';
export { offerOfHold } from './rows';
export { skuOfOffer } from './keys';
export { unitId } from './outcome';
