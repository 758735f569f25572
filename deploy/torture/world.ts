import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCode } from '@midstream/inventory/keys';
import { LocalKms } from '@midstream/inventory/kms/kms';
import { type Hands, restore } from '../drill/act';
import { optionsOf as drillOptionsOf } from '../drill/options';
import { type Plan, planOf } from '../drill/plan';
import { lastEntry, readMoney } from '../drill/read';
import type { Start } from '../drill/see';
import { openApi } from '../sample-market/api';
import { readMarket } from '../sample-market/market';
import type { Sale, Witness } from './check';
import type { Placing } from './orders';
import { type Chance, chanceOf } from './schedule';
import { setMoods } from './trouble';

/** A Midstream that is tortured: where its data is, where it answers, and what its processes have said. */
export interface Place {
  readonly dir: string;
  readonly url: string;
  said(): string;
}

/** All that the load, the trouble and the judge need to know. */
export interface World {
  readonly place: Place;
  readonly hands: Hands;
  readonly plan: Plan;
  readonly start: Start;
  readonly chance: Chance;
}

/** Money for so many orders, suppliers with their moods, and what the books say before the first order. */
export async function settleIn(place: Place, seed: string, orders = 0): Promise<World> {
  const options = drillOptionsOf(['--data', place.dir, '--url', place.url, '--seed', seed], {}, Date.now());
  if (options === 'help') throw new Error('nobody has asked for help');
  const market = readMarket();
  const plan = planOf(market, options);
  const operator = openApi({ url: place.url, key: options.operatorKey });
  const hands: Hands = { operator, merchant: openApi({ url: place.url, key: options.merchantKey }), market, options };
  const laps = Math.ceil(orders / market.orders.length) + 1;
  await restore(hands, { ...plan, orders: Array.from({ length: laps }, () => market.orders).flat() });
  await setMoods(hands);
  const { money, last } = await readMoney(operator, options.merchantId, await lastEntry(operator, options.merchantId));
  return { place, hands, plan, chance: chanceOf(seed), start: { at: Date.now(), since: Date.now(), money, entry: last } };
}

/** What is known from outside the databases, when all is quiet. */
export async function witnessOf({ place, hands: { options } }: World, { asked, deposits }: Placing): Promise<Witness> {
  const { vaultKey } = JSON.parse(readFileSync(join(place.dir, 'secrets.json'), 'utf8')) as Record<'vaultKey', string>;
  const local = new LocalKms(vaultKey);
  const { items: sales } = await openApi({ url: options.sandboxUrl ?? '' }).get<{ items: Sale[] }>('/control/sales');
  return {
    seed: options.seed,
    merchantId: options.merchantId,
    asked,
    deposits,
    sales,
    said: place.said(),
    open: (code) => openCode(local, code),
  };
}
