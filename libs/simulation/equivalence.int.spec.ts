import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { differences } from './equivalence/differences';
import { RealHouse } from './equivalence/house.fixtures';
import { liveInModel } from './equivalence/model';
import { openOutdoors, type Outdoors } from './equivalence/outside.fixtures';
import type { Step } from './equivalence/said';

/** So many deeds from outside: what a minute has room for. */
const DEEDS = 22;
const SEEDS_MAX = 100;

/** What has to happen for the comparison to mean something. */
const HAPPENS = [
  ...['OfferHeld', 'NothingHeld', 'PurchaseSubmitted', 'PurchaseUnknown', 'UnitsDelivered', 'HoldLost', 'HoldReleased'],
  ...['LineAssigned', 'ConsentRequested', 'ConsentAnswered', 'ReleaseRequested', 'UnitsGivenUp', 'LineClosed', 'OrderClosed'],
  ...['OffersRanked', 'OffersCleared', 'OfferState', 'VerdictState', 'MessageSent', '"banned"', '"expired"', '"cancelled"'],
];

/** And in a world with packs, which the first has not. */
const PACKS_HAPPEN = ['LineRepacked', 'UnitsDelivered', 'ConsentRequested', 'ConsentAnswered', 'ReleaseRequested', 'OrderClosed'];

/** The first seed in which all of it happens. */
function aFullLife(happens: readonly string[]): { readonly seed: number; readonly steps: readonly Step[] } {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const steps = liveInModel(seed, DEEDS);
    const told = JSON.stringify(steps.at(-1)?.seen);
    if (happens.every((it) => told.includes(it))) return { seed, steps };
  }
  throw new Error(`in ${SEEDS_MAX} seeds none has all of ${happens.join(', ')}`);
}

const LIVES = [
  ['equivalence', 'the model of the shell', HAPPENS],
  ['packs', 'the model of the shell where units become pieces', PACKS_HAPPEN],
] as const;

for (const [name, what, happens] of LIVES)
  describe(what, () => {
    let outdoors: Outdoors;
    let house: RealHouse;
    let steps: readonly Step[];
    before(async () => {
      const life = aFullLife(happens);
      console.log(`the deeds of seed ${life.seed}`);
      steps = life.steps;
      outdoors = await openOutdoors((sku) => (sku.startsWith('mobile') ? 'top-up' : 'code'));
      house = await RealHouse.open(name, steps[0]?.at ?? 0, outdoors);
    });
    after(async () => {
      await house?.close();
      await outdoors?.close();
    });

    it('comes, after each deed, to the same rows and the same facts at the same times as the five real services', async () => {
      for (const step of steps) {
        await live(house, step);
        assert.deepEqual(differences(await house.seen(), step.seen), [], `real <> model, after ${step.name}`);
      }
      assert.equal(await house.troubles(), 0);
    });
  });

/** What is due before it comes first; then what is said; then what that calls for. */
async function live(house: RealHouse, { until, said }: Step): Promise<void> {
  let now = -1;
  for (const it of said) {
    if (it.at > now) await house.goTo(it.at);
    now = it.at;
    await house.say(it);
  }
  await house.goTo(until);
}
