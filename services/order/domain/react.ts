import type { AnyFact, Fact } from '@midstream/contracts';
import type { Due, Untimed } from '@midstream/kernel';
import type { OrderCommand, OrderEvent } from './messages';

type Called = Due<Untimed<OrderCommand>>;

/** What a fact calls for: of inventory's first, then the timers of our own. */
export function react(fact: AnyFact | OrderEvent): readonly Called[] {
  switch (fact.type) {
    case 'OfferHeld':
      return [{ command: noteAnswer(fact, fact.holds) }];
    case 'NothingHeld':
      return [{ command: noteAnswer(fact, []) }];
    case 'HoldLost':
    case 'HoldReleased':
    case 'UnitsDelivered':
    case 'PurchaseSubmitted':
    case 'PurchaseUnknown': {
      const { type: told, orderId, merchantId, lineId, tally } = fact;
      return [{ command: { type: 'NoteHold', told, orderId, merchantId, lineId, tally, ...(fact.type === 'HoldLost' && lossOf(fact)) } }];
    }
    case 'OrderPlaced': {
      const { orderId, merchantId, lines } = fact;
      const deadlines = new Set(lines.map((it) => Date.parse(it.deliverBy)));
      return [...deadlines].map((at) => ({ command: { type: 'MeetDeadline', orderId, merchantId }, at }));
    }
    case 'AdditionProposed': {
      const { type: _, orderId, merchantId, ...addition } = fact;
      return [{ command: { type: 'NoteAddition', orderId, merchantId, addition } }];
    }
    case 'AdditionOffered': {
      const { orderId, merchantId, additionId, expiresAt } = fact;
      return [{ command: { type: 'ExpireAddition', orderId, merchantId, additionId }, at: Date.parse(expiresAt) }];
    }
    case 'AskPlanned': {
      const { orderId, merchantId, lineId, asked, askAt } = fact;
      return [{ command: { type: 'AskAgain', orderId, merchantId, lineId, attempt: asked.attempt }, at: askAt }];
    }
    case 'ConsentRequested': {
      const { orderId, merchantId, lineId, consentId, deadlineAt } = fact;
      return [{ command: { type: 'ExpireConsent', orderId, merchantId, lineId, consentId }, at: Date.parse(deadlineAt) }];
    }
    default:
      return [];
  }
}

function noteAnswer(fact: Fact<'OfferHeld' | 'NothingHeld'>, holds: Fact<'OfferHeld'>['holds']): Untimed<OrderCommand> {
  const { orderId, merchantId, lineId, attempt, decisionId, tried, candidates, gates, repack } = fact;
  const command = { type: 'NoteAnswer' as const, orderId, merchantId, lineId, attempt, decisionId, holds, tried, candidates, gates };
  return repack === undefined ? command : { ...command, repack };
}

const lossOf = ({ reason, misfit }: Fact<'HoldLost'>) => ({ reason, ...(misfit && { misfit }) });
