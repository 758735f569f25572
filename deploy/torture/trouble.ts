import { answer, ban, dryOut, type Hands, liftBan, pause, restore } from '../drill/act';
import { type DryOut, type Plan, wordOf } from '../drill/plan';
import { runningOrders } from '../drill/read';
import { type Api, openApi } from '../sample-market/api';
import type { TraceOrder } from '../sample-market/words';
import { isRefusal } from './patience';
import { between, type Chance, oneOf } from './schedule';

const PAUSE_MS = { least: 800, most: 3_500 } as const;
const ANSWER_EVERY_MS = 1_500;
const COMPLAIN_EVERY_MS = 700;
/** So long a supplier is out of our money, and so long nobody is. */
const BALANCE_MS = { gone: { least: 4_000, most: 12_000 }, there: { least: 10_000, most: 25_000 } } as const;
const PLENTY_MINOR = 1_000_000_000;

/** What suppliers do on some days: the sandbox draws by the purchase's key, so that a seed draws the same again. */
const MOODS = {
  refuse: 0.02,
  accepted: 0.08,
  slow: 0.02,
  partial: 0.02,
  'timeout-after-effect': 0.005,
  'broken-answer': 0.02,
  'duplicate-answer': 0.02,
  'invalid-code': 0.01,
  'repeated-code': 0.01,
} as const;

export interface Trouble {
  readonly dry: readonly DryOut[];
  /** What was refused that the trouble does not expect. */
  readonly refused: readonly { readonly where: string; readonly what: string }[];
  stop(): Promise<void>;
}

interface Mine {
  readonly hands: Hands;
  readonly plan: Plan;
  readonly chance: Chance;
  readonly placed: ReadonlyMap<string, TraceOrder>;
  readonly since: number;
}

/** Takes supply and suppliers' balances away and gives them back, bans and lifts, cancels, answers and complains, until it is stopped. What is down meanwhile is tried later. */
export function startTrouble(mine: Mine): Trouble {
  const dry: DryOut[] = [];
  const refused: { where: string; what: string }[] = [];
  let stopping = false;
  const loop = async (what: string, step: (n: number) => Promise<unknown>, pauseMs: (n: number) => number): Promise<void> => {
    for (let n = 0; !stopping; n++) {
      await step(n).catch((error: unknown) => {
        if (isRefusal(error)) refused.push({ where: what, what: error.message });
      });
      for (const until = Date.now() + pauseMs(n); !stopping && Date.now() < until;) await pause(100);
    }
  };
  const ended = Promise.all([
    loop(
      'trouble',
      (n) => stir(mine, n, dry),
      (n) => between(mine.chance('pause', n), PAUSE_MS.least, PAUSE_MS.most),
    ),
    loop(
      'consent',
      () => answerAll(mine),
      () => ANSWER_EVERY_MS,
    ),
    loop(
      'complaint',
      (n) => complain(mine, n),
      () => COMPLAIN_EVERY_MS,
    ),
    loop(
      'balance',
      (n) => (n % 2 === 0 ? fillBalances(mine.hands) : emptyBalance(mine, n)),
      (n) => {
        const { least, most } = n % 2 === 0 ? BALANCE_MS.there : BALANCE_MS.gone;
        return between(mine.chance('balance', n), least, most);
      },
    ),
  ]);
  return {
    dry,
    refused,
    async stop() {
      stopping = true;
      await ended;
    },
  };
}

async function stir({ hands, plan, chance, placed }: Mine, n: number, dry: DryOut[]): Promise<void> {
  const share = chance('trouble', n);
  if (share < 0.4) {
    const wave = oneOf(chance('wave', n), plan.waves) ?? [];
    const some = chance('all', n) < 0.3 ? wave : wave.filter((it) => chance('who', n, it.supplierId) < 0.4);
    dry.push(...some);
    await dryOut(hands, some);
  } else if (share < 0.6) await restore(hands, { ...plan, orders: [] });
  else if (share < 0.75 && plan.banned !== undefined) await ban(hands, plan.banned.sku);
  else if (share < 0.85) await liftBan(hands.operator);
  else await cancelSome(hands, chance, n, [...placed.keys()].slice(-200));
}

async function cancelSome({ merchant }: Hands, chance: Chance, n: number, orderIds: readonly string[]): Promise<void> {
  for (let k = 0; k < 3; k++) {
    const orderId = oneOf(chance('cancel', n, k), orderIds);
    if (orderId !== undefined) await cancel(merchant, orderId);
  }
}

/** An order that has ended meanwhile is none to cancel. */
export async function cancel(merchant: Hands['merchant'], orderId: string): Promise<void> {
  await merchant.post(`/v1/orders/${orderId}/cancel`, {}).catch((error: unknown) => {
    if (!isRefusal(error) || error.status !== 409) throw error;
  });
}

/** A unit of some line is complained of, where one has come; the hub answers, and says it again. */
async function complain({ hands, chance, placed }: Mine, n: number): Promise<void> {
  const { merchant, operator, options } = hands;
  const [orderId, order] = oneOf(chance('complaint', n), [...placed].slice(-200)) ?? [];
  const line = order?.lines[0];
  if (line === undefined) return;
  const path = `/v1/orders/${orderId}/lines/${line.lineId}/complaints`;
  const asked = { body: { units: 1, reason: 'invalid-code' }, idempotencyKey: `torture-${options.seed}-complaint-${n}` };
  const filed = await merchant.post<{ complaintId: string }>(path, asked).catch((error: unknown) => {
    if (!isRefusal(error) || error.code !== 'complaint-over-limit') throw error;
  });
  if (filed === undefined) return;
  const body = { outcome: chance('complaint-answer', n) < 0.7 ? 'refunded' : 'rejected' };
  for (let times = 0; times < 2; times++) await operator.post(`${path}/${filed.complaintId}/resolution`, { body });
}

/** What a supplier is asked for it refuses for want of balance, until there is some again: nothing is lost by that, it only waits. */
async function emptyBalance({ hands, chance }: Mine, n: number): Promise<void> {
  const supplierId = oneOf(chance('broke', n), playedBy(hands));
  if (supplierId !== undefined) await setBalance(hands, supplierId, 0);
}

export async function fillBalances(hands: Hands): Promise<void> {
  for (const supplierId of playedBy(hands)) await setBalance(hands, supplierId, PLENTY_MINOR);
}

const playedBy = ({ market }: Hands): string[] => market.suppliers.filter((it) => it.kind === 'http').map((it) => it.supplierId);

const setBalance = (hands: Hands, supplierId: string, balanceMinor: number): Promise<unknown> =>
  sandboxOf(hands).put(`/control/suppliers/${supplierId}`, { balanceMinor });

/** Every open question is answered by its seed, or with silence; a buyer who is `hurried` says no instead. Gives how many orders run. */
export async function answerAll({ hands, placed, since }: Pick<Mine, 'hands' | 'placed' | 'since'>, hurried = false): Promise<number> {
  const running = await runningOrders(hands.merchant, since);
  for (const { orderId, lines } of running)
    for (const { lineId, consents } of lines)
      for (const { consentId } of consents) {
        const word = wordOf(hands.options.seed, placed.get(orderId)?.reference ?? '', lineId);
        if (word !== 'silence' || hurried) await answer(hands, { orderId, lineId, consentId }, word === 'silence' ? 'no' : word);
      }
  return running.length;
}

/** Gives the played suppliers their moods; what `restore` sets beside stays. */
export async function setMoods(hands: Hands): Promise<void> {
  for (const supplierId of playedBy(hands)) {
    const goods = hands.market.offers.filter((it) => it.supplierId === supplierId).map(({ sku }) => ({ sku, mix: MOODS }));
    await sandboxOf(hands).put(`/control/suppliers/${supplierId}/skus`, { goods });
  }
}

function sandboxOf({ options }: Hands): Api {
  if (options.sandboxUrl === undefined) throw new Error('a torture plays the suppliers by a sandbox');
  return openApi({ url: options.sandboxUrl });
}
