import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { freshnessLoop } from './freshness';
import { aSupplier, aWorld, buys, cleared, holdId, offer, product, until, type World } from './inventory.app.fixtures';

describe('an offer, over HTTP', () => {
  let world: World;
  before(async () => {
    world = await aWorld('inventory_offers');
    for (const sku of ['vip', 'slow', 'dollar', 'floor', 'cost', 'rule', 'capped', 'told', 'way'])
      await world.call('PUT', `/products/${sku}`, product());
    for (const sku of ['vip', 'slow', 'floor', 'cost', 'rule', 'capped', 'way']) await aSupplier(world, 'a', sku, 20);
  });
  after(() => world.end());

  const held = async (orderId: string, sku: string, change: Parameters<typeof cleared>[4] = {}) => {
    await world.bus.tell(cleared(orderId, sku, 4, ['a'], change));
    await world.facts('OfferHeld', orderId);
  };
  const seenAt = '2026-11-25T00:00:00Z';

  it('refuses what cannot be, and names the field', async () => {
    const bad: [string, string, object, number, string][] = [
      ['PUT', '/suppliers/a/offers/vip', offer({ currency: 'XQZ' }), 400, 'currency'],
      ['PUT', '/suppliers/a/offers/vip', offer({ regions: ['QX'] }), 400, 'regions'],
      ['PUT', '/suppliers/a/offers/vip', offer({ costTiers: [{ from: 1, costMinor: 5 }, { from: 1, costMinor: 4 }] }), 422, 'wrong-tiers","field":"costTiers'], // prettier-ignore
      ['PUT', '/suppliers/a/offers/vip', offer({ costTiers: [{ from: 5, costMinor: 5 }] }), 422, 'wrong-tiers'],
      ['PUT', '/suppliers/a/offers/vip', offer({ minQuantity: 2, maxQuantity: 1 }), 422, 'wrong-quantities","field":"minQuantity'],
      ['PUT', '/suppliers/a/offers/vip', offer({ validFrom: seenAt, validUntil: seenAt }), 422, 'wrong-validity","field":"validFrom'],
      ['PUT', '/suppliers/a/offers/vip', offer({ currency: 'USD' }), 422, 'unknown-rate","field":"currency'],
      ['PUT', '/products/vip', product({ currency: 'USD' }), 422, 'wrong-currency","field":"currency'],
      ['PUT', '/products/vip', product({ faceValueMinor: 2900 }), 409, 'face-value-is-fixed","field":"faceValueMinor'],
      ['PUT', '/products/vip', product({ fulfilmentKind: 'VALUE_RECHARGE' }), 409, 'product-kind-is-fixed","field":"fulfilmentKind'],
      [
        'PUT',
        '/suppliers/a/offers/vip',
        offer({ denomination: { kind: 'FIXED', valuesMinor: [1] } }),
        422,
        'wrong-denomination","field":"denomination',
      ],
      ['PUT', '/suppliers/a/offers/vip', offer({ validFrom: 'tomorrow' }), 400, 'validFrom'],
      ['POST', '/suppliers/a/stock', { changes: [{ sku: 'vip', quantity: -1, sequence: 9 }] }, 400, 'quantity'],
      ['POST', '/suppliers/a/stock', { changes: [{ sku: 'vip', quantity: 1.5, sequence: 9 }] }, 400, 'quantity'],
      ['POST', '/exchange-rates', { base: 'USD', quote: 'CNY', rate: '0', seenAt }, 400, 'rate'],
      ['POST', '/exchange-rates', { base: 'USD', quote: 'USD', rate: '1', seenAt }, 422, 'wrong-rate'],
      ['POST', '/exchange-rates', { base: 'USD', quote: 'CNY', rate: '7', seenAt: '2999-01-01T00:00:00Z' }, 422, 'rate-from-the-future'],
      ['PUT', '/markup-rules', { rules: [{ category: '*', kind: 'fixed', amountMinor: 1 }] }, 400, 'currency'],
      ['PUT', '/markup-rules', { rules: [{ category: '*', kind: 'percent', percentBp: -1 }] }, 400, 'percentBp'],
      ['PUT', '/markup-rules', { rules: [{ category: '*', kind: 'percent', percentBp: 1 }, { category: '*', kind: 'percent', percentBp: 2 }] }, 422, 'double-rule'], // prettier-ignore
      ['PUT', '/markup-rules', { rules: [{ category: '*', tier: 'Gold!', kind: 'percent', percentBp: 1 }] }, 400, 'tier'],
      ['PUT', '/markup-rules', { rules: Array.from({ length: 21 }, (_, n) => ({ category: '*', tier: `t${n}`, kind: 'percent', percentBp: 1 })) }, 422, 'too-many-tiers'], // prettier-ignore
      ['PUT', '/caps', { caps: [{ per: 'merchant', maxUnits: 1 }] }, 400, 'sku'],
      ['PUT', '/caps', { caps: [{ per: 'house', sku: 'vip', maxUnits: 1 }] }, 400, 'per'],
      ['PUT', '/caps', { caps: [{ per: 'merchant', sku: 'vip', maxUnits: -1 }] }, 400, 'maxUnits'],
      ['PUT', '/caps', { caps: [{ per: 'merchant', sku: 'vip', category: 'x', maxUnits: 1 }] }, 422, 'wrong-cap'],
      ['PUT', '/caps', { caps: [{ per: 'buyer', sku: 'vip', maxUnits: 1 }, { per: 'buyer', sku: 'vip', maxUnits: 2 }] }, 422, 'double-cap'], // prettier-ignore
      ['POST', '/delivery-channels', { sku: 'none', channel: 'redeem', state: 'down' }, 422, 'unknown-product'],
    ];
    for (const [method, path, body, status, told] of bad) {
      const answer = await world.call(method, path, body);
      assert.equal(answer.status, status, `${path} ${JSON.stringify(body)} ${JSON.stringify(answer.body)}`);
      assert.match(JSON.stringify(answer.body), new RegExp(told));
    }
  });

  it('quotes in dollars once there is a rate, and follows it', async () => {
    const dollars = offer({ currency: 'USD', costTiers: [{ from: 1, costMinor: 300 }] });
    assert.equal((await world.call('PUT', '/suppliers/a/offers/dollar', dollars)).body['code'], 'unknown-rate');
    const rate = (value: string, at: string) =>
      world.call('POST', '/exchange-rates', { base: 'USD', quote: 'CNY', rate: value, seenAt: at });
    assert.equal((await rate('7.1', seenAt)).status, 200);
    const { body } = await world.call('PUT', '/suppliers/a/offers/dollar', dollars);
    assert.deepEqual([body['costTiers'], body['currency'], body['costSource']], [[{ from: 1, costMinor: 2130 }], 'CNY', 'manual']);
    assert.equal((await rate('7.2', '2026-11-25T01:00:00Z')).body['offers'], 1);
    await until(async () => JSON.stringify((await world.call('GET', '/suppliers/a/offers/dollar')).body['costTiers']).includes('2160'));
    assert.equal((await rate('7.3', '2026-11-24T00:00:00Z')).body['code'], 'stale-rate');
    assert.equal((await world.call('GET', '/exchange-rates', undefined, { key: 'm-key' })).status, 403);
  });

  it('is marked up by rule, and says so to nobody', async () => {
    const cost = (costMinor: number) => world.call('PUT', '/suppliers/a/offers/rule', offer({ costTiers: [{ from: 1, costMinor }] }));
    const read = async () => (await world.call('GET', '/products/rule', undefined, { key: 'm-key' })).body;
    const costs = (minor: number) => until(async () => (await read())['priceMinor'] === minor);
    await cost(2_000);
    const { body } = await world.call('PUT', '/markup-rules', {
      rules: [{ category: '*', kind: 'percent', percentBp: 500, stepMinor: 10 }],
    });
    assert.deepEqual([body['version'], (await world.call('GET', '/markup-rules')).body], [1, body]);
    await world.call('PUT', '/products/rule', product({ priceBy: 'rule' }));
    await costs(2_100);
    await cost(3_001);
    await costs(3_160);
    const tiered = [{ category: '*', kind: 'percent', percentBp: 500, stepMinor: 10 }, { category: '*', tier: 'gold', kind: 'percent', percentBp: 200, stepMinor: 10 }]; // prettier-ignore
    assert.deepEqual((await world.call('PUT', '/markup-rules', { rules: tiered })).body['rules'], tiered);
    await until(async () => JSON.stringify((await world.call('GET', '/products/rule')).body['tierPrices']) === '{"gold":3070}');
    assert.doesNotMatch(JSON.stringify(await read()), /cost|rule":|ruled|offer|tier|3070/i, 'what others pay is no merchant’s affair');
    assert.equal((await world.call('GET', '/markup-rules', undefined, { key: 'm-key' })).status, 403);
  });

  it('holds no more for a merchant than its cap leaves, and says how much is used', async () => {
    const caps = [{ per: 'merchant', sku: 'capped', maxUnits: 6 }];
    const { body } = await world.call('PUT', '/caps', { caps });
    assert.deepEqual([body, (await world.call('GET', '/caps')).body], [{ version: 1, caps }, body]);
    assert.deepEqual((await world.call('PUT', '/caps', { caps })).body, body, 'put again it is the same');
    await until(async () => (await world.sql(`SELECT FROM offer WHERE sku = 'capped' AND state -> 'caps' IS NOT NULL`)).length === 1);
    await world.bus.tell(cleared('cap-1', 'capped', 4, ['a']));
    await world.facts('OfferHeld', 'cap-1');
    await world.bus.tell(cleared('cap-2', 'capped', 4, ['a']));
    const [second] = await world.facts('OfferHeld', 'cap-2');
    assert.deepEqual([second?.unheld, second?.tried[0]?.outcome], [2, 'partly-held']);
    await world.bus.tell(cleared('cap-3', 'capped', 4, ['a']));
    const [third] = await world.facts('NothingHeld', 'cap-3');
    assert.deepEqual(third?.tried[0]?.cap, { per: 'merchant', of: 'sku', maxUnits: 6, usedUnits: 6 });
    assert.deepEqual((await world.call('GET', '/caps/usage?merchantId=m')).body['usages'], [
      { cap: 'merchant/sku/capped', merchantId: 'm', usedUnits: 6, maxUnits: 6 },
    ]);
    await world.bus.tell({ type: 'ReleaseRequested', orderId: 'cap-1', merchantId: 'm', lineId: '1', holdIds: [holdId('cap-1', 'a', 'capped')], reason: 'cancelled' }); // prettier-ignore
    await until(async () => JSON.stringify((await world.call('GET', '/caps/usage')).body).includes('"usedUnits":2'));
    const [counted] = await world.sql<{ id: string }>(
      `SELECT sum(granted - delivered - lost - released)::int::text AS id FROM hold WHERE offer_id = 'a~capped'`,
    );
    assert.equal(counted?.id, '2', 'as the holds say');
    assert.equal((await world.call('GET', '/caps', undefined, { key: 'm-key' })).status, 403);
  });

  it('goes stale where its feed has promised reports, and opens with the next', async () => {
    await world.call('PUT', '/suppliers/a/offers/vip', offer({ freshness: 'instant' }));
    const causes = async () => JSON.stringify((await world.call('GET', '/suppliers/a/offers/vip')).body['closures']);
    await world.sql(`UPDATE offer SET fresh_until = now() - interval '1 hour',
                            state = state::jsonb || jsonb_build_object('stockAsOf', (state ->> 'stockAsOf')::bigint - 3600000) WHERE sku = 'vip'`);
    await until(async () => (await causes()).includes('stale'), 'the stale closure', 40_000);
    await world.call('POST', '/suppliers/a/stock', { changes: [{ sku: 'vip', quantity: 20, sequence: 2 }] });
    assert.equal(await causes(), '[]');
  });

  it('that has promised nothing counts as stale once it is overdue by what its category bears, and then closes; one of a person never', async () => {
    for (const it of ['fed', 'once', 'hand'])
      await world.call('PUT', `/products/${it}`, product({ category: it === 'once' ? 'other' : 'game-card' }));
    await world.call('PUT', '/suppliers/people', { name: { zh: 'p', en: 'p' }, kind: 'manual', upstreamGroup: 'p' });
    await world.call('PUT', '/suppliers/people/offers/hand', offer());
    await world.call('POST', '/suppliers/people/stock', { changes: [{ sku: 'hand', quantity: 5, sequence: 1 }] });
    for (const it of ['fed', 'once']) await aSupplier(world, 'a', it, 20);
    // as if each had come every five minutes until so long ago
    const silent = (minutes: number) =>
      world.sql(
        `UPDATE offer SET overdue_at = now() - make_interval(mins => $1),
                state = state::jsonb || jsonb_build_object('stockAsOf', (extract(epoch FROM now()) * 1000)::bigint - ($1 + 10) * 60000,
                                                    'fed', '{"lastAt": 1, "everyMs": 300000, "seen": 8}'::jsonb) WHERE sku IN ('fed', 'once', 'hand')`,
        [minutes],
      );
    const read = async (path: string) => (await world.call('GET', path)).body;
    const { database, commands } = world.service;
    const caller = { scope: 'operator' as const, keyId: 'op' };
    const look = () => freshnessLoop.run({ database, handle: (command) => commands.run(command, { caller }) });
    await silent(20);
    await look();
    const [fed, once] = await Promise.all(['fed', 'once'].map((it) => read(`/suppliers/a/offers/${it}`)));
    assert.ok('freshUntil' in (fed ?? {}));
    assert.deepEqual([fed?.['closures'], once?.['closures'], once?.['freshUntil']], [[], [], undefined]);
    await silent(130);
    await look();
    assert.deepEqual((await read('/suppliers/a/offers/fed'))['closures'], [{ cause: 'stale' }]);
    const open = await Promise.all(['/suppliers/a/offers/once', '/suppliers/people/offers/hand'].map(read));
    assert.deepEqual(
      open.map((it) => it['closures']),
      [[], []],
    );
    assert.ok('freshUntil' in (open[0] ?? {}) && !('freshUntil' in (open[1] ?? {})), '130 minutes are too long for other goods, too');
    await world.call('POST', '/suppliers/a/stock', { changes: [{ sku: 'fed', quantity: 20, sequence: 2 }] });
    const again = await read('/suppliers/a/offers/fed');
    assert.deepEqual([again['closures'], again['freshUntil']], [[], undefined]);
  });

  it('frees what it holds when its supplier says that it takes longer than the order has', async () => {
    await held('o-slow', 'slow');
    const slower = { changes: [{ sku: 'slow', quantity: 20, sequence: 2, leadTimeMs: 2 * 3_600_000 }] };
    await world.call('POST', '/suppliers/a/stock', slower);
    const [lost] = await world.facts('HoldLost', 'o-slow');
    assert.deepEqual([lost?.reason, lost?.quantity], ['too-slow', 4]);
  });

  it('frees what its way of delivery, or its own terms, leave out by now, and says what does not fit', async () => {
    const put = (change: object = {}) => world.call('PUT', '/suppliers/a/offers/way', offer({ channel: 'redeem', ...change }));
    const lossOf = async (orderId: string) => {
      const [lost] = await world.facts('HoldLost', orderId);
      return [lost?.reason, lost?.misfit, lost?.quantity];
    };
    const channel = (policy: object) => world.call('POST', '/delivery-channels', { sku: 'way', channel: 'redeem', state: 'up', policy });
    const lift = async () => {
      await channel({});
      await until(async () => !('channelPolicy' in (await world.call('GET', '/suppliers/a/offers/way')).body));
    };
    await put();
    await held('o-far', 'way', { region: 'CN-44' });
    await held('o-near', 'way');
    assert.equal((await channel({ regions: ['CN-31', 'US'] })).status, 204);
    assert.deepEqual(await lossOf('o-far'), ['capacity', 'region', 4]);
    assert.deepEqual((await world.call('GET', '/suppliers/a/offers/way')).body['channelPolicy'], { regions: ['CN-31', 'US'] });
    await channel({ maxQuantity: 3 });
    assert.deepEqual(await lossOf('o-near'), ['capacity', 'quantity', 4]);
    const [told] = await world.sql<{ most: number; regions: string[] }>(
      `SELECT (data ->> 'maxQuantity')::int AS most, data -> 'regions' AS regions FROM event WHERE type = 'OfferState' AND key = 'a~way' ORDER BY id DESC LIMIT 1`,
    );
    assert.deepEqual(told, { most: 3, regions: ['CN'] });
    await lift();
    await held('o-late', 'way');
    await channel({ leadTimeMs: 2 * 3_600_000 });
    assert.deepEqual(await lossOf('o-late'), ['too-slow', undefined, 4]);
    await lift();
    await held('o-own', 'way');
    await put({ regions: ['US'] });
    assert.deepEqual(await lossOf('o-own'), ['capacity', 'region', 4]);
    const policyOf = async () => (await world.call('GET', '/suppliers/a/offers/way')).body['channelPolicy'];
    await put({ channel: 'other' });
    await channel({ maxQuantity: 2 });
    assert.equal(await policyOf(), undefined);
    await put();
    assert.deepEqual(await policyOf(), { maxQuantity: 2 }, 'it starts from what was told while it went by another way');
    for (const policy of [{ regions: ['QX'] }, { maxQuantity: 0 }, { leadTimeMs: -1 }, { more: 1 }])
      assert.equal((await channel(policy)).status, 400);
  });

  it('frees what it holds when the margin that the hub insists on is gone', async () => {
    await held('o-waived', 'floor', { marginFloorWaived: true });
    await held('o-floor', 'floor');
    assert.equal((await world.call('PUT', '/products/floor', product({ marginFloorBp: 3_000 }))).body['marginFloorBp'], 3_000);
    for (const key of ['m-key', 's-key'])
      assert.equal((await world.call('GET', '/products/floor', undefined, { key })).body['marginFloorBp'], undefined);
    const [lost] = await world.facts('HoldLost', 'o-floor');
    assert.deepEqual([lost?.reason, lost?.tally.holdId], ['price-risen', holdId('o-floor', 'a', 'floor')]);
    await until(async () => (await world.sql<{ id: string }>(`SELECT id FROM drain WHERE armed AND id = 'a~floor'`)).length === 0);
    const [kept] = await world.sql<{ id: string }>(`SELECT lost::text AS id FROM hold WHERE order_id = 'o-waived'`);
    assert.equal(kept?.id, '0', 'its merchant does without the margin');
  });

  it('is refused with a day that there is not, a region that is none, and a supplier whose address has a password', async () => {
    const put = (change: object) => world.call('PUT', '/suppliers/a/offers/cost', offer(change));
    const wrong = [{ validFrom: '2027-02-30T00:00:00Z' }, { validUntil: '2027-01-01' }, ...['ZZ', 'EU', 'UK', 'SU', 'C', 'CN-'].map((it) => ({ regions: ['CN', it] }))]; // prettier-ignore
    for (const it of wrong) {
      const { status, body } = await put(it);
      assert.deepEqual([status, (body['fields'] as { field: string }[])[0]?.field], [400, Object.keys(it)[0]], JSON.stringify(it));
    }
    for (const it of ['GB', 'HK', 'TW', 'US-CA', 'CN-31', '*']) assert.equal((await put({ regions: [it] })).status, 200, it);
    await put({});
    const supplier = { name: { zh: '甲', en: 'A' }, kind: 'http', upstreamGroup: 'a', baseUrl: 'http://user:secret@127.0.0.1/x' };
    const { status, body } = await world.call('PUT', '/suppliers/c', supplier);
    assert.deepEqual([status, /without a user and a password/.test(String(body['detail']))], [400, true]);
  });

  it('says of its cost and its pace since when they are so, and who told them', async () => {
    await aSupplier(world, 'a', 'told', 20);
    const figures = async () => {
      const { costSource, costAsOf, paceSource, paceAsOf } = (await world.call('GET', '/suppliers/a/offers/told')).body;
      return { sources: [costSource, paceSource], costAsOf: Date.parse(String(costAsOf)), paceAsOf: Date.parse(String(paceAsOf)) };
    };
    const put = await figures();
    assert.deepEqual(put.sources, ['manual', 'manual']);
    const fed = (change: object) => world.call('POST', '/suppliers/a/stock', { changes: [{ sku: 'told', quantity: 20, ...change }] });
    await fed({ sequence: 2, capacityPerMinute: 60 });
    const slower = await figures();
    assert.deepEqual([slower.sources, slower.costAsOf], [['manual', 'push'], put.costAsOf]);
    assert.ok(slower.paceAsOf > put.paceAsOf);
    await fed({ sequence: 3, capacityPerMinute: 60, costTiers: [{ from: 1, costMinor: 1900 }] });
    const cheaper = await figures();
    assert.deepEqual([cheaper.sources, cheaper.paceAsOf], [['push', 'push'], slower.paceAsOf]);
    assert.ok(cheaper.costAsOf > put.costAsOf);
  });

  it('is of a product and a supplier that lists show, page by page, what is not listed to operators only', async () => {
    await world.call('PUT', '/products/hidden', { ...product(), category: 'lists', listed: false });
    const skus = async (query: string, key?: string) => {
      const { body } = await world.call('GET', `/products${query}`, undefined, key ? { key } : {});
      return { skus: (body['items'] as { sku: string }[]).map((it) => it.sku), next: body['next'] as string | undefined };
    };
    const all = await skus('');
    assert.deepEqual([all.skus, all.next], [[...all.skus].sort(), undefined]);
    const first = await skus('?limit=3');
    const rest = await skus(`?limit=200&after=${first.next}`);
    assert.deepEqual([...first.skus, ...rest.skus], all.skus);
    assert.deepEqual((await skus('?category=lists')).skus, ['hidden']);
    assert.deepEqual((await skus('?category=lists', 'm-key')).skus, []);
    assert.deepEqual(
      (await skus('', 'm-key')).skus,
      all.skus.filter((it) => it !== 'hidden'),
    );
    const { body } = await world.call('GET', '/suppliers?limit=1');
    const [supplier] = body['items'] as { supplierId: string }[];
    assert.deepEqual([supplier?.supplierId, body['next'], JSON.stringify(body).includes('token')], ['a', 'a', false]);
    assert.equal((await world.call('GET', '/suppliers', undefined, { key: 'm-key' })).status, 403);
    assert.equal((await world.call('GET', '/products?limit=0')).status, 400);
  });

  it('costs what it costs for operators only', async () => {
    await buys(world, 'o-cost', 'cost', 1, ['a']);
    await world.facts('UnitsDelivered', 'o-cost');
    const of = async (key?: string) =>
      JSON.stringify((await world.call('GET', '/deliveries?orderId=o-cost', undefined, key ? { key } : {})).body);
    assert.match(await of(), /"costMinor":2000,"costCurrency":"CNY"/);
    assert.doesNotMatch(await of('m-key'), /cost[MC]/);
    for (const path of ['/products/cost', '/products', '/stock?sku=cost']) {
      assert.doesNotMatch(JSON.stringify((await world.call('GET', path, undefined, { key: 'm-key' })).body), /cost[A-Z]|margin|supplierId/);
    }
  });
});
