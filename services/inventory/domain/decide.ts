import { assertNever, type Decision } from '@midstream/kernel';
import { decideBalance } from './balance';
import { applyCaps, countUse, putCaps, spreadCaps } from './caps';
import { putOffer, putProduct, putSupplier, repriceOffer } from './catalogue';
import { allowDrain, drainOffer, noteBack, resumeDrain, stopDrain } from './drain';
import { noteHolding } from './holding';
import { noteStock, putStockAlerts } from './levels';
import { assignHold, expireHold, extendHold, holdFirst, releaseHold } from './hold';
import type { InventoryCode, InventoryCommand, InventoryEvent } from './messages';
import { recordOutcome } from './outcome';
import { askPurchase, markUnknown, noteSilence, submitPurchase, writeOff } from './purchase';
import { remindWork } from './remind';
import { forgetSlowness } from './slowness';
import type { Rows } from './state';
import { decideSupply } from './supply.decide';
import { closeOffer, countVault, openOffer, reportStock } from './supply';
import { applyVerdict, freeQuarantined, noteVerdict } from './verdict';

/** The list of all that inventory does. */
export function decide(command: InventoryCommand, rows: Rows): Decision<InventoryEvent, InventoryCode> {
  switch (command.type) {
    case 'PutProduct':
      return putProduct(command, rows);
    case 'PutSupplier':
      return putSupplier(command, rows);
    case 'PutOffer':
      return putOffer(command, rows);
    case 'RepriceOffer':
      return repriceOffer(command, rows);
    case 'ReportStock':
      return reportStock(command, rows);
    case 'CountVault':
      return countVault(command, rows);
    case 'CloseOffer':
      return closeOffer(command, rows);
    case 'OpenOffer':
      return openOffer(command, rows);
    case 'NoteVerdict':
      return noteVerdict(command, rows);
    case 'ApplyVerdict':
      return applyVerdict(command, rows);
    case 'FreeQuarantined':
      return freeQuarantined(command, rows);
    case 'HoldFirst':
      return holdFirst(command, rows);
    case 'ExtendHold':
      return extendHold(command, rows);
    case 'ExpireHold':
      return expireHold(command, rows);
    case 'AssignHold':
      return assignHold(command, rows);
    case 'ReleaseHold':
      return releaseHold(command, rows);
    case 'SubmitPurchase':
      return submitPurchase(command, rows);
    case 'RecordOutcome':
      return recordOutcome(command, rows);
    case 'MarkUnknown':
      return markUnknown(command, rows);
    case 'AskPurchase':
      return askPurchase(command, rows);
    case 'NoteSilence':
      return noteSilence(command, rows);
    case 'WriteOff':
      return writeOff(command, rows);
    case 'RemindWork':
      return remindWork(command, rows);
    case 'DrainOffer':
      return drainOffer(command, rows);
    case 'ResumeDrain':
      return resumeDrain(command, rows);
    case 'StopDrain':
      return stopDrain(command, rows);
    case 'AllowDrain':
      return allowDrain(command, rows);
    case 'NoteBack':
      return noteBack(command, rows);
    case 'ForgetSlowness':
      return forgetSlowness(command, rows);
    case 'WatchBalance':
    case 'NoteShort':
    case 'CheckBalance':
    case 'NoteBalance':
    case 'ResumeAccount':
    case 'ResumeOffer':
    case 'ResumeHold':
    case 'GiveUpWaiting':
      return decideBalance(command, rows);
    case 'PutCaps':
      return putCaps(command, rows);
    case 'SpreadCaps':
      return spreadCaps(command);
    case 'ApplyCaps':
      return applyCaps(command, rows);
    case 'CountUse':
      return countUse(command, rows);
    case 'PutStockAlerts':
      return putStockAlerts(command, rows);
    case 'NoteStock':
      return noteStock(command, rows);
    case 'NoteHolding':
      return noteHolding(command, rows);
    case 'PutMarkupRules':
    case 'PriceProduct':
    case 'NotePolled':
    case 'RebuildCounters':
    case 'PutRate':
    case 'RequoteOffer':
    case 'CloseStale':
    case 'AgeFigure':
    case 'ApplyValidity':
    case 'NoteChannel':
    case 'ApplyChannel':
    case 'ReportPace':
      return decideSupply(command, rows);
    default:
      return assertNever(command);
  }
}
