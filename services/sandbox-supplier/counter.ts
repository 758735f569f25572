import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Journal } from './journal';
import { ask, type Asked, buy, problem, type Reaction } from './sell';
import { type Shop, shopOf, type Shops } from './shop';
import { type Answer, type Entry, type Good, LOG_MAX, PAGE_MAX, type Purchase, type Sold } from './words';

export interface LogLine {
  readonly at: string;
  readonly supplierId: string;
  readonly did: 'purchase' | 'ask';
  readonly idempotencyKey: string;
  readonly outcome: string;
  /** 0: never answered. */
  readonly status: number;
}

export interface Sale {
  readonly supplierId: string;
  readonly idempotencyKey: string;
  readonly at: string;
  readonly sku: string;
  readonly reference: string;
  readonly recipient?: string;
  readonly faceValueMinor?: number;
  readonly faceValueCurrency?: string;
  readonly supplierOrderNo: string;
  readonly costMinor: number;
  readonly currency: string;
  readonly units: readonly object[];
}

/** What the sandbox tells the outside about purchases, goods and itself. All that happens happens at once, between two requests. */
@Injectable()
export class Counter {
  private readonly log: LogLine[] = [];

  constructor(
    private readonly shops: Shops,
    private readonly journal: Journal,
    private readonly seed: string,
    private readonly now: () => number = Date.now,
  ) {}

  buy(supplierId: string, key: string, purchase: Purchase): Reaction {
    const asked: Asked = { supplierId, key, purchase, now: this.now(), seed: this.seed };
    const reaction = buy(this.shops, asked);
    this.enter(reaction.entry);
    this.note(supplierId, 'purchase', key, reaction.outcome, reaction.manner === 'never' ? 0 : reaction.answer.status);
    return reaction;
  }

  ask(supplierId: string, key: string): Answer {
    const { entry, answer } = ask(this.shops, supplierId, key, this.now());
    this.enter(entry);
    this.note(supplierId, 'ask', key, String(answer.body['code'] ?? answer.body['status']), answer.status);
    return answer;
  }

  enter(entry: Entry | undefined): void {
    if (entry !== undefined) this.journal.write(entry);
  }

  reset(): void {
    this.journal.clear();
    this.log.length = 0;
  }

  shop(supplierId: string): Shop {
    return shopOf(this.shops, supplierId);
  }

  stock(supplierId: string, { sku, after = '', limit = PAGE_MAX }: { sku?: string; after?: string; limit?: number }): object {
    const { goods, sequence } = this.shop(supplierId);
    const found = [...goods].filter(([name]) => name > after && (sku === undefined || name === sku)).sort(([a], [b]) => (a < b ? -1 : 1));
    const page = found.slice(0, limit);
    const last = page.at(-1)?.[0];
    return {
      sequence,
      asOf: this.instant(),
      items: page.map(([name, good]) => stockOf(name, good)),
      ...(found.length > page.length && { next: last }),
    };
  }

  balance(supplierId: string): object {
    const { currency, balanceMinor } = this.shop(supplierId);
    return { currency, balanceMinor, asOf: this.instant() };
  }

  /** What was really sold, by key: a double purchase shows here, whatever the buyer believes. */
  sales(only: { supplierId?: string; sku?: string }): Sale[] {
    return [...this.shops]
      .filter(([supplierId]) => only.supplierId === undefined || supplierId === only.supplierId)
      .flatMap(([supplierId, shop]) => salesOf(supplierId, shop))
      .filter((it) => only.sku === undefined || it.sku === only.sku);
  }

  lines(): readonly LogLine[] {
    return this.log;
  }

  private instant(): string {
    return new Date(this.now()).toISOString();
  }

  private note(supplierId: string, did: LogLine['did'], idempotencyKey: string, outcome: string, status: number): void {
    this.log.push({ at: this.instant(), supplierId, did, idempotencyKey, outcome, status });
    if (this.log.length > LOG_MAX) this.log.shift();
  }
}

const stockOf = (sku: string, { stock, currency, costTiers }: Good): object => ({ sku, available: stock, currency, costTiers });

function salesOf(supplierId: string, shop: Shop): Sale[] {
  return [...shop.kept].flatMap(([idempotencyKey, { purchase, sold, at }]) => {
    if (sold === undefined) return [];
    const { quantity: _, maxCostMinor: __, ...asked } = purchase;
    return [{ supplierId, idempotencyKey, at: new Date(at).toISOString(), ...asked, ...soldAs(sold) }];
  });
}

const soldAs = ({ supplierOrderNo, costMinor, units }: Sold): Pick<Sale, 'supplierOrderNo' | 'costMinor' | 'units'> => ({
  supplierOrderNo,
  costMinor,
  units,
});

/** Says an answer in the manner of the script. */
export const TELL: Readonly<Record<Reaction['manner'], (reply: FastifyReply, answer: Answer) => void>> = {
  once: (reply, answer) => tell(reply, answer),
  /** The connection stays open, and silent, until the buyer gives up. */
  never: (reply) => void reply.hijack(),
  /** The whole answer comes a second time on the same connection, as if it belonged to the buyer's next question. */
  twice: (reply, answer) => {
    const { socket } = reply.raw;
    const body = JSON.stringify(answer.body);
    const head = `HTTP/1.1 ${answer.status} OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
    reply.hijack();
    socket?.write(head + body + head + body);
  },
  broken: (reply) => void reply.status(502).type('text/html').send('<html><body>Bad gateway</body></html>'),
};

export function tell(reply: FastifyReply, { status, body }: Answer): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  void reply.status(status).header('content-type', `${type}; charset=utf-8`).send(body);
}

/** Thrown where a request is no request of the protocol. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(code: string, detail?: string) {
    super(code);
    this.answer = problem({ code, ...(detail !== undefined && { detail: { detail } }) });
  }
}
