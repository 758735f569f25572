import { STORM_UNITS_LEAST } from '@midstream/selection-engine-domain';
import { openApi } from '../sample-market/api';
import type { Market } from '../sample-market/words';
import { pause } from '../drill/act';
import { UsageProblem } from '../drill/options';
import { quantile, rounded } from './figures';
import type { Floor } from './floor';
import { type Interference, interfere } from './interfere';
import { openOrders, type Orders } from './load';
import { load, marketOf, openMerchants, type OrderKind, PLAIN } from './market';
import type { BenchOptions } from './options';
import { untilQuiet } from './quiet';
import { type Result, resultOf } from './result';
import { countIn, cpuWords, type Rig, type Say, watched, withRig } from './run';
import { warmUp } from './place';
import { kindsAt, scarceMarketOf } from './scarce';
import { roomsOf, worthIn } from './traces';
import { ratioOf, type Worth } from './worth';

/** As the drain takes them: protocol 12. */
const BATCH = 500;
/** Of the floor: more of them wait for the two counters. */
const FLOOR_CLIENTS = 4;
const PLACE_AT_ONCE = 256;
const CALLED_PRODUCTS = 20;
const LINES = 10_000;
/** Past it, and 50 ms a line, a storm does not end any more. */
const PATIENCE_MS = 120_000;

interface Hit {
  /** Lines that lost their hold. */
  readonly lines: number;
  readonly seconds: number;
  /** From the report to each line's new hold, milliseconds. */
  readonly waits: readonly number[];
  readonly calls: Interference;
  readonly errors: readonly string[];
  /** Absent where no plan was made: so few lines are ranked one by one, and nobody took a snapshot. */
  readonly worth?: Worth;
}

/** Hears, while a storm lasts, when each line that had been at the dry offer is held again. */
class Ear {
  offerId = '';
  seen: number[] = [];
  givenUp = 0;
}

/** `bench storm`: the supplier of an offer that holds many lines reports that nothing is left of it. */
export async function storm(options: BenchOptions, say: Say): Promise<Result> {
  const { rounds, scarce, lines = LINES, linesPerOrder = 1 } = options;
  const { called, hit } = marketsOf(options);
  return withRig(options, 'storm.schema.sql', say, async (rig) => {
    await load(called, rig.house);
    await load(hit, rig.house);
    const merchants = await openMerchants(rig.house, options.merchants);
    const ear = new Ear();
    const orders = await openOrders({
      house: rig.house,
      merchants,
      connections: PLACE_AT_ONCE,
      hear({ type, replaces }, seenAt) {
        if (type === 'UnitsGivenUp') ear.givenUp += 1;
        else if (replaces !== null && replaces === ear.offerId) ear.seen.push(seenAt);
      },
    });
    try {
      const skus = called.products.map((it) => it.sku);
      await warmUp(orders, skus);
      await warmUp(
        orders,
        hit.products.map((it) => it.sku),
        { window: false },
      );
      const [hits, floor]: [Hit[], number[]] = [[], []];
      for (const [round, { sku }] of hit.products.slice(0, rounds).entries()) {
        const dry = hit.offers
          .filter((it) => it.sku === sku)
          .toSorted((a, b) => (a.costTiers[0]?.costMinor ?? 0) - (b.costTiers[0]?.costMinor ?? 0))[0];
        if (dry === undefined) throw new Error(`nobody sells ${sku}`);
        const kinds = scarce ? kindsAt(Date.now()) : [PLAIN];
        await placeLines(orders, sku, { lines, linesPerOrder, atOnce: PLACE_AT_ONCE, kinds }, say);
        await untilQuiet(rig.house);
        floor.push(await floorOf(rig.floor, lines));
        await rig.floor.client.query('CHECKPOINT');
        hits.push(await measure(rig, round + 1, orders, ear, { ...dry, skus, lines, mayGiveUp: scarce }));
        rig.say(`    floor ${floor.at(-1)?.toFixed(2)} s`);
      }
      return resultOfHits(rig, { bus: options.bus, lines, linesPerOrder, scarce }, hits, floor);
    } finally {
      await orders.close();
    }
  });
}

/** The lines' earliest deadline is a day from when they are placed. */
const IN_TIME_MINUTES = 1_400;

/** Where others order meanwhile, and where the storms will be. @throws UsageProblem */
function marketsOf({ substitutes, capacity, rounds, scarce, lines = LINES }: BenchOptions): {
  readonly called: Market;
  readonly hit: Market;
} {
  if (scarce && lines < STORM_UNITS_LEAST)
    throw new UsageProblem(
      `fewer than ${STORM_UNITS_LEAST} lines are no storm, and have no plan whose worth could be told: --scarce needs more --lines`,
    );
  const plan = { substitutes, leadTimeMs: 0, capacityPerMinute: capacity };
  // The hot offers sell no more a minute than they must to be in time for all lines, so that these are still there to be hit
  const hitPlan = { ...plan, name: 'storm', products: rounds, hotCapacityPerMinute: Math.ceil(lines / IN_TIME_MINUTES) };
  return {
    called: marketOf({ ...plan, name: 'calls', products: CALLED_PRODUCTS }),
    hit: scarce ? scarceMarketOf(hitPlan, lines) : marketOf(hitPlan),
  };
}

/** One storm, and what it came to. */
async function measure(rig: Rig, round: number, orders: Orders, ear: Ear, dry: Dry): Promise<Hit> {
  const rooms = await roomsOf(rig.house);
  const { value, cpu } = await watched(rig.house, () => hitOne(rig, orders, ear, dry));
  rig.say(`  round ${round}: ${words(value)}; cores: ${cpuWords(cpu)}`);
  const worth = await worthIn(rig.house, offerIdOf(dry), rooms);
  rig.say(`    ${worth === undefined ? NO_PLAN : worthWords(worth)}`);
  return worth === undefined ? value : { ...value, worth };
}

const words = ({ lines, seconds, waits, calls }: Hit): string =>
  `${lines} lines held again in ${seconds.toFixed(2)} s (half of them in ${(quantile(waits, 0.5) / 1_000).toFixed(2)} s), meanwhile p99 of GET ${quantile(calls.get, 0.99).toFixed(0)} ms, ` +
  `POST ${quantile(calls.post, 0.99).toFixed(0)} ms, a new lap ${quantile(calls.lap, 0.99).toFixed(0)} ms`;

const NO_PLAN = `no plan was made, as for fewer than ${STORM_UNITS_LEAST} lines: nobody took a snapshot by which they could be worth something`;

const worthWords = ({ value, optimum, firstCome, plans, givenUp, ...it }: Worth): string =>
  `worth ${yuan(value)} of ${yuan(optimum)} (${percent(ratioOf({ value, optimum }))}; first come, first served ${percent(ratioOf({ value: firstCome, optimum }))}), ` +
  `${givenUp} units given up, ${plans} plans${it.errors.length > 0 ? `; ${it.errors.join('; ')}` : ''}`;

const yuan = (milli: number): string => `${(milli / 1_000).toFixed(2)} CNY`;
const percent = (ratio: number | undefined): string =>
  ratio === undefined ? 'no share: the best is a loss' : `${(ratio * 100).toFixed(3)} %`;

export interface Shape {
  readonly lines: number;
  readonly linesPerOrder: number;
  /** Orders on their way at once. */
  readonly atOnce: number;
  /** In turns. */
  readonly kinds?: readonly OrderKind[];
}

/** So many lines, as orders of `linesPerOrder`, all at the cheapest offer of this product. */
export async function placeLines(
  orders: Orders,
  sku: string,
  { lines, linesPerOrder, atOnce, kinds = [PLAIN] }: Shape,
  say: Say,
): Promise<void> {
  const at = performance.now();
  let [left, turn] = [lines, 0];
  let told = at;
  const client = async (): Promise<void> => {
    while (left > 0) {
      const count = Math.min(left, linesPerOrder);
      left -= count;
      await orders.place(
        Array.from({ length: count }, () => sku),
        kinds[(turn += 1) % kinds.length],
      );
      if (performance.now() - told < 30_000) continue;
      told = performance.now();
      say(`    ${lines - left} of ${lines} lines are placed`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  say(`  ${lines} lines placed and held in ${((performance.now() - at) / 1_000).toFixed(0)} s`);
}

/** Seconds that the same change takes where nothing but the database does it. */
async function floorOf(floor: Floor, lines: number): Promise<number> {
  const batches = Math.ceil(lines / BATCH);
  const clients = Math.min(FLOOR_CLIENTS, batches);
  await floor.client.query(`TRUNCATE orders, hold, log; SELECT setval('batch', 1, false); UPDATE offer SET held = 0`);
  const rows = Math.ceil(batches / clients) * clients * BATCH;
  await floor.client.query(`INSERT INTO orders SELECT it, 'held', 1, 1 FROM generate_series(1, ${rows}) AS it`);
  await floor.client.query(`INSERT INTO hold SELECT it, it, 1, 1 FROM generate_series(1, ${rows}) AS it`);
  await floor.client.query('VACUUM ANALYZE orders, hold');
  const perSecond = await floor.run('storm.sql', { clients, transactions: Math.ceil(batches / clients) });
  return lines / (perSecond * BATCH);
}

interface Dry {
  readonly supplierId: string;
  readonly sku: string;
  readonly skus: readonly string[];
  readonly lines: number;
  /** There is not enough for all: giving up is an answer. */
  readonly mayGiveUp: boolean;
}

const offerIdOf = ({ supplierId, sku }: Pick<Dry, 'supplierId' | 'sku'>): string => `${supplierId}~${sku}`;

async function hitOne({ house, say }: Rig, orders: Orders, ear: Ear, { supplierId, sku, skus, lines, mayGiveUp }: Dry): Promise<Hit> {
  const offerId = offerIdOf({ supplierId, sku });
  const held = await countIn(house, 'inventory', 'SELECT count(*) AS n FROM hold WHERE offer_id = $1 AND strikable > 0', [offerId]);
  Object.assign(ear, { offerId, seen: [], givenUp: 0 });
  const calls = interfere(orders, skus);
  const operator = openApi({ url: house.url, key: house.operatorKey });
  await operator.post(`/v1/suppliers/${supplierId}/stock`, { body: { changes: [{ sku, quantity: 0, sequence: Date.now() }] } });
  const acceptedAt = performance.now();
  const until = acceptedAt + PATIENCE_MS + lines * 50;
  let told = acceptedAt;
  for (;;) {
    await pause(50);
    if (ear.seen.length + ear.givenUp >= held - 5 && (await allBack(house, offerId, ear))) break;
    if (performance.now() > until) throw new Error(`the storm does not end: ${ear.seen.length} of ${held} lines are held again`);
    if (performance.now() - told < 10_000) continue;
    told = performance.now();
    say(`    ${ear.seen.length} of ${held} lines are held again`);
  }
  const interference = await calls.stop();
  const waits = ear.seen.map((it) => it - acceptedAt);
  const errors = [...interference.errors, ...(ear.givenUp > 0 && !mayGiveUp ? [`${ear.givenUp} lines were given up`] : [])];
  return { lines: waits.length, seconds: quantile(waits, 1) / 1_000, waits, calls: interference, errors };
}

/** Nothing is left at the dry offer, and every line that it lost is held again. */
async function allBack(house: Rig['house'], offerId: string, { seen, givenUp }: Ear): Promise<boolean> {
  const left = await countIn(house, 'inventory', 'SELECT count(*) AS n FROM hold WHERE offer_id = $1 AND strikable > 0', [offerId]);
  const lost = await countIn(house, 'inventory', 'SELECT count(*) AS n FROM hold WHERE offer_id = $1 AND lost > 0', [offerId]);
  return left === 0 && seen.length + givenUp >= lost;
}

function resultOfHits(
  rig: Rig,
  { bus, linesPerOrder, lines, scarce }: Pick<BenchOptions, 'bus' | 'scarce'> & Pick<Shape, 'lines' | 'linesPerOrder'>,
  hits: readonly Hit[],
  floor: readonly number[],
): Result {
  const waits = hits.flatMap((it) => it.waits);
  const p99 = (of: (calls: Interference) => readonly number[]): number =>
    rounded(
      quantile(
        hits.flatMap((it) => of(it.calls)),
        0.99,
      ),
    );
  const ours = hits.map((it) => it.seconds);
  const worths = hits.flatMap((it) => it.worth ?? []);
  const noPlan = hits.length - worths.length;
  return resultOf({
    bench: 'storm',
    bus,
    unit: 's',
    ours,
    floor,
    p50Ms: quantile(waits, 0.5),
    p99Ms: quantile(waits, 0.99),
    memory: rig.memory.peak(),
    errors: [
      ...hits.flatMap((it) => it.errors),
      ...worths.flatMap((it) => it.errors),
      ...(scarce && noPlan > 0 ? [`${noPlan} storms had no plan`] : []),
    ],
    safety: rig.safety,
    more: {
      lines,
      linesPerOrder,
      scarce,
      ...worstOf(worths),
      msPerLine: rounded((quantile(ours, 0.5) * 1_000) / lines, 3),
      getP99Ms: p99((it) => it.get),
      postP99Ms: p99((it) => it.post),
      lapP99Ms: p99((it) => it.lap),
      calls: hits.reduce((sum, it) => sum + it.calls.get.length + it.calls.post.length, 0),
    },
  });
}

/** The storm that came to the smallest share of what it could. */
function worstOf(worths: readonly Worth[]): object {
  const [worst] = worths.toSorted((a, b) => (ratioOf(a) ?? -Infinity) - (ratioOf(b) ?? -Infinity));
  if (worst === undefined) return {};
  const { value, optimum, firstCome, givenUp, plans } = worst;
  return { value, optimum, valueRatio: ratioOf(worst), valueRatioRounds: worths.map(ratioOf), firstCome, givenUp, plans };
}
