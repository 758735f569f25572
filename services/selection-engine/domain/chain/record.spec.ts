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

it('makes a decision of the model before to the same result', () =>
  assert.deepEqual(replay(OF_CHAIN_MONEY_2), { identical: true, differs: [] }));

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
