import type { Mutant } from './mutant';

const order = 'services/order/domain/repack.ts';
const selection = 'services/selection-engine/domain/repack';

/** Of units that become pieces of the same brand. */
export const repackMutants: readonly Mutant[] = [
  {
    id: 'order-piece-costs-as-much-as-its-unit',
    kind: 'a repack that is none',
    file: order,
    before: 'Math.min(found.priceCapMinor, Math.floor(capOf(line, asked) / found.pieces))',
    after: 'capOf(line, asked)',
    why: 'each piece may cost as much as the unit that all of them stand in for',
  },
  {
    id: 'order-one-piece-is-missing',
    kind: 'a repack that is none',
    file: order,
    before: 'quantity: quantity * found.pieces,',
    after: 'quantity: quantity * (found.pieces - 1),',
    why: 'a card of 100 becomes one of 50',
  },
  {
    id: 'order-keeps-the-money-of-what-is-repacked',
    kind: 'a ledger entry without its pair',
    file: order,
    before: "releaseMoney(draft, of, 'units-repacked', quantity);",
    after: "releaseMoney(draft, of, 'units-repacked', 0);",
    why: 'pieces are paid beside the units that they stand in for',
  },
  {
    id: 'order-repacks-without-a-question',
    kind: 'a consent that answers the next question',
    file: 'services/order/domain/consent.ts',
    before: 'if (line.piecesOf === undefined && !mayBeAnother(',
    after: 'if (!mayBeAnother(',
    why: 'a buyer who wants to be asked gets pieces that he was not asked about',
  },
  {
    id: 'order-repacks-what-is-banned',
    kind: 'a delivery after a ban',
    file: order,
    before: "found?.verdict?.status === 'compliant'",
    after: 'found?.verdict !== undefined',
    why: 'pieces that compliance has struck out are looked for',
  },
  {
    id: 'order-repacks-more-than-there-is',
    kind: 'a repack that is none',
    file: order,
    before: 'Math.min(asked.quantity, found.units)',
    after: 'asked.quantity',
    why: 'units become pieces that nobody has, and are lost to other goods',
  },
  {
    id: 'inventory-swaps-before-it-repacks',
    kind: 'a substitute outside the buyer’s policy',
    file: 'services/inventory/domain/hold.ts',
    before: 'candidates: candidates.filter((it) => it.sku === request.need.sku)',
    after: 'candidates: candidates.slice()',
    why: 'another good is held though pieces of the one that was ordered may be had',
  },
  {
    id: 'selection-repacks-by-another-brand',
    kind: 'a repack that is none',
    file: `${selection}/packs.ts`,
    before: '[...names].every(',
    after: '[...names].some(',
    why: 'a card of one game becomes two of another',
  },
  {
    id: 'selection-repacks-what-does-not-sum-up',
    kind: 'a repack that is none',
    file: `${selection}/packs.ts`,
    before: 'good.faceValueMinor / product.faceValueMinor',
    after: 'Math.floor(good.faceValueMinor / product.faceValueMinor)',
    why: 'a card of 100 becomes two of 40',
  },
  {
    id: 'selection-rounds-a-piece-up',
    kind: 'capture at the higher price',
    file: `${selection}/propose.ts`,
    before: 'Math.floor(priceMinor / pieces)',
    after: 'Math.ceil(priceMinor / pieces)',
    why: 'all pieces together may cost more than the unit does',
  },
  {
    id: 'selection-lets-packs-be-dearer',
    kind: 'capture at the higher price',
    file: `${selection}/propose.ts`,
    before: 'priceCapMinor: Math.floor(priceMinor / pieces),',
    after: 'priceCapMinor: Math.floor(request.priceCapMinor / pieces),',
    why: 'pieces may cost all that the buyer would ever have paid, and not only what the good costs',
  },
];
