import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Known, replay } from './record';

const seen = (offerId: string, known: Known) => ({ offerId, sku: 'video', version: 1, available: 40, room: 40, known });

/** As chain-money-2 kept it: a cold offer was drawn beside two that were well known. */
const OF_CHAIN_MONEY_2 = {
  considered: [
    seen('c~video', ['c', 'north', 0.928794, 0.992898, 1, 16.1275, 42_803, 3.886, 490, -23.9754, -1.67, 0, 0, 0, 4.769, 37.5, 11_298, 8_000]),
    seen('b~video', ['b', 'south', 0.7969, 0.987515, 1, 66.0537, 448_489, 38.8454, 520, -23.0995, -1.1577, 0, 0, 0, 3.9299, 37.5, 13_588, 8_000]),
    seen('a~video', ['a', 'south', 0.935879, 0.987539, 1, 110.6601, 1_037_386, 58.2887, 450, -22.3645, -0.879, 0, 0, 0, 4.1958, 37.5, 15_214, 8_000]),
  ],
  chosen: {
    terms: { lost: 75, leftMs: 60_000, attemptsMax: 3, riskAversion: 0, shape: 2 },
    exploration: { seed: 'o4:1:1:1', share: 0.02, priceMinor: 2_500 },
    propensity: 0.02,
    explored: true,
    valueMinor: 463.9707016856801,
    success: 0.9977192235715264,
    chainLength: 3,
  },
  candidates: [
    { offerId: 'c~video', expectedMinor: 426 },
    { offerId: 'b~video', expectedMinor: 379 },
    { offerId: 'a~video', expectedMinor: 394 },
  ],
}; // prettier-ignore

/** As chain-money-5 kept it: three minutes are left, and all that it knew of failures was their mean time. */
const OF_CHAIN_MONEY_5 = {
  considered: [
    seen('b~video', ['b', 'south', 0.236954, 0.240324, 1, 80.2721, 356_321, 39.3816, 510, -22.2246, -0.9024, 0, 0, 0, 3.7697, 125, 71_814, 8_000]),
    seen('a~video', ['a', 'south', 0.238784, 0.240327, 1, 115.9079, 516_807, 58.6186, 470, -21.6524, -0.7291, 0, 0, 0, 3.7648, 125, 80_984, 8_000]),
    seen('c~video', ['c', 'north', 0.651169, 0.701378, 1, 30.3817, 131_128, 12.8181, 400, -23.0677, -1.2762, 0, 0, 0, 3.8446, 125, 69_355, 8_000]),
  ],
  chosen: {
    terms: { lost: 250, leftMs: 180_000, attemptsMax: 3, riskAversion: 0, shape: 2 },
    propensity: 1,
    explored: false,
    valueMinor: 276.14272259685305,
    success: 0.7910282052726231,
    chainLength: 3,
  },
  candidates: [
    { offerId: 'b~video', expectedMinor: -78 },
    { offerId: 'a~video', expectedMinor: -86 },
    { offerId: 'c~video', expectedMinor: 156 },
  ],
}; // prettier-ignore

it('makes decisions of the models before to the same result', () => {
  for (const it of [OF_CHAIN_MONEY_2, OF_CHAIN_MONEY_5]) assert.deepEqual(replay(it), { identical: true, differs: [] });
});

it('makes a decision again by the slow failures that it knew, and says what differs where these were touched', () => {
  const slow = (chance: number) => ({
    ...OF_CHAIN_MONEY_5,
    considered: OF_CHAIN_MONEY_5.considered.map((it) => ({ ...it, known: [...it.known, chance, 150_000] as unknown as Known })),
  });
  assert.deepEqual(replay(slow(0)).differs, []);
  assert.deepEqual(replay(slow(0.5)).differs.map((it) => it.field), ['candidates', 'order', 'valueMinor']); // prettier-ignore
});

it('says what differs where a record was touched', () => {
  const { chosen, candidates } = OF_CHAIN_MONEY_2;
  assert.deepEqual(replay({ ...OF_CHAIN_MONEY_2, chosen: { ...chosen, explored: false } }).differs, [
    { field: 'explored', recorded: false, replayed: true },
  ]);
  const differs = (touched: typeof candidates, storm?: object) =>
    replay({ ...OF_CHAIN_MONEY_2, candidates: touched, ...(storm && { storm }) }).differs.map((it) => it.field);
  const [c, b, a] = candidates as [(typeof candidates)[0], (typeof candidates)[0], (typeof candidates)[0]];
  assert.deepEqual(differs([c, b, { ...a, expectedMinor: 1 }]), ['candidates']);
  assert.deepEqual(differs([a, c, b]), ['candidates']);
  // The plan of a storm sent it to a first
  assert.deepEqual(differs([a, c, b], {}), []);
  assert.deepEqual(differs([a, b, c], {}), ['candidates']);
});
