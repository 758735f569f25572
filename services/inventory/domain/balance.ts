import type { Account } from './account';
import { assertNever, type Decision, reject } from '@midstream/kernel';
import { draftOf, lose, tellState } from './draft';
import type { BalanceCommand, BalanceEvent } from './balance.messages';
import { BALANCE_AGAIN_MS, BALANCE_BLIND_MS, BALANCE_EVERY_MS, BALANCE_SHORT_MS, RECONCILE_EVERY_MS, SETTLED_AFTER_MS } from './limits';
import type { InventoryCode, InventoryEvent } from './messages';
import { planPurchases } from './purchase';
import { type Hold, type Offer, type Rows, rowOf } from './state';

type Decided = Decision<InventoryEvent, InventoryCode>;
type Of<Type extends BalanceCommand['type']> = Extract<BalanceCommand, { readonly type: Type }>;

/** What we have left to spend with suppliers: watched, missed, and back again, with all that has waited for it. */
export function decideBalance(command: BalanceCommand, rows: Rows): Decided {
  switch (command.type) {
    case 'WatchBalance':
      return rows.suppliers[command.supplierId]?.watchesBalance ? [watched(accountOf(rows, command.supplierId), command.at)] : [];
    case 'NoteShort':
      return noteShort(command, rows);
    case 'CheckBalance': {
      const { supplierId, check } = command;
      return rows.accounts[supplierId]?.checks === check ? [{ type: 'BalanceAsked', supplierId, check }] : [];
    }
    case 'NoteBalance':
      return noteBalance(command, rows);
    case 'ResumeAccount':
      return resumeAccount(command, rows);
    case 'ResumeOffer':
      return resumeOffer(command.offerId, rows);
    case 'ResumeHold':
      return resumeHold(command, rows);
    case 'GiveUpWaiting':
      return giveUpWaiting(command, rows);
    default:
      return assertNever(command);
  }
}

function noteShort({ supplierId, neededMinor, currency: neededIn, at }: Of<'NoteShort'>, rows: Rows): Decided {
  const account = accountOf(rows, supplierId);
  // A balance that comes and goes, or is told wrong, is asked for less and less often.
  const tries = at - account.shortAt < BALANCE_AGAIN_MS ? account.tries + 1 : 0;
  if (!account.short) return [next(account, { short: true, shortAt: at, neededMinor, neededIn, tries }, at)];
  return neededIn === account.neededIn && neededMinor < account.neededMinor
    ? [{ type: 'AccountNoted', account: { ...account, neededMinor } }]
    : [];
}

/**
 * The balance counts as back once it pays for the cheapest of what was refused; where nobody can tell it, or it is told in another currency
 * than that was refused in, once it is time to try.
 */
function noteBalance({ supplierId, check, balance, cannotTell, at }: Of<'NoteBalance'>, rows: Rows): Decided {
  const account = rows.accounts[supplierId];
  if (account?.checks !== check) return [];
  const known: Account = balance === undefined ? account : { ...account, ...balance, asOf: at };
  const { neededMinor, neededIn = balance?.currency } = account;
  const pays =
    balance !== undefined && balance.currency === neededIn
      ? balance.balanceMinor >= neededMinor
      : (balance !== undefined || cannotTell === true) && at >= account.shortAt + BALANCE_BLIND_MS;
  const isBack = account.short && pays;
  const watches = rows.suppliers[supplierId]?.watchesBalance === true && cannotTell !== true;
  const short = account.short && !isBack;
  const untilAt = at - SETTLED_AFTER_MS;
  const fromAt = account.reconciledAt ?? untilAt - RECONCILE_EVERY_MS;
  const isDue = watches && untilAt >= fromAt + RECONCILE_EVERY_MS;
  const due: BalanceEvent = { type: 'ReconciliationDue', supplierId, fromAt, untilAt };
  const tries = account.tries + (short || known.asOf === undefined ? 1 : 0);
  const after = { ...known, ...(isDue && { reconciledAt: untilAt }), short, tries };
  const noted: BalanceEvent = short || watches ? next(after, {}, at) : { type: 'AccountNoted', account: { ...after, checks: check + 1 } };
  return [noted, ...(isBack ? [{ type: 'BalanceBack' as const, supplierId }] : []), ...(isDue ? [due] : [])];
}

function resumeAccount({ supplierId, more, at }: Of<'ResumeAccount'>, rows: Rows): Decided {
  if (rows.suppliers[supplierId] === undefined) return reject('unknown-supplier');
  const account = accountOf(rows, supplierId);
  const back: BalanceEvent = { type: 'BalanceBack', supplierId };
  if (more) return account.short ? [] : [back];
  return account.short ? [next(account, { short: false }, at), back] : [back];
}

function resumeOffer(offerId: string, rows: Rows): Decided {
  if (rows.offers[offerId]?.unpaid !== true) return [];
  const draft = draftOf(rows);
  draft.emit({ type: 'OfferUnpaid', offerId, unpaid: false });
  tellState(draft, offerId);
  return draft.events;
}

function resumeHold({ holdId, at }: Of<'ResumeHold'>, rows: Rows): Decided {
  const hold = rows.holds[holdId];
  const units = hold?.waiting ?? 0;
  if (hold === undefined || units === 0) return [];
  const draft = draftOf(rows);
  draft.emit({ type: 'WaitEnded', holdId });
  planPurchases(draft, hold, units, at);
  return draft.events;
}

function giveUpWaiting({ holdId, at }: Of<'GiveUpWaiting'>, rows: Rows): Decided {
  const hold = rows.holds[holdId];
  const units = hold?.waiting ?? 0;
  if (hold === undefined || units === 0 || at < (hold.waitsUntilAt ?? 0)) return [];
  const draft = draftOf(rows);
  lose(draft, hold, [['queued', units]], 'capacity');
  tellState(draft, hold.offerId);
  return draft.events;
}

/** A supplier that has never told its balance is asked at once. */
const watched = (account: Account, at: number): BalanceEvent =>
  account.asOf === undefined ? next(account, {}, at, 0) : next(account, {}, at);

/** While money is missing, or was never told, the questions come faster, and slower each time; else now and then, where the balance is watched. */
function next(account: Account, change: Partial<Account>, at: number, pauseMs = pauseOf({ ...account, ...change })): BalanceEvent {
  return { type: 'AccountNoted', account: { ...account, ...change, checks: account.checks + 1 }, nextCheckAt: at + pauseMs };
}

function pauseOf({ short, asOf, tries }: Account): number {
  const { first, max } = BALANCE_SHORT_MS;
  return short || asOf === undefined ? Math.min(max, first * 2 ** Math.min(tries, 20)) : BALANCE_EVERY_MS;
}

const accountOf = (rows: Rows, supplierId: string): Account =>
  rows.accounts[supplierId] ?? { supplierId, short: false, shortAt: 0, neededMinor: 0, checks: 0, tries: 0 };

/** The only place where what waits for balance changes. */
export function evolveBalance(rows: Rows, event: BalanceEvent): Rows {
  switch (event.type) {
    case 'AccountNoted':
      return { ...rows, accounts: { ...rows.accounts, [event.account.supplierId]: event.account } };
    case 'OfferUnpaid': {
      const { unpaid: _, ...offer }: Offer = rowOf(rows.offers, event.offerId);
      return { ...rows, offers: { ...rows.offers, [event.offerId]: event.unpaid ? { ...offer, unpaid: true } : offer } };
    }
    case 'UnitsWaited': {
      const hold = rowOf(rows.holds, event.holdId);
      const waiting = Math.min(hold.queued, (hold.waiting ?? 0) + event.units);
      return { ...rows, holds: { ...rows.holds, [event.holdId]: { ...hold, waiting, waitsUntilAt: event.untilAt } } };
    }
    case 'WaitEnded': {
      const { waiting: _, waitsUntilAt: __, ...hold }: Hold = rowOf(rows.holds, event.holdId);
      return { ...rows, holds: { ...rows.holds, [event.holdId]: hold } };
    }
    case 'BalanceAsked':
    case 'BalanceRanOut':
    case 'ReconciliationDue':
    case 'BalanceBack':
      return rows;
    default:
      return assertNever(event);
  }
}
