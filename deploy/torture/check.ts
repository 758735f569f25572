import type { Service } from '@midstream/contracts';
import type { Databases } from './databases';
import { checkBooks } from './check.books';
import { checkEvents } from './check.events';
import { checkOrders } from './check.orders';
import { checkSecrets } from './check.secrets';
import { checkSupply } from './check.supply';

/** What must hold in the five databases when all is quiet, beside what the drill's checker sees from outside. */
export const INVARIANTS = [
  'once', // I11: what was asked for under one key is there once, as it was answered
  'ended', // I3: every line has come to an end
  'units', // I3: of every line, ordered = delivered + given up, and a delivery is there for each delivered unit
  'ledger', // I4: every movement sums to zero, every order's money is captured or back, what complaints brought back is booked once, and every account is the sum of its entries
  'supply', // I1: an offer counts what its holds hold, and a vault what codes it has
  'holds', // I8: order and inventory tell the same of every hold, and nothing is open
  'codes', // I2: a delivered unit has one code, its own, and no code has two
  'books', // sold to us = bought, by the supplier's own books; bought = delivered + hub's stock + quarantined + written off
  'events', // I5: every fact was heard once by each of its readers
  'secrets', // I9: no code in plain text
  'ban', // I6: nothing banned is bought or delivered while the ban is in force
  'todo', // nothing is stuck, overdue or left half done
  'parked', // I13: nothing is parked
] as const;
export type Invariant = (typeof INVARIANTS)[number];

/** The questions that an invariant comes to. Each is tampered with in the specs. */
export const CHECKS = [
  ...(['once/ordered', 'once/paid', 'ended/lines', 'units/sums', 'units/deliveries'] as const),
  ...(['ledger/movements', 'ledger/held', 'ledger/captured', 'ledger/refunded', 'ledger/accounts'] as const),
  ...(['supply/counted', 'supply/oversold', 'supply/vaults', 'holds/tallies', 'holds/rows', 'ban/bought', 'ban/delivered'] as const),
  ...(['codes/units', 'codes/astray', 'codes/opened'] as const),
  ...(['books/sales', 'books/purchases', 'books/holds', 'books/stock', 'books/quarantine'] as const),
  ...(['events/heard', 'events/newest', 'events/told', 'todo/left', 'parked/keys', 'parked/messages'] as const),
  ...(['secrets/tables', 'secrets/logs'] as const),
] as const;
export type Check = (typeof CHECKS)[number];

export interface Violation {
  readonly invariant: Invariant;
  readonly check: Check;
  /** Where: a database's row. */
  readonly where: string;
  readonly what: string;
}

/** What is known from outside the databases. */
export interface Witness {
  readonly seed: string;
  readonly merchantId: string;
  /** By key: the order that was answered. */
  readonly asked: readonly { readonly key: string; readonly answer: string }[];
  readonly deposits: readonly { readonly key: string; readonly amountMinor: number }[];
  /** What the suppliers have sold, by the purchase's key. */
  readonly sales: readonly Sale[];
  /** Opens a sealed code. @throws Error where it is another's. */
  readonly open: (code: SealedCode) => string;
  /** Everything that the processes have said. */
  readonly said: string;
}

export interface SealedCode {
  readonly id: string;
  readonly sku: string;
  readonly keyId: string;
  readonly sealed: Buffer;
  /** Its data key, as that is wrapped. */
  readonly kekId?: string;
  readonly wrapped?: Buffer;
}

export interface Sale {
  readonly supplierId: string;
  readonly idempotencyKey: string;
  readonly units: readonly { readonly kind: string; readonly code?: string }[];
}

/** Everything that does not hold. Only reads. */
export async function check(databases: Databases, witness: Witness): Promise<Violation[]> {
  return [
    ...(await checkOrders(databases, witness)),
    ...(await checkSupply(databases)),
    ...(await checkBooks(databases, witness)),
    ...(await checkEvents(databases)),
    ...(await checkSecrets(databases, witness)),
  ];
}

/** Rows of `where` and `what`, as violations. */
export const asViolations = (check: Check, rows: readonly Found[]): Violation[] =>
  rows.map(({ where, what }) => ({ invariant: check.split('/')[0] as Invariant, check, where, what }));

/** One question after the other: a session answers one at a time. */
export async function findAll(
  databases: Databases,
  service: Service,
  questions: Readonly<Partial<Record<Check, string>>>,
): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const [check, question] of Object.entries(questions))
    found.push(...asViolations(check as Check, await databases.query<Found>(service, question)));
  return found;
}

export interface Found {
  readonly where: string;
  readonly what: string;
}
