import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnyFact } from '@midstream/contracts';
import fc from 'fast-check';
import { qualityOf, upOf } from '../beliefs/read';
import { gateOf, wantedBy } from '../gates';
import { aBook, aBurst, anOffer, aProduct, aRequest, aVerdict, NOON } from '../selection.fixtures';
import { applyToBook, type Offer } from '../book';
import { answerMs } from '../chain/money';
import { costAt } from '../worth';
import { goodOf, goodsFor } from './goods';
import { CHAIN_MAX, type CardNeed, requestOf } from './need';
import { gateOfGood, gateOfOffer, price, screenOf } from './screen';
import { shelvesOf } from './shelf';

const regions = fc.subarray(['CN', 'CN-31', 'US', '*', 'CN-3'], { minLength: 1 });
const closure = fc.record({ cause: fc.constantFrom('suspended' as const, 'banned' as const) });
const regional = fc.record({ cause: fc.constantFrom('suspended' as const, 'banned' as const), regions });
const tier = fc.integer({ min: 1500, max: 2600 });
const offer = fc.record({
  regions,
  currency: fc.constantFrom('CNY', 'CNY', 'CNY', 'USD'),
  costTiers: fc.oneof(
    tier.map((costMinor) => [{ from: 1, costMinor }]),
    tier.map((costMinor) => [{ from: 1, costMinor }, { from: 3, costMinor: costMinor - 300 }]), // prettier-ignore
  ),
  closures: fc.array(fc.oneof(closure, regional), { maxLength: 1 }),
  minQuantity: fc.constantFrom(1, 1, 3),
  leadTimeMs: fc.constantFrom(1_000, 200_000, 86_400_001),
  capacityPerMinute: fc.constantFrom(60, 1),
  busyUntil: fc.constantFrom(undefined, undefined, '2026-11-24T11:00:00.000Z', '2026-11-25T11:58:30.000Z'),
  available: fc.constantFrom(0, 2, 100),
  outcomes: fc.record({ fulfilled: fc.nat(20), failed: fc.nat(20), responseMsSum: fc.nat(100_000) }),
});
const product = fc.record({
  regions,
  priceMinor: fc.constantFrom(1000, 2000, 2500, 3300),
  marginFloorBp: fc.constantFrom(0, 0, 0, 2_000, 2_001),
  currency: fc.constantFrom('CNY', 'CNY', 'USD'),
  listed: fc.constantFrom(true, true, true, false),
  fulfilmentKind: fc.constantFrom('PIN_PURCHASE' as const, 'VALUE_RECHARGE' as const),
});
const status = fc.constantFrom('compliant' as const, 'high-risk' as const, 'banned' as const);
const good = fc.record({
  product,
  offers: fc.array(offer, { maxLength: 6 }),
  verdict: fc.option(status),
  bursts: fc.boolean(),
  arePlain: fc.boolean(),
});
const asked = fc.record(
  {
    need: fc.constantFrom({ sku: 'g0' }, { category: 'membership' }, { category: 'membership', faceValueMinor: 3000 }, { sku: 'none' }),
    region: fc.constantFrom('CN-31', 'CN', 'US', 'CN-31-1'),
    segment: fc.constantFrom('retail' as const, 'enterprise' as const),
    quantity: fc.constantFrom(1, 2, 3, 50),
    priceCapMinor: fc.constantFrom(2000, 2500, 4000),
    excluded: fc.constantFrom([], [{ offerId: 's0~g0', attempt: 1 }] as never[]),
  },
  { requiredKeys: ['need', 'region', 'segment', 'quantity'] },
);

const PLAIN = { regions: ['CN'], currency: 'CNY', closures: [], costTiers: [{ from: 1, costMinor: 2000 }] };

describe('the gates of cards', () => {
  it('stop what the gates of lines stop, at the same gate, and keep the best offers in their order', () => {
    fc.assert(
      fc.property(fc.array(good, { maxLength: 3 }), asked, (goods, it) => {
        const need: CardNeed = { ...it, scenario: 'general', currency: 'CNY', deliverByAt: NOON + 86_400_000 };
        const book = aBook(
          ...goods.flatMap(({ product: of, offers, verdict, bursts, arePlain }, n) => [
            aProduct(`g${n}`, of),
            ...offers.map((one, m) => anOffer(`s${m}`, `g${n}`, arePlain ? { ...one, ...PLAIN } : one)),
            ...(verdict === null ? [] : [aVerdict(`g${n}`, 'CN', verdict)]),
            ...(bursts ? [aBurst(`g${n}`)] : []),
          ]),
        );
        const named = need.need.sku === undefined ? undefined : book.products.get(need.need.sku)?.priceMinor;
        const cap = need.priceCapMinor ?? (named === undefined ? Number.MAX_SAFE_INTEGER : Math.ceil(named * 1.25));
        // A card is chosen by its buyer, and no substitute: it may be dearer, and of another game
        const { skus, categories } = wantedBy(requestOf(need, cap, false), book);
        const wanted = { skus, categories };
        const shelves = shelvesOf(book);
        const screen = screenOf(need, cap, wanted, book, shelves, NOON);
        const aisle = shelves.of('membership', NOON);
        const gateAt = (one: Offer) => {
          const place = shelves.placeOf(one.sku) ?? -1;
          const at = (aisle.starts[place] ?? 0) + (aisle.shelves[place]?.offers.indexOf(one) ?? -1);
          const priced = { priceMinor: 0, maxCostMinor: 0 };
          price(screen, aisle, place, priced);
          return gateOfGood(screen, aisle, place, priced) ?? gateOfOffer(screen, aisle, place, at, priced, costAt(one, need.quantity));
        };
        const found = goodsFor(need, book, NOON, () => 0);
        for (const of of book.products.values()) {
          const request = requestOf(need, cap, of.fulfilmentKind === 'VALUE_RECHARGE');
          const shown = found.goods.flatMap((one) => goodOf(one) ?? []).find((one) => one.product === of);
          const passed = [...(book.offersBySku.get(of.sku)?.values() ?? [])].filter((one) => {
            const gate = gateOf({ request, wanted, offer: one, product: of, book, at: NOON });
            const fast = gateAt(one);
            // Without anything that is wanted no good is looked at
            if (wanted.skus.size > 0) assert.equal(fast, gate);
            return gate === undefined && wanted.skus.size > 0;
          });
          assert.equal(shown?.offers ?? 0, passed.length);
          const best = passed
            .map((one) => {
              const quality = qualityOf(book.beliefs, { ...one, category: of.category }, NOON);
              const fill = Math.round(quality.fill * upOf(book.beliefs, one, NOON) * 1e4) / 1e4;
              const costMinor = costAt(one, need.quantity);
              const waited = one.busyUntil === undefined ? 0 : Math.max(0, Date.parse(one.busyUntil) - NOON);
              const lossMinor = quality.complaint * (0.6 * of.priceMinor + 800) + quality.invalid * of.priceMinor;
              return {
                ...{ offerId: one.offerId, fill, costMinor, responseMs: waited + Math.round(answerMs(quality, 2)) },
                rank: of.priceMinor - costMinor - lossMinor - (of.priceMinor * 0.0015 * (1 - fill)) / fill,
              };
            })
            .sort((a, b) => b.rank - a.rank || (a.offerId < b.offerId ? -1 : 1))
            .slice(0, CHAIN_MAX);
          assert.deepEqual(
            (shown?.chain ?? []).map(({ offer: one, fill, costMinor, responseMs }) => [one.offerId, fill, costMinor, responseMs]),
            best.map(({ offerId, fill, costMinor, responseMs }) => [offerId, fill, costMinor, responseMs]),
          );
        }
      }),
    );
  });

  it('see news of an offer at once: its own state, and what inventory found', () => {
    const book = aBook(aProduct('video'), anOffer('a', 'video'), anOffer('b', 'video', { costMinor: 2100 }));
    const need: CardNeed = {
      ...{ need: { sku: 'video' }, region: 'CN', segment: 'retail', scenario: 'general', quantity: 1, currency: 'CNY' },
      deliverByAt: NOON + 86_400_000,
    };
    const seen = () =>
      goodsFor(need, book, NOON, () => 0)
        .goods.flatMap((one) => goodOf(one) ?? [])
        .map((one) => [one.chain[0]?.offer.offerId, one.available]);
    assert.deepEqual(seen(), [['a~video', 200]]);
    applyToBook(book, anOffer('a', 'video', { version: 2, costMinor: 2200 }));
    assert.deepEqual(seen(), [['b~video', 200]]);
    applyToBook(book, anOffer('b', 'video', { version: 2, closures: [{ cause: 'suspended' }] }));
    assert.deepEqual(seen(), [['a~video', 100]]);
    const tried = [{ offerId: 'a~video', version: 2, outcome: 'no-stock' as const, available: 0 }];
    applyToBook(book, { type: 'NothingHeld', request: aRequest(), tried } as Extract<AnyFact, { type: 'NothingHeld' }>);
    assert.deepEqual(seen(), []);
  });
});
