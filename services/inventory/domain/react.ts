import type { AnyFact, Fact } from '@midstream/contracts';
import { type Due, partsOfHoldId, type Untimed } from '@midstream/kernel';
import { offerOfHold } from './rows';
import type { InventoryCommand, InventoryEvent } from './messages';

type Called = Due<Untimed<InventoryCommand>>;

/** Who could still assign a hold: until its facts have been heard, nothing expires (protocol 16). */
const ORDERS = 'order.by-order';

/** A fact speaks for the holds of its own line, whichever others it names. */
function isOf({ orderId, lineId }: { readonly orderId: string; readonly lineId: string }, holdId: string): boolean {
  const owner = partsOfHoldId(holdId);
  return owner.orderId === orderId && owner.lineId === lineId;
}

/** What a fact calls for: of other services first, then of our own. */
export function react(fact: AnyFact | InventoryEvent): readonly Called[] {
  switch (fact.type) {
    case 'OffersCleared': {
      const { decisionId, request, candidates, gates, repack } = fact;
      const command = { type: 'HoldFirst', decisionId, request, candidates, gates } as const;
      return [{ command: repack === undefined ? command : { ...command, repack } }];
    }
    case 'ConsentRequested':
      return isOf(fact, fact.holdId)
        ? [{ command: { type: 'ExtendHold', holdId: fact.holdId, deadlineAt: Date.parse(fact.deadlineAt) } }]
        : [];
    case 'LineAssigned': {
      const { holds, recipient } = fact;
      const own = holds.filter(({ tally }) => isOf(fact, tally.holdId));
      return own.map(({ tally }) => ({
        command: { type: 'AssignHold', holdId: tally.holdId, ...(recipient !== undefined && { recipient }) },
      }));
    }
    case 'ReleaseRequested': {
      const own = fact.holdIds.filter((it) => isOf(fact, it));
      return own.map((holdId) => ({ command: { type: 'ReleaseHold', holdId, reason: fact.reason } }));
    }
    case 'UnitsGivenUp':
      return fact.holdId === undefined ? [] : [{ command: { type: 'NoteBack', offerId: offerOfHold(fact.holdId), units: fact.quantity } }];
    case 'MarketSignalReported': {
      const { sku, channel: told } = fact;
      if (told === undefined) return [];
      const { channel, state, policy, observedAt } = told;
      return [{ command: { type: 'NoteChannel', sku, channel, state, observedAt: Date.parse(observedAt), ...(policy && { policy }) } }];
    }
    case 'VerdictState':
      return [{ command: toNoteVerdict(fact) }];
    default:
      return reactToOwn(fact);
  }
}

function reactToOwn(event: AnyFact | InventoryEvent): readonly Called[] {
  switch (event.type) {
    case 'ProductRepriced':
      return event.offerIds.map((offerId) => ({
        command: {
          type: 'RepriceOffer',
          offerId,
          ceilingMinor: event.priceMinor,
          ...(event.version !== undefined && { priceVersion: event.version }),
          ...(event.floorBp !== undefined && { floorBp: event.floorBp }),
          ...(event.ruled && { ruled: event.ruled }),
        },
      }));
    case 'OfferPut': {
      const { offerId, validFromAt, validUntilAt } = event.terms;
      const command = { type: 'ApplyValidity' as const, offerId };
      const edges = [validFromAt, validUntilAt].filter((it) => it !== undefined);
      return edges.length === 0 ? [] : [{ command }, ...edges.map((at) => ({ command, at }))];
    }
    case 'RateNoted': {
      const { base, quote, rate, seenAt } = event;
      return event.offerIds.map((offerId) => ({ command: { type: 'RequoteOffer', offerId, base, quote, rate, seenAt } }));
    }
    case 'CostTold': {
      const { sku, offerId, version, costMinor } = event;
      return [{ command: { type: 'PriceProduct', sku, seen: { offerId, version, ...(costMinor !== undefined && { costMinor }) } } }];
    }
    case 'MarkupRulesPut':
      return event.skus.map((sku) => ({ command: { type: 'PriceProduct', sku } }));
    case 'ChannelNoted': {
      const { channel, state, policy } = event;
      return event.offerIds.map((offerId) => ({ command: { type: 'ApplyChannel', offerId, channel, state, ...(policy && { policy }) } }));
    }
    case 'VerdictNoted':
      return event.offerIds.flatMap((offerId) => applications(event.sku, offerId, event.verdicts));
    case 'ClosuresSet': {
      const { offerId, reopens } = event;
      return reopens === undefined ? [] : [{ command: { type: 'OpenOffer', offerId, cause: reopens.cause }, at: reopens.at }];
    }
    case 'OfferHeld':
      return event.holds.map(({ tally, expiresAt }) => expiry(tally.holdId, Date.parse(expiresAt)));
    case 'HoldExtended':
      return [expiry(event.holdId, event.expiresAt)];
    case 'PurchasePlanned': {
      const { purchaseId, holdId, sku, quantity, startAt } = event;
      return [{ command: { type: 'SubmitPurchase', purchaseId, holdId, sku, quantity }, at: startAt }];
    }
    case 'AskPlanned': {
      const { purchaseId, holdId, sku, ask, askAt } = event;
      return [{ command: { type: 'AskPurchase', purchaseId, holdId, sku, ask }, at: askAt }];
    }
    case 'SupplierPut':
      return event.supplier.watchesBalance ? [{ command: { type: 'WatchBalance', supplierId: event.supplier.supplierId } }] : [];
    case 'AccountNoted': {
      const { account, nextCheckAt } = event;
      const { supplierId, checks: check } = account;
      return nextCheckAt === undefined ? [] : [{ command: { type: 'CheckBalance', supplierId, check }, at: nextCheckAt }];
    }
    case 'BalanceRanOut': {
      const { supplierId, neededMinor, currency } = event;
      return [{ command: { type: 'NoteShort', supplierId, neededMinor, currency } }];
    }
    case 'UnitsWaited':
      return [{ command: { type: 'GiveUpWaiting', holdId: event.holdId }, at: event.untilAt }];
    case 'CountsAsked': {
      const { decisionId, request, candidates, gates, repack, usageIds } = event;
      return [{ command: { type: 'HoldFirst', decisionId, request, candidates, gates, ...(repack && { repack }), usageIds } }];
    }
    case 'UnitsMoved':
      return event.usageIds === undefined ? [] : [{ command: { type: 'CountUse', holdId: event.holdId, usageIds: event.usageIds } }];
    case 'CategoryChanged':
      return event.offerIds.map((offerId) => ({ command: { type: 'ApplyCaps', offerId } }));
    case 'SlownessMeasured': {
      const { offerId, at: measuredAt, until } = event;
      return until === undefined ? [] : [{ command: { type: 'ForgetSlowness', offerId, measuredAt }, at: until }];
    }
    case 'DrainPaused':
      return [{ command: { type: 'ResumeDrain', offerId: event.offerId }, at: event.resumeAt }];
    default:
      return [];
  }
}

const expiry = (holdId: string, at: number): Called => ({ command: { type: 'ExpireHold', holdId }, at, caughtUp: ORDERS });

function toNoteVerdict({ sku, version, verdicts }: Fact<'VerdictState'>): Untimed<InventoryCommand> {
  const spans = verdicts.map(({ region, status, from, until }) => ({
    region,
    status,
    fromAt: Date.parse(from),
    ...(until !== undefined && { untilAt: Date.parse(until) }),
  }));
  return { type: 'NoteVerdict', sku, version, verdicts: spans };
}

/** The offer follows the verdict now, and again whenever a span of it begins or ends: too early it changes nothing. */
function applications(sku: string, offerId: string, verdicts: Extract<InventoryEvent, { type: 'VerdictNoted' }>['verdicts']): Called[] {
  const command = { type: 'ApplyVerdict' as const, offerId, sku };
  const edges = new Set(
    verdicts.filter((it) => it.status === 'banned').flatMap(({ fromAt, untilAt }) => [fromAt, ...(untilAt === undefined ? [] : [untilAt])]),
  );
  return [{ command }, ...[...edges].map((at) => ({ command, at }))];
}
