import type { AnyFact } from '@midstream/contracts';
import type { Domain } from '@midstream/kernel';
import { decide } from './decide';
import { evolve } from './evolve';
import { keysOf } from './keys';
import type { OrderCode, OrderCommand, OrderEvent } from './messages';
import { applyToProducts, type Products } from './products';
import { react } from './react';
import type { Rows } from './state';
import { uphold } from './uphold';

/** Orders, their lines, consent, deadlines and money: starts, times and ends every line's process. */
export const order: Domain<Rows, Products, OrderCommand, OrderEvent, AnyFact, OrderCode> = {
  keysOf,
  decide,
  evolve,
  uphold,
  react,
  view: { create: (): Products => new Map(), apply: applyToProducts },
};

export * from './limits';
export * from './messages';
export * from './state';
export * from './status';
export { consentIdOf } from './consent';
export { priceFor, type Product, type Products } from './products';
