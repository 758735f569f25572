import type { NotificationEvent } from '@midstream/notification-domain';
import type { Receivers } from '../receivers';
import type { Appended } from '../shell';
import { type Book, check } from './book';

/** What a merchant is told of, whatever else happens (README, webhooks). */
const PUBLIC: ReadonlySet<string> = new Set([
  ...['OrderPlaced', 'OrderClosed', 'LineAssigned', 'ConsentRequested', 'ConsentAnswered'],
  ...['HoldLost', 'UnitsDelivered', 'UnitsGivenUp', 'LineClosed', 'AdditionOffered', 'AdditionAnswered', 'LineAdded', 'LineRepacked'],
  ...['ComplaintFiled', 'ComplaintResolved'],
]);
/** The only merchant that listens, and where. */
const LISTENER = 'm2';
const ENDPOINT = 'w1';

/** Follows what merchants are told: each public fact once, in numbers without a gap, and nothing of the hub's inside (protocol 31, 34). */
export class ToldWatch {
  private readonly due = new Map<string, number>();
  private readonly sequences = new Map<string, number>();
  private readonly queued = new Set<string>();
  private readonly ended = new Map<string, string>();
  private isGone = false;

  constructor(private readonly book: Book) {}

  /** A fact of order or inventory. */
  onFact({ event, key, topic }: Appended): void {
    if (topic === undefined || !PUBLIC.has(event.type)) return;
    if (this.book.orderOf(key).wish.merchantId === LISTENER) this.due.set(key, (this.due.get(key) ?? 0) + 1);
  }

  on(event: NotificationEvent): void {
    switch (event.type) {
      case 'FactTold':
        return this.numbered(event.orderId, event.sequence, event.merchantId);
      case 'MessageQueued': {
        const { messageId, body } = event.letter;
        check(!this.queued.has(messageId), '34', () => `${messageId} is queued twice`);
        this.queued.add(messageId);
        check(!/zx-|acc-|costMinor|supplierId|offerId/.test(body), '31', () => `${messageId} tells of the hub's inside: ${body}`);
        return;
      }
      case 'MessageSent':
      case 'MessageFailed':
        check(!this.ended.has(event.messageId), '34', () => `${event.messageId} ends twice`);
        this.ended.set(event.messageId, event.type);
        return;
      case 'EndpointDisabled':
        this.isGone = true;
        return;
      default:
        return;
    }
  }

  private numbered(orderId: string, sequence: number, merchantId: string): void {
    const before = this.sequences.get(orderId) ?? 0;
    check(sequence === before + 1, '34', () => `${orderId} is told number ${sequence} after ${before}`);
    check(this.book.orderOf(orderId).wish.merchantId === merchantId, 'I10', () => `${merchantId} is told of ${orderId}`);
    this.sequences.set(orderId, sequence);
  }

  /** At rest: every public fact has its message, and every message its end. */
  atRest(receivers: Receivers): void {
    for (const it of this.queued) check(this.ended.has(it), '34', () => `${it} has no end`);
    for (const [it, end] of this.ended)
      check(end !== 'MessageSent' || receivers.taken.has(it), '34', () => `${it} is sent, and nobody has taken it`);
    if (this.isGone) return;
    for (const [orderId, facts] of this.due) {
      const told = this.sequences.get(orderId) ?? 0;
      check(told === facts, '34', () => `${orderId} has ${facts} public facts, and its merchant was told ${told}`);
      for (let n = 1; n <= facts; n++)
        check(this.ended.get(`${ENDPOINT}:${orderId}:${n}`) === 'MessageSent', '34', () => `${orderId}: message ${n} was never sent`);
    }
  }
}
