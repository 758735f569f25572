import { type Fact, type HeldOffer, shownEndOf } from '@midstream/contracts';
import type { AnswerNoted, HoldNoted, OrderEvent } from '@midstream/order-domain';

/** One sentence of an order's story. `detail.hub`, at any depth, is the hub's own (offers, suppliers, holds): a merchant never sees it. */
export interface Entry {
  readonly orderId: string;
  readonly lineId?: string;
  readonly what: string;
  readonly reason?: string;
  readonly detail: object;
}

/** The story as people read it, with what inventory told and compliance struck out on the way: A lost, B banned by r7, C held, delivered. */
export function entryOf(event: OrderEvent): Entry | undefined {
  switch (event.type) {
    case 'OrderPlaced': {
      const { orderId, heldMinor, currency, lines } = event;
      return { orderId, what: 'placed', detail: { heldMinor, currency, lines: lines.length } };
    }
    case 'LineSelectionRequested':
      return selecting(event);
    case 'AnswerNoted':
      return answered(event);
    case 'AskPlanned': {
      const { quantity, attempt } = event.asked;
      return ofLine(event, 'waiting', { attempt, quantity, until: new Date(event.askAt).toISOString() });
    }
    case 'ConsentRequested': {
      const { consentId, quantity, sku, insteadOf, priceMinor, currency, deadlineAt, default: silence, pieces, holdId } = event;
      const asked = { consentId, quantity, sku, insteadOf, pieces, priceMinor, currency, deadlineAt, default: silence, hub: { holdId } };
      return ofLine(event, 'consent-requested', asked);
    }
    case 'ConsentAnswered': {
      const { consentId, sku, holdId, answer } = event;
      return ofLine(event, 'consent-answered', { consentId, sku, hub: { holdId } }, answer);
    }
    case 'LineAssigned':
      return assigned(event);
    case 'HoldNoted':
      return noted(event);
    case 'ComplaintFiled':
      return complained(event);
    case 'ComplaintResolved': {
      const { complaintId, units, outcome, refundMinor, currency } = event;
      return ofLine(event, 'complaint-resolved', { complaintId, units, refundMinor, currency }, outcome);
    }
    default:
      return endOf(event);
  }
}

function endOf(event: OrderEvent): Entry | undefined {
  switch (event.type) {
    case 'ReleaseRequested':
      return ofLine(event, 'release-requested', { hub: { holdIds: event.holdIds } }, event.reason);
    case 'UnitsGivenUp': {
      const { quantity, gates, cap, holdId, reason } = event;
      return ofLine(
        event,
        'given-up',
        { quantity, ...(gates && { gates }), ...(cap && { cap }), ...(holdId !== undefined && { hub: { holdId } }) },
        reason,
      );
    }
    case 'LineClosed': {
      const { ordered, delivered, repacked, capturedMinor } = event;
      return ofLine(
        event,
        'line-closed',
        { ordered, delivered, ...(repacked !== undefined && { repacked }), capturedMinor },
        shownEndOf(event),
      );
    }
    case 'LineRepacked': {
      const { quantity, sku, pieces, heldMinor, line } = event;
      const into = { lineId: line.lineId, sku: line.need.sku, quantity: line.quantity };
      return ofLine(event, 'repacked', { quantity, sku, pieces, into, heldMinor });
    }
    case 'AdditionOffered': {
      const { additionId, sku, quantity, priceMinor, currency, because, expiresAt } = event;
      return ofLine(event, 'addition-offered', { additionId, sku, quantity, priceMinor, currency, expiresAt }, because);
    }
    case 'AdditionAnswered': {
      const { orderId, additionId, sku, answer, quantity } = event;
      const detail = { additionId, sku, ...(quantity !== undefined && { quantity }) };
      return { orderId, what: 'addition-answered', reason: answer, detail };
    }
    case 'LineAdded': {
      const { additionId, heldMinor, line } = event;
      return ofLine(event, 'line-added', { additionId, sku: line.need.sku, quantity: line.quantity, heldMinor });
    }
    case 'OrderClosed': {
      const { orderId, capturedMinor, releasedMinor, status } = event;
      return { orderId, what: 'closed', reason: status, detail: { capturedMinor, releasedMinor } };
    }
    default:
      return undefined;
  }
}

interface OfLine {
  readonly orderId: string;
  readonly lineId: string;
}

const ofLine = ({ orderId, lineId }: OfLine, what: string, detail: object, reason?: string): Entry => ({
  orderId,
  lineId,
  what,
  detail,
  ...(reason !== undefined && { reason }),
});

function selecting(event: Fact<'LineSelectionRequested'>): Entry {
  const { attempt, depth, ranking, quantity, replaces, marginFloorWaived } = event.request;
  const because = replaces && { replaces: replaces.sku, hub: { replaces: replaces.holdId } };
  return ofLine(
    event,
    'selecting',
    { attempt, depth, ranking, quantity, ...because, ...(marginFloorWaived && { marginFloorWaived }) },
    replaces?.reason,
  );
}

/** What was held, and what was struck out on the way, by which rule. */
function answered(event: AnswerNoted): Entry {
  const { attempt, decisionId, holds, unheld, tried, candidates, gates, repack } = event;
  const struck: object[] = candidates.flatMap(({ sku, offerId, supplierId, verdict }) =>
    verdict === undefined || verdict.status === 'compliant' ? [] : [{ sku, ...verdict, hub: { offerId, supplierId } }],
  );
  if (repack?.verdict !== undefined && repack.verdict.status !== 'compliant')
    struck.push({ sku: repack.sku, pieces: repack.pieces, ...repack.verdict });
  const detail = { attempt, decisionId, held: holds.map(heldOf), unheld, struck, ...(holds.length === 0 && { gates }), hub: { tried } };
  return ofLine(event, holds.length === 0 ? 'nothing-held' : 'held', detail);
}

function assigned(event: Fact<'LineAssigned'>): Entry {
  const { replaces, attempt, decisionId, holds } = event;
  const because = replaces && { replaces: replaces.sku, hub: { replaces: replaces.holdId } };
  const detail = { attempt, decisionId, holds: holds.map(heldOf), ...because };
  return ofLine(event, replaces === undefined ? 'assigned' : 'substituted', detail, replaces?.reason);
}

const heldOf = ({ sku, tally, priceMinor, currency, supplierId, offerId }: HeldOffer): object => ({
  sku,
  quantity: tally.granted - tally.lost - tally.released,
  priceMinor,
  currency,
  hub: { supplierId, offerId, holdId: tally.holdId, tally },
});

const TOLD: Readonly<Record<HoldNoted['told'], string>> = {
  HoldLost: 'lost',
  HoldReleased: 'released',
  UnitsDelivered: 'delivered',
  PurchaseSubmitted: 'purchase-submitted',
  PurchaseUnknown: 'purchase-unknown',
};

function noted(event: HoldNoted): Entry {
  const { told, sku, supplierId, offerId, delivered, lost, released, reason, misfit, tally, progress } = event;
  const units = {
    ...(delivered > 0 && { delivered }),
    ...(lost > 0 && { lost }),
    ...(released > 0 && { released }),
    ...(misfit && { misfit }),
  };
  return ofLine(event, TOLD[told], { sku, ...units, progress, hub: { supplierId, offerId, holdId: tally.holdId, tally } }, reason);
}

function complained(event: Fact<'ComplaintFiled'>): Entry {
  const { complaintId, units, reason, from } = event;
  const goods = from.map(({ sku, units: of, supplierId, offerId, holdId }) => ({ sku, units: of, hub: { supplierId, offerId, holdId } }));
  return ofLine(event, 'complaint-filed', { complaintId, units, goods }, reason);
}
