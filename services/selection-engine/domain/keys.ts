import { assertNever, type RowKey, type Untimed } from '@midstream/kernel';
import type { SelectionCommand } from './messages';
import { attemptOf, type Rows } from './state';
import { MODELS } from './trials/trials';

/** The rows that a command reads or changes. */
export function keysOf(command: SelectionCommand | Untimed<SelectionCommand>): readonly RowKey<keyof Rows>[] {
  switch (command.type) {
    case 'RankOffers': {
      const own: RowKey<keyof Rows> = { kind: 'ranked', id: attemptOf(command.request) };
      if (command.request.attempt === 1) return [own];
      return [own, { kind: 'ranked', id: attemptOf({ ...command.request, attempt: 1 }), mode: 'share' }];
    }
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
    case 'StartTrial':
    case 'EndTrial':
    case 'RollBackTrial':
    case 'JudgeTrial':
      return [
        { kind: 'models', id: MODELS },
        { kind: 'trials', id: command.name },
      ];
    default:
      return assertNever(command);
  }
}
