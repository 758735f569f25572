import type { Static, TSchema } from '@sinclair/typebox';
import * as compliance from './compliance';
import * as inventory from './inventory';
import * as notification from './notification';
import * as order from './order';
import * as selection from './selection';

export const SERVICES = ['order', 'selection-engine', 'compliance', 'inventory', 'notification'] as const;
export type Service = (typeof SERVICES)[number];

interface TopicOf<Facts extends Readonly<Record<string, TSchema>>> {
  readonly owner: Service;
  /** The property of a fact that is its key: facts of one key arrive in order. */
  readonly key: string;
  /** Full state with a version, one type a topic, one record an event; no inbox (protocol 25, 26). */
  readonly compacted: boolean;
  readonly facts: Facts;
  readonly readers: readonly Service[];
  readonly about: string;
}

const topic = <Facts extends Readonly<Record<string, TSchema>>>(it: TopicOf<Facts>): TopicOf<Facts> => it;

/** The only list of who publishes what, by which key, to whom. AsyncAPI is generated from it. */
export const TOPICS = {
  'order.by-order': topic({
    owner: 'order',
    key: 'orderId',
    compacted: false,
    about: 'What an order wants, and how it ends.',
    readers: ['selection-engine', 'inventory', 'notification'],
    facts: {
      OrderPlaced: order.OrderPlaced,
      LineSelectionRequested: order.LineSelectionRequested,
      ConsentRequested: order.ConsentRequested,
      ConsentAnswered: order.ConsentAnswered,
      LineAssigned: order.LineAssigned,
      ReleaseRequested: order.ReleaseRequested,
      UnitsGivenUp: order.UnitsGivenUp,
      LineClosed: order.LineClosed,
      OrderClosed: order.OrderClosed,
      AdditionOffered: order.AdditionOffered,
      AdditionAnswered: order.AdditionAnswered,
      LineAdded: order.LineAdded,
      LineRepacked: order.LineRepacked,
      ComplaintFiled: order.ComplaintFiled,
      ComplaintResolved: order.ComplaintResolved,
    },
  }),
  'order.by-buyer': topic({
    owner: 'order',
    key: 'buyerKey',
    compacted: false,
    about: 'Buyers, under their pseudonyms, that are to be forgotten.',
    readers: ['selection-engine'],
    facts: { BuyerErased: order.BuyerErased },
  }),
  'selection.by-order': topic({
    owner: 'selection-engine',
    key: 'orderId',
    compacted: false,
    about: 'The ranked offers of a line.',
    readers: ['compliance'],
    facts: { OffersRanked: selection.OffersRanked },
  }),
  // Apart from what is ranked: order would read all of that for the sake of these few
  'selection.additions': topic({
    owner: 'selection-engine',
    key: 'orderId',
    compacted: false,
    about: 'What is proposed to orders while they run.',
    readers: ['order'],
    facts: { AdditionProposed: selection.AdditionProposed },
  }),
  'selection.by-sku': topic({
    owner: 'selection-engine',
    key: 'sku',
    compacted: false,
    about: 'What is heard of the market, and bursts of demand.',
    readers: ['inventory'],
    facts: { MarketSignalReported: selection.MarketSignalReported, BurstDetected: selection.BurstDetected },
  }),
  'selection.market': topic({
    owner: 'selection-engine',
    key: 'sku',
    compacted: true,
    about: 'The market of every good: heat, competitors, updates, channels, bursts. Every replica of selection follows it.',
    readers: [],
    facts: { MarketState: selection.MarketState },
  }),
  'compliance.by-order': topic({
    owner: 'compliance',
    key: 'orderId',
    compacted: false,
    about: 'The ranked offers with a verdict each.',
    readers: ['inventory'],
    facts: { OffersCleared: compliance.OffersCleared },
  }),
  'inventory.by-order': topic({
    owner: 'inventory',
    key: 'orderId',
    compacted: false,
    about: 'What became of a line at its offers; each fact about a hold carries its whole tally.',
    readers: ['order', 'selection-engine', 'notification'],
    facts: {
      OfferHeld: inventory.OfferHeld,
      NothingHeld: inventory.NothingHeld,
      PurchaseSubmitted: inventory.PurchaseSubmitted,
      PurchaseUnknown: inventory.PurchaseUnknown,
      UnitsDelivered: inventory.UnitsDelivered,
      HoldLost: inventory.HoldLost,
      HoldReleased: inventory.HoldReleased,
      WorkItemReminded: inventory.WorkItemReminded,
    },
  }),
  'inventory.by-offer': topic({
    owner: 'inventory',
    key: 'offerId',
    compacted: true,
    about: 'The state of every offer.',
    readers: ['selection-engine'],
    facts: { OfferState: inventory.OfferState },
  }),
  'inventory.by-sku': topic({
    owner: 'inventory',
    key: 'sku',
    compacted: true,
    about: 'The state of every product.',
    readers: ['order', 'selection-engine', 'compliance'],
    facts: { ProductState: inventory.ProductState },
  }),
  'inventory.stock-levels': topic({
    owner: 'inventory',
    key: 'sku',
    compacted: false,
    about: 'Goods that are low, sold out, or back.',
    readers: ['notification'],
    facts: { StockLow: inventory.StockLow, StockBack: inventory.StockBack },
  }),
  'compliance.by-sku': topic({
    owner: 'compliance',
    key: 'sku',
    compacted: true,
    about: 'What may be sold where, all regions of an SKU in one record.',
    readers: ['selection-engine', 'inventory'],
    facts: { VerdictState: compliance.VerdictState },
  }),
  'order.by-api-key': topic({
    owner: 'order',
    key: 'keyId',
    compacted: true,
    about: 'Hashed API keys with their scopes.',
    readers: ['selection-engine', 'compliance', 'inventory', 'notification'],
    facts: { ApiKeyState: order.ApiKeyState },
  }),
  'order.by-merchant': topic({
    owner: 'order',
    key: 'merchantId',
    compacted: true,
    about: 'The tier of every merchant.',
    readers: ['selection-engine'],
    facts: { MerchantState: order.MerchantState },
  }),
  'notification.by-order': topic({
    owner: 'notification',
    key: 'orderId',
    compacted: false,
    about: 'What was told to whom.',
    readers: [],
    facts: { MessageSent: notification.MessageSent, MessageFailed: notification.MessageFailed },
  }),
} as const;

export type Topic = keyof typeof TOPICS;
type FactsOf<T extends Topic> = (typeof TOPICS)[T]['facts'];
type Tagged<Facts> = {
  [Type in keyof Facts & string]: { readonly type: Type } & (Facts[Type] extends TSchema ? Static<Facts[Type]> : never);
}[keyof Facts & string];

/** The facts of a topic, as a domain sees them: their data with their type. */
export type FactOf<T extends Topic> = { [K in T]: Tagged<FactsOf<K>> }[T];
export type AnyFact = FactOf<Topic>;
export type Fact<Type extends AnyFact['type']> = Extract<AnyFact, { readonly type: Type }>;

export const topicsReadBy = (service: Service): Topic[] => topicNames.filter((it) => TOPICS[it].readers.includes(service));
export const topicsOf = (service: Service): Topic[] => topicNames.filter((it) => TOPICS[it].owner === service);

export const topicNames = Object.keys(TOPICS) as Topic[];

const homes = new Map<string, Topic>(topicNames.flatMap((it) => Object.keys(TOPICS[it].facts).map((type) => [type, it] as const)));

/** The topic that a type of fact is published on; none for what stays in a service's own log. */
export const topicOf = (type: string): Topic | undefined => homes.get(type);
