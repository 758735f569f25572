import { type Market } from './market';
import { randomOf } from './random';
import { PLACING_MS, type Timed } from './scenario';

/** Worlds with prices by rule, a merchant of a tier, and suppliers that are asked for their stock: what they draw, no other world draws. */
const TIERED_EVERY = 17;
const TIERED_AT = 11;

/** Rules and the tier come before the first order, or among the orders; they change once. */
export function tiers(seed: number, { supplies }: Market): Timed[] {
  if (seed % TIERED_EVERY !== TIERED_AT) return [];
  const random = randomOf(seed, 'tiers');
  const bought = supplies.filter((it) => !it.isVault).map((it) => it.offerId);
  const asked = Array.from({ length: 30 }, (): Timed => {
    const [offerId, quantity] = [random.pick(bought), random.pick([0, 2, 8, 40])];
    return {
      kind: 'ask-stock',
      offerId,
      busy: random.whole(0, 99),
      quantity,
      answersMs: random.pick([0, 400, 3_000]),
      atMs: random.whole(0, PLACING_MS),
    };
  });
  return [
    { kind: 'tiers', percentBp: 1_000, goldBp: random.pick([400, 600]), isGold: random.chance(0.8), atMs: 0 },
    { kind: 'tiers', percentBp: 800, goldBp: 300, isGold: random.chance(0.5), atMs: random.whole(5_000, PLACING_MS) },
    ...asked,
  ];
}
