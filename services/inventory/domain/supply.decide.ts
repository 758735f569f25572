import { assertNever, type Decision } from '@midstream/kernel';
import { ageFigure } from './aging';
import { applyChannel, noteChannel } from './channel';
import { applyValidity, closeStale, reportPace } from './closing';
import { rebuildCounters } from './ledger';
import type { InventoryCode, InventoryEvent } from './messages';
import { priceProduct, putMarkupRules } from './markup';
import { notePolled } from './polled';
import { putRate, requoteOffer } from './rates';
import type { Rows } from './state';
import type { SupplyCommand } from './supply.messages';

/** What is decided of offers beside their stock: rates, freshness, validity, channels, pace, and their books. */
export function decideSupply(
  command: Exclude<SupplyCommand, { readonly type: 'NoteHolding' }>,
  rows: Rows,
): Decision<InventoryEvent, InventoryCode> {
  switch (command.type) {
    case 'PutMarkupRules':
      return putMarkupRules(command, rows);
    case 'PriceProduct':
      return priceProduct(command, rows);
    case 'NotePolled':
      return notePolled(command, rows);
    case 'RebuildCounters':
      return rebuildCounters(command, rows);
    case 'PutRate':
      return putRate(command, rows);
    case 'RequoteOffer':
      return requoteOffer(command, rows);
    case 'CloseStale':
      return closeStale(command, rows);
    case 'AgeFigure':
      return ageFigure(command, rows);
    case 'ApplyValidity':
      return applyValidity(command, rows);
    case 'NoteChannel':
      return noteChannel(command, rows);
    case 'ApplyChannel':
      return applyChannel(command, rows);
    case 'ReportPace':
      return reportPace(command, rows);
    default:
      return assertNever(command);
  }
}
