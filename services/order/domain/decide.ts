import { assertNever, type Decision } from '@midstream/kernel';
import { createKey, depositMoney, eraseBuyer, putMerchant, revokeKey, tellMerchant } from './account';
import { answerAddition, expireAddition, noteAddition } from './additions';
import { askAgain, noteAnswer } from './answer';
import { fileComplaint, resolveComplaint } from './complaints';
import { answerConsent, expireConsent } from './consent';
import { cancelOrder, meetDeadline } from './end';
import { noteHold } from './hold';
import type { OrderCode, OrderCommand, OrderEvent } from './messages';
import { placeOrder } from './place';
import type { Products } from './products';
import type { Rows } from './state';

export function decide(command: OrderCommand, rows: Rows, products: Products): Decision<OrderEvent, OrderCode> {
  switch (command.type) {
    case 'PlaceOrder':
      return placeOrder(command, rows, products);
    case 'NoteAnswer':
      return noteAnswer(command, rows, products);
    case 'NoteHold':
      return noteHold(command, rows);
    case 'AskAgain':
      return askAgain(command, rows);
    case 'AnswerConsent':
      return answerConsent(command, rows);
    case 'ExpireConsent':
      return expireConsent(command, rows);
    case 'CancelOrder':
      return cancelOrder(command, rows);
    case 'MeetDeadline':
      return meetDeadline(command, rows);
    case 'NoteAddition':
      return noteAddition(command, rows);
    case 'AnswerAddition':
      return answerAddition(command, rows);
    case 'ExpireAddition':
      return expireAddition(command, rows);
    case 'FileComplaint':
      return fileComplaint(command, rows);
    case 'ResolveComplaint':
      return resolveComplaint(command, rows);
    case 'PutMerchant':
      return putMerchant(command, rows);
    case 'TellMerchant':
      return tellMerchant(command, rows);
    case 'EraseBuyer':
      return eraseBuyer(command, rows);
    case 'DepositMoney':
      return depositMoney(command, rows);
    case 'CreateKey':
      return createKey(command, rows);
    case 'RevokeKey':
      return revokeKey(command, rows);
    default:
      return assertNever(command);
  }
}
