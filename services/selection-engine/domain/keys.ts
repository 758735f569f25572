import { assertNever, type RowKey, type Untimed } from '@midstream/kernel';
import type { SelectionCommand } from './messages';
import { attemptOf, type Rows } from './state';

/** The rows that a command reads or changes. */
export function keysOf(command: SelectionCommand | Untimed<SelectionCommand>): readonly RowKey<keyof Rows>[] {
  switch (command.type) {
    case 'RankOffers':
      return [{ kind: 'ranked', id: attemptOf(command.request) }];
    case 'ReportSignal':
      return command.skus.map((id) => ({ kind: 'markets', id }));
    case 'ForgetBuyer':
      return [];
    case 'NoteComplaint':
      return command.holds.map(({ holdId }) => ({ kind: 'complaints', id: holdId }));
    case 'CountDemand':
      return command.counts.map(({ sku }) => ({ kind: 'markets', id: sku }));
    case 'WatchLine':
      return [{ kind: 'watched', id: command.request.orderId }];
    case 'ProposeAddition':
    case 'CloseWatch':
      return [{ kind: 'watched', id: command.orderId }];
    default:
      return assertNever(command);
  }
}
