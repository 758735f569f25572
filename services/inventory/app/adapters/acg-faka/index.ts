import { createHash } from 'node:crypto';
import { unitId } from '@midstream/inventory-domain';
import { wasNotSent } from '../outside';
import {
  type Adapter,
  type Answer,
  ASK_WAIT_MS,
  type Balance,
  BUY_WAIT_MS,
  CannotBeAsked,
  type CatalogueItem,
  type Seller,
  type StockItem,
  type Tools,
  Unanswered,
  type Wanted,
} from '../port';
import {
  codesOf,
  type Fields,
  isConfirmation,
  isFields,
  minorOf,
  readCatalogue,
  readRefusal,
  readReply,
  type Reply,
  stockOf,
} from './read';
import { bodyOf, credentialsOf, type Form } from './sign';

/** Shops of the acg-faka family, by the interface that they have for one another (对接): README.md here says how it behaves. */
export const acgFaka = (tools: Tools): Adapter => ({
  kind: 'acg-faka',
  can: ['catalogue', 'stock', 'buy', 'query', 'balance'],
  needs: ['baseUrl'],
  at: ({ supplierId, baseUrl = '' }) => new AcgFakaSeller(tools, supplierId, baseUrl),
});

const FINGERPRINT_LENGTH = 32;

class AcgFakaSeller implements Seller {
  constructor(
    private readonly tools: Tools,
    private readonly supplierId: string,
    private readonly baseUrl: string,
  ) {}

  /**
   * Looks first, since the shop takes no limit: what it costs now, whether it is there, who delivers it. Then buys, once: the shop refuses a
   * request number that it has seen, and answers it with nothing more, so a lost answer is not to be had again by sending it twice.
   */
  async buy(wanted: Wanted, signal: AbortSignal): Promise<Answer> {
    let good: Fields;
    try {
      const looked = await this.look(wanted, signal);
      if ('rest' in looked) return looked;
      good = looked.good;
    } catch (error) {
      // nothing was bought by looking
      if (signal.aborted) throw error;
      return nothing('capacity');
    }
    try {
      const waitMs = this.tools.buyWaitMs ?? BUY_WAIT_MS;
      const reply = await this.call('commodity/trade', tradeOf(wanted, good), signal, waitMs);
      return 'refused' in reply ? readRefusal(reply.refused) : await this.bought(wanted, reply.data, isManual(good));
    } catch (error) {
      if (wasNotSent(error)) return nothing('capacity');
      throw error;
    }
  }

  /** By the shop's own number, where its answer has named it. @throws Unanswered where it has not: an operator looks it up there. */
  async ask(wanted: Wanted, signal: AbortSignal): Promise<Answer> {
    const order = await this.tools.orders.of(wanted.purchaseId);
    if (order === undefined) throw new CannotBeAsked('the shop can be asked by its own number only, and its answer was lost');
    const reply = await this.call('commodity/query', { tradeNo: order.supplierOrderNo }, signal, ASK_WAIT_MS);
    if ('refused' in reply || !isFields(reply.data)) throw new Unanswered('the shop does not know its own number');
    const { secret } = reply.data;
    const isStill = order.seen !== undefined && order.seen === fingerprintOf(secret);
    return this.take(wanted, isStill ? undefined : secret, order.unitCostMinor);
  }

  async balance(signal: AbortSignal): Promise<Balance> {
    const reply = await this.call('authentication/connect', {}, signal, ASK_WAIT_MS);
    if ('refused' in reply || !isFields(reply.data)) throw new Unanswered('the shop tells no balance');
    // A balance is rounded down: what is not there must not be counted on.
    return { balanceMinor: Math.floor(Number(reply.data['balance']) * 100 + 1e-6) || 0, currency: 'CNY' };
  }

  async catalogue(signal: AbortSignal): Promise<readonly CatalogueItem[]> {
    const reply = await this.call('commodity/items', {}, signal, ASK_WAIT_MS);
    if ('refused' in reply) throw new Unanswered('the shop tells no catalogue');
    return readCatalogue(reply.data);
  }

  async stock(supplierSkus: readonly string[] | undefined, signal: AbortSignal): Promise<readonly StockItem[]> {
    if (supplierSkus === undefined) return this.catalogue(signal);
    const found: StockItem[] = [];
    for (const supplierSku of supplierSkus) {
      const reply = await this.call('commodity/stock', nameOf(supplierSku), signal, ASK_WAIT_MS);
      if ('refused' in reply || !isFields(reply.data)) continue;
      const costMinor = await this.costOf(supplierSku, 1, signal);
      if (costMinor !== undefined) found.push({ supplierSku, available: stockOf(reply.data['stock']), costMinor, currency: 'CNY' });
    }
    return found;
  }

  private async look(wanted: Wanted, signal: AbortSignal): Promise<Answer | { readonly good: Fields }> {
    const { code } = nameOf(theirs(wanted));
    const item = await this.call('commodity/item', { code }, signal, ASK_WAIT_MS);
    if ('refused' in item || !isFields(item.data)) return nothing('refused');
    const whole = await this.costOf(theirs(wanted), wanted.quantity, signal);
    // A price of nothing is how the shop says that it cannot tell.
    if (whole === undefined || whole === 0) return nothing('refused');
    const unitCostMinor = Math.ceil(whole / wanted.quantity);
    if (unitCostMinor > wanted.maxCostMinor) return { units: [], rest: 'price-risen', unitCostMinor };
    return { good: item.data };
  }

  private async costOf(supplierSku: string, num: number, signal: AbortSignal): Promise<number | undefined> {
    const reply = await this.call('commodity/valuation', { ...nameOf(supplierSku), num, card_id: 0 }, signal, ASK_WAIT_MS);
    return 'refused' in reply || !isFields(reply.data) ? undefined : minorOf(reply.data['price']);
  }

  /** The number goes first into our books: whatever the text is worth, with it the shop can be asked again. */
  private async bought(wanted: Wanted, data: unknown, manual: boolean): Promise<Answer> {
    if (!isFields(data) || typeof data['tradeNo'] !== 'string') throw new Unanswered('the shop has named no order');
    const unitCostMinor = Math.ceil(minorOf(data['amount']) / wanted.quantity);
    const { tradeNo: supplierOrderNo, secret } = data;
    const isGoods = !manual && (wanted.recipient === undefined ? codesOf(secret, wanted.quantity) !== undefined : isConfirmation(secret));
    const order = { purchaseId: wanted.purchaseId, supplierOrderNo, unitCostMinor };
    await this.tools.orders.keep({ ...order, ...(!isGoods && { seen: fingerprintOf(secret) }) });
    return this.take(wanted, isGoods ? secret : undefined, unitCostMinor);
  }

  /** What is no code for each unit is none for any: the shop still owes them. */
  private async take(wanted: Wanted, secret: unknown, unitCostMinor: number): Promise<Answer> {
    const { quantity, recipient } = wanted;
    if (recipient !== undefined && isConfirmation(secret)) {
      return { units: Array.from({ length: quantity }, (_, n) => ({ unit: n + 1, kind: 'top-up' })), rest: 'refused', unitCostMinor };
    }
    const codes = recipient === undefined ? codesOf(secret, quantity) : undefined;
    if (codes === undefined) return { units: [], rest: 'pending', unitCostMinor };
    const sent = codes.map((code, n) => ({ unitId: unitId(wanted.purchaseId, n + 1), code }));
    const good = await this.tools.codes.keepSent(wanted, sent);
    return {
      units: sent.map((it, n) => ({ unit: n + 1, kind: good.has(it.unitId) ? 'code' : 'invalid' })),
      rest: 'refused',
      unitCostMinor,
    };
  }

  private async call(route: string, form: Form, signal: AbortSignal, waitMs: number): Promise<Reply> {
    const credentials = credentialsOf(await this.tools.tokens.of(this.supplierId));
    if (credentials === undefined) return { refused: '商户ID不存在' };
    const { status, text } = await this.tools.outside.say('POST', `${this.baseUrl}/shared/${route}`, {
      signal,
      waitMs,
      body: bodyOf(form, credentials),
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    });
    return readReply(status, text);
  }
}

const nothing = (rest: Exclude<Answer['rest'], 'pending'>): Answer => ({ units: [], rest, unitCostMinor: 0 });

const theirs = ({ sku, supplierSku }: Wanted): string => supplierSku ?? sku;

/** `code`, or `code/种类` where the good comes in kinds. */
function nameOf(supplierSku: string): { readonly code: string; readonly race: string } {
  const [code = '', race = ''] = supplierSku.split('/', 2);
  return { code, race };
}

function tradeOf(wanted: Wanted, good: Fields): Form {
  const { code, race } = nameOf(theirs(wanted));
  const { purchaseId, quantity: num, recipient } = wanted;
  const account = recipient === undefined ? undefined : accountField(good);
  return {
    shared_code: code,
    contact: 'midstream',
    num,
    card_id: 0,
    device: 0,
    password: '',
    race,
    request_no: requestNoOf(purchaseId),
    ...(account !== undefined && recipient !== undefined && { [account]: recipient }),
  };
}

/** A good that is topped up asks for the account in a field of its own: the first that is no mere display. */
function accountField({ widget }: Fields): string | undefined {
  if (!Array.isArray(widget)) return undefined;
  const [first] = (widget as unknown[]).filter((it): it is Fields => isFields(it) && it['type'] !== 'custom');
  return typeof first?.['name'] === 'string' ? first['name'] : undefined;
}

const isManual = ({ delivery_way: way, shared_id: shared }: Fields): boolean => Number(way) !== 0 && !Number(shared);

/** The shop's column holds 19 characters, and a longer one ends in a page of HTML: a digest, the same for the same purchase. */
export const requestNoOf = (purchaseId: string): string => createHash('sha256').update(purchaseId).digest('hex').slice(0, 19);

const fingerprintOf = (text: unknown): string =>
  createHash('sha256')
    .update(typeof text === 'string' ? text : '')
    .digest('hex')
    .slice(0, FINGERPRINT_LENGTH);
