import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { createBeliefs } from './beliefs';
import { ATTEMPT_OUTCOMES, type MarketObservation } from './observation';
import { observe } from './observe';
import { fillOf, qualityOf, Reading } from './read';

const NOON = Date.UTC(2026, 10, 24, 12);
const DAY = 86_400_000;

const anyPlace = fc.record({
  supplierId: fc.constantFrom('a', 'b', 'c'),
  sku: fc.constantFrom('video', 'music'),
  category: fc.constantFrom('membership', 'card'),
});
const anyFact = fc
  .tuple(anyPlace, fc.constantFrom(...ATTEMPT_OUTCOMES, 'complaint' as const), fc.nat(3 * DAY), fc.nat(60_000))
  .map(([place, outcome, agoMs, responseMs]): MarketObservation => {
    const where = { ...place, at: NOON - agoMs, offerId: `${place.supplierId}~${place.sku}` };
    return outcome === 'complaint' ? { type: 'complaint', ...where } : { type: 'attempt', ...where, outcome, responseMs };
  });
const anyOffers = fc.array(
  anyPlace.map((it) => ({ ...it, offerId: `${it.supplierId}~${it.sku}` })),
  { minLength: 1, maxLength: 12 },
);

it('believes the same of an offer whatever others were looked at before it', () =>
  fc.assert(
    fc.property(fc.array(anyFact, { maxLength: 40 }), anyOffers, (facts, offers) => {
      const beliefs = createBeliefs();
      for (const fact of facts) observe(beliefs, fact);
      const reading = new Reading(beliefs, NOON);
      for (const offer of offers) {
        const quality = reading.qualityOf(offer);
        assert.deepEqual(quality, qualityOf(beliefs, offer, NOON));
        assert.equal(fillOf(beliefs, offer, NOON), quality.fill);
      }
    }),
  ));
