import type { Service, Topic } from '@midstream/contracts';
import { topicsReadBy } from '@midstream/contracts';
import type { Due, Rejection, RowKey } from '@midstream/kernel';
import { complianceService } from '@midstream/compliance';
import { inventoryService } from '@midstream/inventory';
import { notificationService } from '@midstream/notification';
import { orderService } from '@midstream/order';
import { selectionService } from '@midstream/selection-engine';

export interface AnyCommand {
  readonly type: string;
}
export interface AnyEvent {
  readonly type: string;
}
export type AnyRows = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A domain as the model of the shell sees it: what is the service's own is opaque here. */
export interface OpaqueDomain {
  keysOf(command: AnyCommand): readonly RowKey[];
  decide(command: AnyCommand, rows: object, view: unknown): readonly AnyEvent[] | Rejection;
  evolve(rows: object, event: AnyEvent): object;
  uphold(rows: object): void;
  react(fact: AnyEvent): readonly Due<AnyCommand>[];
  readonly view: { create(): unknown; apply(view: unknown, fact: AnyEvent): void };
}

/** Of an effect all but what it does outside, which the model plays. */
export interface OpaqueEffect {
  readonly on: string;
  key(event: AnyEvent): string;
  lost?(event: AnyEvent, why: 'failed' | 'died'): AnyCommand;
  readonly leaseMs?: number;
}

interface Recorded {
  readonly entity: unknown;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** A service as it is really wired: by the definition that it starts with, and by the contracts' list of topics. */
export interface Wired {
  readonly name: Service;
  readonly domain: OpaqueDomain;
  /** The kinds of its rows. */
  readonly kinds: readonly string[];
  readonly reads: readonly Topic[];
  /** State topics whose facts reach `react`, too. */
  readonly hears: ReadonlySet<Topic>;
  readonly effects: Readonly<Record<string, OpaqueEffect>>;
  recordsOf(event: AnyEvent, meta: Meta): readonly Recorded[];
}

export interface Meta {
  readonly eventId: string;
  readonly at: number;
  readonly actor: string;
  readonly cause?: string;
}

interface Definition {
  readonly name: Service;
  readonly domain: OpaqueDomain;
  readonly tables: object;
  readonly hears?: readonly Topic[];
  readonly effects?: Readonly<Record<string, OpaqueEffect>>;
  recordsOf?(event: AnyEvent, meta: Meta): readonly Recorded[];
}

const wired = ({ name, domain, tables, hears, effects, recordsOf }: Definition): Wired => ({
  name,
  domain,
  kinds: Object.keys(tables),
  reads: topicsReadBy(name).filter((it) => it !== 'order.by-api-key'),
  hears: new Set(hears ?? []),
  effects: effects ?? {},
  recordsOf: recordsOf ?? (() => []),
});

/** The five services. Keys of the API are left out: they guard the door, and there is none here. */
export const SERVICES: readonly Wired[] = [
  wired(orderService),
  wired(selectionService),
  wired(complianceService),
  wired(inventoryService),
  wired(notificationService),
];
