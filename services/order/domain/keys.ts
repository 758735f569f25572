import { assertNever, type RowKey, type Untimed } from '@midstream/kernel';
import type { OrderCommand } from './messages';
import type { Rows } from './state';

type Key = RowKey<keyof Rows>;

/** The rows of a command. All that happens to an order may move its merchant's money, so both are locked: the order first. */
export function keysOf(command: Untimed<OrderCommand> | OrderCommand): readonly Key[] {
  switch (command.type) {
    case 'PlaceOrder':
    case 'AnswerAddition':
      return [...ofOrder(command), { kind: 'merchants', id: command.merchantId, mode: 'share' }];
    case 'NoteAnswer':
    case 'NoteHold':
    case 'AskAgain':
    case 'AnswerConsent':
    case 'ExpireConsent':
    case 'CancelOrder':
    case 'MeetDeadline':
    case 'NoteAddition':
    case 'ExpireAddition':
    case 'FileComplaint':
    case 'ResolveComplaint':
      return ofOrder(command);
    case 'PutMerchant': {
      const { merchantId } = command.merchant;
      return [
        { kind: 'accounts', id: merchantId },
        { kind: 'merchants', id: merchantId },
      ];
    }
    case 'TellMerchant':
      return [{ kind: 'merchants', id: command.merchantId }];
    case 'EraseBuyer':
      return [{ kind: 'merchants', id: command.merchantId, mode: 'share' }];
    case 'DepositMoney':
      return [{ kind: 'accounts', id: command.merchantId }];
    case 'CreateKey': {
      const { keyId, merchantId } = command;
      const owner: Key[] = merchantId === undefined ? [] : [{ kind: 'merchants', id: merchantId, mode: 'share' }];
      return [...owner, { kind: 'keys', id: keyId }];
    }
    case 'RevokeKey':
      return [{ kind: 'keys', id: command.keyId }];
    default:
      return assertNever(command);
  }
}

const ofOrder = ({ orderId, merchantId }: { readonly orderId: string; readonly merchantId: string }): Key[] => [
  { kind: 'orders', id: orderId },
  { kind: 'accounts', id: merchantId },
];
