import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Offer } from '../book';
import type { Outlook } from '../demand';
import { aBook, anOffer, aProduct } from '../selection.fixtures';
import { recommend } from './recommend';

const HOUR_MS = 3_600_000;
const [QUIET, SINGLES_DAY] = [Date.UTC(2026, 9, 20, 12), Date.UTC(2026, 10, 11, 12)];

/** Of a good that sells steadily, and that bursts since so long ago, for another hour. */
function outlook(
  at: number,
  it: { readonly burstMs?: number; readonly offers?: readonly Offer[]; readonly staleMs?: number } = {},
): Outlook {
  const iso = (ms: number): string => new Date(at + ms).toISOString();
  const burst = (since: number) => ({ since: iso(-since), until: iso(HOUR_MS), factor: 2, ordersPerMinute: 4, expectedPerMinute: 2 });
  const sells = {
    type: 'MarketState' as const,
    sku: 'video',
    version: 1,
    prices: [],
    updates: [],
    channels: [],
    heat: { hour: 20, week: 20 * 168, asOf: iso(0) },
  };
  const book = aBook(
    aProduct('video'),
    it.burstMs === undefined ? sells : { ...sells, burst: burst(it.burstMs) },
    ...(it.offers ?? [anOffer('a', 'video')]).map((offer) => ({
      ...offer,
      stockAsOf: iso(0),
      ...(it.staleMs !== undefined && { freshUntil: iso(-it.staleMs) }),
    })),
  );
  const need = { need: { sku: 'video' }, region: 'CN-31', segment: 'retail', scenario: 'general', quantity: 1, currency: 'CNY' } as const;
  const [card] = recommend({ ...need, deliverByAt: at + 24 * HOUR_MS }, book, at, () => 0).cards;
  assert.ok(card !== undefined);
  return card.outlook;
}
const perHour = (...it: Parameters<typeof outlook>): number => outlook(...it).demand.perHour.mean;

describe('what a card foresees', () => {
  it('is more on a day on which people buy otherwise', () =>
    assert.ok(Math.abs(perHour(SINGLES_DAY) / perHour(QUIET) - Math.exp(0.5)) < 1e-9));

  it('is as much at the end of a burst that lasts as at its beginning', () => {
    const [begun, old] = [perHour(QUIET, { burstMs: 60_000 }), perHour(QUIET, { burstMs: 4 * HOUR_MS })];
    assert.equal(begun, old);
    assert.ok(old > 1.3 * perHour(QUIET));
  });

  it('is more of a risk where the figure of its stock is past its time', () => {
    const few = [anOffer('a', 'video', { available: 30 })];
    const risk = (staleMs?: number) => outlook(QUIET, { offers: few, ...(staleMs !== undefined && { staleMs }) }).stockRisk.probability;
    assert.equal(risk(-1), risk());
    assert.ok(risk(0) > risk() + 0.05, `${risk(0)} after ${risk()}`);
  });

  it('is served from what lies in the vault first', () => {
    const [mine, theirs] = [anOffer('hub', 'video', { kind: 'vault', costMinor: 2010, available: 60 }), anOffer('a', 'video', { available: 1_000 })]; // prettier-ignore
    const ahead = (...offers: Offer[]) => outlook(QUIET, { offers }).suggestedQuantity;
    assert.ok(ahead(theirs) > 60);
    assert.ok(ahead(theirs) - ahead(theirs, mine) >= 60);
  });
});
