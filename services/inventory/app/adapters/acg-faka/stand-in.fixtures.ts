import { createHash } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ShopGood {
  name: string;
  price: string;
  cards: string[];
  /** 0: by itself. 1: by a person, later; until then the secret is `message`. */
  deliveryWay: 0 | 1;
  message: string;
  minimum: number;
  maximum: number;
  status: 0 | 1;
  widget: readonly { readonly name: string; readonly cn: string; readonly type: string; readonly regex: string }[];
}

interface ShopOrder {
  readonly tradeNo: string;
  readonly requestNo: string;
  readonly code: string;
  readonly num: number;
  readonly amount: string;
  secret: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** How a trade goes wrong: each as the public sources have it. */
export type Mood =
  | 'honest'
  // charged, and then the look at its own supplier's stock throws what is no answer: a page
  | 'html-after-charging'
  // the same, as words: a refusal that comes after the charge
  | 'refusal-after-charging'
  // charged, and no answer at all
  | 'silent-after-charging'
  // somebody was quicker: charged, and an apology in the place of the code
  | 'apologises';

class Refused extends Error {}

/** A shop of the family, as its public sources behave towards other shops. Money in cents. */
export class StandIn {
  readonly goods = new Map<string, ShopGood>();
  readonly orders: ShopOrder[] = [];
  balanceCents = 10_000_000;
  mood: Mood = 'honest';
  trades = 0;
  private readonly server: Server;

  private constructor(
    readonly appId: string,
    readonly appKey: string,
  ) {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => this.answer(request.url ?? '', new URLSearchParams(body), response));
    });
  }

  static async open(appId = '1001', appKey = '0123456789ABCDEF'): Promise<StandIn> {
    const shop = new StandIn(appId, appKey);
    await new Promise<void>((resolve) => shop.server.listen(0, '127.0.0.1', resolve));
    return shop;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  put(code: string, change: Partial<ShopGood> = {}): ShopGood {
    const good: ShopGood = {
      ...{ name: code, price: '20.00', cards: [], deliveryWay: 0, message: '', minimum: 0, maximum: 0, status: 1, widget: [] },
      ...change,
    };
    this.goods.set(code, good);
    return good;
  }

  /** Units that were really charged. */
  sold(): number {
    return this.orders.reduce((sum, it) => sum + it.num, 0);
  }

  /** The shop's keeper sends the goods by hand. */
  deliver(tradeNo: string, secret: string): void {
    const order = this.orders.find((it) => it.tradeNo === tradeNo);
    if (order !== undefined) order.secret = secret;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private answer(url: string, form: URLSearchParams, response: ServerResponse): void {
    const route = ROUTES[url.replace(/^\/shared\//, '')];
    if (route === undefined) return page(response, '404 Not Found');
    try {
      this.check(form);
      const data = route(this, form);
      if (url.endsWith('/trade')) {
        if (this.mood === 'silent-after-charging') return;
        if (this.mood === 'html-after-charging') return page(response, '404 Not Found');
        if (this.mood === 'refusal-after-charging') throw new Refused('连接失败, 疑似被对方防火墙拦截');
      }
      json(response, { code: 200, msg: 'success', data });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      json(response, { code: 0, msg: error.message });
    }
  }

  /** The signature in a code of its own, so that the adapter's is not compared with itself. */
  private check(form: URLSearchParams): void {
    if (form.get('app_id') !== this.appId) throw new Refused('商户ID不存在');
    const names = [...form.keys()].filter((it) => it !== 'sign' && form.get(it) !== '').sort();
    const text = names.map((it) => `${it}=${form.get(it) ?? ''}`).join('&');
    const expected = createHash('md5').update(`${text}&key=${this.appKey}`).digest('hex');
    if (form.get('sign') !== expected) throw new Refused('密钥错误');
  }

  good(code: string | null): ShopGood {
    const good = this.goods.get(code ?? '');
    if (good === undefined) throw new Refused('商品不存在');
    return good;
  }

  trade(form: URLSearchParams): object {
    this.trades += 1;
    const code = form.get('shared_code') ?? '';
    const good = this.good(code);
    const num = Number(form.get('num'));
    if (good.status !== 1) throw new Refused('当前商品已停售');
    if (good.minimum > 0 && num < good.minimum) throw new Refused(`本商品最少购买${good.minimum}个`);
    if (good.maximum > 0 && num > good.maximum) throw new Refused(`本商品单次最多购买${good.maximum}个`);
    for (const it of good.widget) if (!new RegExp(it.regex).test(form.get(it.name) ?? '')) throw new Refused(`${it.cn}错误`);
    if (good.deliveryWay === 0 && num > good.cards.length) throw new Refused('库存不足');
    const requestNo = form.get('request_no') ?? '';
    if (requestNo.length > 19) throw new Refused('SQLSTATE[22001]: Data too long for column');
    if (requestNo !== '' && this.orders.some((it) => it.requestNo === requestNo)) throw new Refused('The request ID already exists');
    const cents = Math.round(Number(good.price) * 100) * num;
    if (cents > this.balanceCents) throw new Refused('余额不足');
    this.balanceCents -= cents;
    const amount = (cents / 100).toFixed(2);
    const tradeNo = String(1_700_000_000_000_000_000n + BigInt(this.orders.length));
    const fields = Object.fromEntries(good.widget.map((it) => [it.name, form.get(it.name) ?? '']));
    const secret = this.secretOf(good, num);
    this.orders.push({ ...{ tradeNo, requestNo, code, num, amount, secret, fields } });
    return { url: `${this.url}/user`, amount, tradeNo, secret, leave_message: '', stock: String(good.cards.length) };
  }

  private secretOf(good: ShopGood, num: number): string {
    if (good.deliveryWay === 1) return good.message || '正在发货中，请耐心等待，如有疑问，请联系客服。';
    if (this.mood === 'apologises') return '很抱歉，有人在你付款之前抢走了商品，请联系客服。';
    return good.cards.splice(0, num).join('\n');
  }
}

const ROUTES: Readonly<Record<string, (shop: StandIn, form: URLSearchParams) => unknown>> = {
  'authentication/connect': (shop) => ({ shopName: 'stand-in', balance: (shop.balanceCents / 100).toFixed(2) }),
  'commodity/items': (shop) => [
    { id: 1, name: '会员', children: [...shop.goods].filter(([, it]) => it.status === 1).map(([code, it]) => listed(code, it)) },
  ],
  'commodity/item': (shop, form) => {
    const code = form.get('code') ?? '';
    const good = shop.good(code);
    if (good.status !== 1) throw new Refused('该商品暂未上架');
    return listed(code, good);
  },
  'commodity/stock': (shop, form) => {
    const good = shop.good(form.get('code'));
    return { stock: String(good.deliveryWay === 1 ? 999 : good.cards.length) };
  },
  'commodity/valuation': (shop, form) => {
    const cents = Math.round(Number(shop.good(form.get('code')).price) * 100) * Number(form.get('num'));
    return { price: (cents / 100).toFixed(2) };
  },
  'commodity/trade': (shop, form) => shop.trade(form),
  'commodity/query': (shop, form) => {
    const order = shop.orders.find((it) => it.tradeNo === form.get('tradeNo'));
    if (order === undefined) throw new Refused('订单不存在');
    return { secret: order.secret, widget: null, status: 1 };
  },
};

const listed = (code: string, it: ShopGood): object => ({
  ...{ id: 7, code, name: it.name, price: it.price, user_price: it.price, delivery_way: it.deliveryWay, shared_id: 0 },
  ...{ stock: it.deliveryWay === 1 ? 999 : it.cards.length, minimum: it.minimum, maximum: it.maximum, widget: it.widget, config: [] },
});

/** Errors come with status 200, too. */
function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json;charset=utf-8' }).end(JSON.stringify(body));
}

function page(response: ServerResponse, words: string): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<html><body>${words}</body></html>`);
}
