import { openApi } from '../sample-market/api';
import { readMarket } from '../sample-market/market';
import type { Market, TraceOrder } from '../sample-market/words';
import { answer, ban, dryOut, type Hands, liftBan, pause, replay, restore } from './act';
import { check, type Violation } from './check';
import { type Figures, figuresOf } from './figures';
import { DRILL_MAX_MS, type DrillOptions, UsageProblem } from './options';
import { MUSIC, type Plan, planOf, VIDEO, wordOf } from './plan';
import { lastEntry, readMoney, runningOrders } from './read';
import { type Done, see, type Start } from './see';
import { liveText, type Terminal } from './show';
import { storyLine, tell } from './story';
import { watchOrders } from './watch';

/** Time kept back at the end for reading and checking. */
const READING_MS = 45_000;
const HELD_PATIENCE_MS = 20_000;
const WAVE_PAUSE_MS = 2_000;
const POLL_MS = 1_000;

export interface DrillResult {
  readonly figures: Figures;
  readonly violations: readonly Violation[];
  readonly story: readonly string[];
  readonly done: Done;
  readonly seconds: number;
}

/** Replays the peak of the day, takes the supply away in the middle of it, waits for every line's end, and reads and checks all of it. */
export async function drill(options: DrillOptions, terminal: Terminal): Promise<DrillResult> {
  const at = Date.now();
  const operator = openApi({ url: options.url, key: options.operatorKey });
  const market = readMarket(undefined, { profile: await profileOf(options) });
  const hands: Hands = { operator, market, options, merchant: openApi({ url: options.url, key: options.merchantKey }) };
  const plan = planOf(market, options);
  terminal.say(`The drill restores the market at ${options.url}: stock, codes, money, no ban (seed ${options.seed})`);
  await restore(hands, plan);
  const entry = await lastEntry(operator, options.merchantId);
  const { money, last } = await readMoney(operator, options.merchantId, entry);
  const placed = new Map<string, TraceOrder>();
  try {
    const start = { at, since: Date.now(), money, entry: last };
    const done = { market, plan, placed, start, ...(await storm(hands, plan, placed, start, terminal)) };
    terminal.say('It reads timelines, ledger, deliveries, purchases and metrics');
    const seen = await see(operator, options, done);
    const figures = figuresOf(seen);
    const line = storyLine(seen.lines, VIDEO, MUSIC);
    const story = line === undefined ? ['No video membership became a music membership.'] : tell(line, namesOf(market));
    return { figures, done, violations: check(seen), story, seconds: (Date.now() - at) / 1_000 };
  } finally {
    await restoreAfter(hands, plan);
  }
}

/** Places, waits until lines are held, and takes their supply away; until all have ended, or the time is up. */
async function storm(
  hands: Hands,
  plan: Plan,
  placed: Map<string, TraceOrder>,
  start: Start,
  terminal: Terminal,
): Promise<Pick<Done, 'ban'>> {
  const { options } = hands;
  const watch = watchOrders(options.url, options.merchantKey);
  const seconds = (): number => (Date.now() - start.at) / 1_000;
  const show = (): void => terminal.live(liveText(seconds(), { placed: placed.size, ...watch.counts((it) => placed.has(it)) }));
  const ticker = setInterval(show, POLL_MS);
  try {
    terminal.say(`It places ${plan.orders.length} orders of the evening in ${Math.round(options.replayMs / 1_000)} s`);
    const skew = await replay(hands, plan, (orderId, order) => placed.set(orderId, order));
    await untilHeld(hands, placed, start);
    const result = await takeAway(hands, plan, skew, (line) => terminal.say(`${seconds().toFixed(0)} s: ${line}`));
    await untilEnded(hands, placed, start);
    show();
    return result;
  } finally {
    clearInterval(ticker);
    watch.stop();
  }
}

/** Runs the waves dry with a ban between them. `skew`: how far the order's clock is ahead of ours. */
async function takeAway(hands: Hands, plan: Plan, skew: number, say: (line: string) => void): Promise<Pick<Done, 'ban'>> {
  const [video = [], slow = []] = plan.waves;
  const dry = async (wave: typeof video): Promise<void> => {
    await dryOut(hands, wave);
    await pause(WAVE_PAUSE_MS);
  };
  say(`lines are held; every supplier of ${VIDEO} runs dry`);
  await dry(video);
  let banned: Done['ban'];
  if (plan.banned !== undefined) {
    const { sku, name } = plan.banned;
    say(`${sku} (${name.zh}) is banned`);
    banned = { sku, inForceAt: (await ban(hands, sku)) + skew };
    await pause(WAVE_PAUSE_MS);
  }
  say(`${slow.map((it) => it.supplierId).join(', ')} run dry with everything that they have`);
  await dry(slow);
  return banned === undefined ? {} : { ban: banned };
}

async function untilHeld({ merchant }: Hands, placed: ReadonlyMap<string, TraceOrder>, { since }: Start): Promise<void> {
  const until = Date.now() + HELD_PATIENCE_MS;
  for (;;) {
    const running = (await runningOrders(merchant, since)).filter((it) => placed.has(it.orderId));
    const lines = running.flatMap((it) => it.lines);
    const looking = lines.filter((it) => it.status === 'selecting').length;
    if (looking === 0 || Date.now() > until) return;
    await pause(POLL_MS);
  }
}

/** Answers the buyers' questions meanwhile: each once, by the seed. */
async function untilEnded(hands: Hands, placed: ReadonlyMap<string, TraceOrder>, { at, since }: Start): Promise<void> {
  const said = new Set<string>();
  const until = at + DRILL_MAX_MS - READING_MS;
  for (;;) {
    const running = (await runningOrders(hands.merchant, since)).filter((it) => placed.has(it.orderId));
    if (running.length === 0 || Date.now() > until) return;
    for (const { orderId, lines } of running)
      for (const { lineId, consents } of lines)
        for (const { consentId } of consents.filter((it) => !said.has(it.consentId))) {
          said.add(consentId);
          const word = wordOf(hands.options.seed, placed.get(orderId)?.reference ?? '', lineId);
          if (word !== 'silence') await answer(hands, { orderId, lineId, consentId }, word);
        }
    await pause(POLL_MS);
  }
}

/** The market as it was: a drill leaves nobody dry and nothing banned. What fails here has failed before, and is told there. */
async function restoreAfter(hands: Hands, plan: Plan): Promise<void> {
  await liftBan(hands.operator).catch(() => undefined);
  await restore(hands, { ...plan, orders: [] }).catch(() => undefined);
}

/** Whether the whole market is loaded, or the quick start's twenty products. @throws UsageProblem where there is none, or no Midstream. */
async function profileOf({ url, operatorKey }: DrillOptions): Promise<'full' | 'small'> {
  const has = async (sku: string): Promise<boolean> => {
    const answered = await fetch(`${url}/v1/products/${sku}`, { headers: { authorization: `Bearer ${operatorKey}` } }).catch(
      (error: unknown) => {
        throw new UsageProblem(`nobody answers at ${url} (${String(error)}): start Midstream first (npm start), or name it with --url`);
      },
    );
    if (answered.status === 401 || answered.status === 403)
      throw new UsageProblem(`the operator key is not this Midstream's (${answered.status}): name its data folder with --data`);
    return answered.ok;
  };
  if (await has('live-digital-host-year')) return 'full';
  if (await has(VIDEO)) return 'small';
  throw new UsageProblem(`the sample market is not loaded at ${url}`);
}

function namesOf({ products, suppliers }: Market) {
  const named = (it: { readonly name: { readonly zh: string; readonly en: string } } | undefined, id: string): string =>
    it === undefined ? id : `${it.name.en} ${it.name.zh}`;
  return {
    product: (sku: string) =>
      named(
        products.find((it) => it.sku === sku),
        sku,
      ),
    supplier: (supplierId: string) =>
      named(
        suppliers.find((it) => it.supplierId === supplierId),
        supplierId,
      ),
  };
}
