import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { given } from '@midstream/testing/given';
import { aProduct, aRanking, aRule, aShop, EMPTY, HOUR, NOON, settle } from './compliance.fixtures';
import { compliance, NOT_SCREENED, RULES_MAX, type Rows, SWEEP_MAX } from './index';

const verdictsOf = (rows: Rows, sku = 'video') =>
  rows.verdicts[sku]?.verdicts.map(({ region, status, ruleId }) => [region, status, ruleId]);
const cleared = (rows: Rows, skus: readonly string[], region?: string) => {
  const [fact] = settle(rows, { type: 'ClearOffers', ranked: aRanking(skus, region) }).events;
  assert.ok(fact?.type === 'OffersCleared');
  return fact.candidates.map((it) => it.verdict);
};

describe('a product that is listed', () => {
  const screen = (version: number, it: Parameters<typeof aProduct>[1] = {}) =>
    ({ type: 'ScreenProduct', product: aProduct('video', it), version }) as const;
  const everywhere = { region: '*', status: 'compliant', ruleVersion: 0, from: '2026-11-24T12:00:00.000Z' } as const;

  it('is compliant everywhere where no rule speaks of it', () => {
    given(compliance, EMPTY)
      .when(screen(1))
      .thenExactly(
        { type: 'ProductShelved', product: aProduct('video'), version: 1, screenedAt: NOON },
        { type: 'VerdictState', sku: 'video', version: 1, verdicts: [everywhere] },
      );
  });

  it('is judged by the rules that are there before it', () => {
    const rows = settle(EMPTY, { type: 'PutRule', rule: aRule('r1', { match: { category: 'membership' } }) }).rows;
    assert.deepEqual(verdictsOf(settle(rows, screen(1)).rows), [['*', 'banned', 'r1']]);
  });

  it('is not judged again for a new price, an older state or a repeat', () => {
    given(compliance, EMPTY).has(screen(2)).when(screen(3)).thenNothing();
    given(compliance, EMPTY)
      .has(screen(2))
      .when(screen(1, { category: 'game-card' }))
      .thenNothing();
  });

  it('is judged again under its new category, and keeps the day of its first screening', () => {
    const shop = aShop([aProduct('video')], [aRule('r1', { match: { category: 'game-card' } })]);
    const { rows } = settle(shop, { ...screen(2, { category: 'game-card' }), at: NOON + HOUR });
    assert.deepEqual(verdictsOf(rows), [['*', 'banned', 'r1']]);
    assert.equal(rows.verdicts['video']?.screenedAt, NOON);
  });
});

describe('a rule', () => {
  it('bans a product with a reason, by its own version', () => {
    const { events } = settle(aShop([aProduct('video')]), { type: 'PutRule', rule: aRule('r1', { regions: ['CN'] }) });
    const [put, verdict] = events;
    assert.deepEqual(put, { type: 'RulePut', putAt: NOON, rule: { ...aRule('r1', { regions: ['CN'] }), version: 1 } });
    assert.deepEqual(verdict, {
      type: 'VerdictState',
      sku: 'video',
      version: 2,
      verdicts: [
        { region: '*', status: 'compliant', ruleVersion: 0, from: '2026-11-24T12:00:00.000Z' },
        { region: 'CN', status: 'banned', ruleId: 'r1', ruleVersion: 1, reason: 'Taken off sale', from: '2026-11-24T12:00:00.000Z' },
      ],
    });
    assert.equal(events.length, 2);
  });

  it('about a category reaches its products, about attributes those that have them, about nothing all', () => {
    const products = [
      aProduct('video', { attributes: { audience: 'minors' } }),
      aProduct('music'),
      aProduct('game', { category: 'game-card' }),
    ];
    const banned = (match: object) =>
      Object.values(aShop(products, [aRule('r1', { match })]).verdicts).flatMap((it) =>
        it.verdicts.some(({ status }) => status === 'banned') ? it.product.sku : [],
      );
    assert.deepEqual(banned({ category: 'membership' }), ['video', 'music']);
    assert.deepEqual(banned({ attributes: { audience: 'minors' } }), ['video']);
    assert.deepEqual(banned({}), ['video', 'music', 'game']);
  });

  it(`reaches every product of a shelf of more than ${SWEEP_MAX}`, () => {
    for (const count of [SWEEP_MAX, SWEEP_MAX + 1]) {
      const names = Array.from({ length: count }, (_, n) => `p${n}`);
      const { events } = settle(aShop(names.map((it) => aProduct(it))), {
        type: 'PutRule',
        rule: aRule('r1', { match: { category: 'membership' } }),
      });
      assert.equal(events.filter((it) => it.type === 'VerdictState').length, count);
      assert.equal(events.filter((it) => it.type === 'ShelfSwept').length, Math.ceil(count / SWEEP_MAX));
    }
  });

  it('begins at its time and ends at its time', () => {
    const rule = aRule('r1', { from: NOON + HOUR, until: NOON + 2 * HOUR });
    const shop = aShop([aProduct('video')]);
    const at = (instant: number) => verdictsOf(settle(shop, { type: 'PutRule', rule }, instant).rows);
    assert.deepEqual(at(NOON + HOUR - 1), [['*', 'compliant', undefined]]);
    assert.deepEqual(at(NOON + HOUR), [['*', 'banned', 'r1']]);
    assert.deepEqual(at(NOON + 2 * HOUR - 1), [['*', 'banned', 'r1']]);
    const over = settle(shop, { type: 'PutRule', rule }, NOON + 2 * HOUR);
    assert.deepEqual(verdictsOf(over.rows), [['*', 'compliant', undefined]]);
    assert.deepEqual(over.rows.rules['book'], { version: 1, rules: {} });
    assert.deepEqual(over.events.map((it) => it.type), ['RulePut', 'RuleBegun', 'VerdictState', 'RuleEnded', 'VerdictState']); // prettier-ignore
  });

  it('is not turned by the timer of a wording that was replaced', () => {
    const shop = aShop([aProduct('video')], [aRule('r1', { until: NOON + HOUR }), aRule('r1', { until: NOON + 3 * HOUR })]);
    given(compliance, shop)
      .when({ type: 'TurnRule', ruleId: 'r1', version: 1, at: NOON + HOUR })
      .thenNothing();
    given(compliance, shop)
      .when({ type: 'TurnRule', ruleId: 'r1', version: 2, at: NOON + 3 * HOUR })
      .thenTypes('RuleEnded');
  });

  it('lets go of what it spoke of before it was changed', () => {
    const shop = aShop([aProduct('video'), aProduct('music')], [aRule('r1'), aRule('r1', { match: { sku: 'music' } })]);
    assert.deepEqual(verdictsOf(shop), [['*', 'compliant', undefined]]);
    assert.deepEqual(verdictsOf(shop, 'music'), [['*', 'banned', 'r1']]);
  });

  it('is withdrawn at once, and only once', () => {
    const { rows } = settle(aShop([aProduct('video')], [aRule('r1')]), { type: 'WithdrawRule', ruleId: 'r1' });
    assert.deepEqual(verdictsOf(rows), [['*', 'compliant', undefined]]);
    given(compliance, rows).when({ type: 'WithdrawRule', ruleId: 'r1' }).thenRejected('rule-not-found');
  });

  it('put twice in the same words is one rule', () => {
    given(compliance, aShop([], [aRule('r1')]))
      .when({ type: 'PutRule', rule: aRule('r1') })
      .thenNothing();
  });

  it('is in force from now on where it does not say from when', () => {
    const { from: _from, ...rule } = aRule('r1');
    const { rows } = settle(EMPTY, { type: 'PutRule', rule, at: NOON + HOUR });
    assert.equal(rows.rules['book']?.rules['r1']?.from, NOON + HOUR);
    given(compliance, rows)
      .when({ type: 'PutRule', rule, at: NOON + 2 * HOUR })
      .thenNothing();
  });

  it('must end after it begins, and not in the past', () => {
    given(compliance, EMPTY)
      .when({ type: 'PutRule', rule: aRule('r1', { until: NOON }) })
      .thenRejected('rule-ends-before-it-begins');
    given(compliance, EMPTY)
      .when({ type: 'PutRule', rule: aRule('r1', { from: NOON - HOUR, until: NOON - 1 }) })
      .thenRejected('rule-ends-before-it-begins');
    given(compliance, EMPTY)
      .when({ type: 'PutRule', rule: aRule('r1', { until: NOON + 1 }) })
      .thenTypes('RulePut');
  });

  it(`is one of at most ${RULES_MAX}`, () => {
    const full = (count: number) =>
      aShop(
        [],
        Array.from({ length: count }, (_, n) => aRule(`r${n}`)),
      );
    given(compliance, full(RULES_MAX - 1))
      .when({ type: 'PutRule', rule: aRule('last') })
      .thenTypes('RulePut');
    given(compliance, full(RULES_MAX))
      .when({ type: 'PutRule', rule: aRule('more') })
      .thenRejected('too-many-rules');
    given(compliance, full(RULES_MAX))
      .when({ type: 'PutRule', rule: aRule('r0', { reason: 'Other words' }) })
      .thenTypes('RulePut');
  });
});

describe('where rules disagree', () => {
  it('the strictest counts in every region that it covers', () => {
    const shop = aShop(
      [aProduct('video')],
      [
        aRule('ban', { regions: ['CN'] }),
        aRule('fine', { effect: 'compliant', regions: ['CN-31'] }),
        aRule('risk', { effect: 'high-risk', regions: ['*'] }),
      ],
    );
    assert.deepEqual(verdictsOf(shop), [['*', 'high-risk', 'risk'], ['CN', 'banned', 'ban'], ['CN-31', 'banned', 'ban']]); // prettier-ignore
    assert.deepEqual(cleared(shop, ['video'], 'CN-11').map((it) => it?.ruleId), ['ban']); // prettier-ignore
    assert.deepEqual(cleared(shop, ['video'], 'US').map((it) => it?.status), ['high-risk']); // prettier-ignore
  });

  it('the newest counts among equals', () => assert.deepEqual(verdictsOf(aShop([aProduct('video')], [aRule('old'), aRule('new')])), [['*', 'banned', 'new']])); // prettier-ignore
});

describe('a ranked list', () => {
  const shop = aShop([aProduct('video'), aProduct('music')], [aRule('r1', { regions: ['CN'] })]);

  it('keeps its order, its request and its counts, and every candidate gets a verdict', () => {
    const ranked = aRanking(['music', 'video']);
    const [music, video] = ranked.candidates;
    assert.ok(music && video);
    given(compliance, shop)
      .when({ type: 'ClearOffers', ranked })
      .thenExactly({
        type: 'OffersCleared',
        ...ranked,
        candidates: [
          { ...music, verdict: { status: 'compliant', ruleVersion: 0 } },
          { ...video, verdict: { status: 'banned', ruleId: 'r1', ruleVersion: 1, reason: 'Taken off sale' } },
        ],
      });
  });

  it('strikes out nothing where the rule does not reach', () =>
    assert.deepEqual(cleared(shop, ['video'], 'US'), [{ status: 'compliant', ruleVersion: 0 }]));

  it('strikes out what was never screened', () => assert.deepEqual(cleared(shop, ['unknown']), [NOT_SCREENED]));

  it('gets a verdict on the pieces that are to come before other goods, too', () => {
    const of = (rows: Rows) => {
      const ranked = { ...aRanking([]), repack: { sku: 'half', pieces: 2, units: 1, priceCapMinor: 1250 } };
      const [fact] = settle(rows, { type: 'ClearOffers', ranked }).events;
      assert.ok(fact?.type === 'OffersCleared');
      return [fact.repack?.sku, fact.repack?.verdict?.status, fact.repack?.verdict?.ruleId];
    };
    const ban = aRule('r7', { match: { sku: 'half' }, regions: ['CN'] });
    assert.deepEqual(of(aShop([aProduct('half')])), ['half', 'compliant', undefined]);
    assert.deepEqual(of(aShop([aProduct('half')], [ban])), ['half', 'banned', 'r7']);
    assert.deepEqual(of(EMPTY), ['half', 'high-risk', undefined]);
  });

  it('goes on empty', () => {
    given(compliance, shop)
      .when({ type: 'ClearOffers', ranked: aRanking([]) })
      .thenExactly({ type: 'OffersCleared', ...aRanking([]) });
  });
});
