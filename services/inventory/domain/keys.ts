import { assertNever, attemptIdOf, holdIdOf, offerIdOf, type RowKey, type Untimed } from '@midstream/kernel';
import { offerOfHold } from './rows';
import { CAPS_ID } from './caps.messages';
import { ALERTS_ID } from './levels.messages';
import { MARKUP_ID } from './markup';
import { HUB_SUPPLIER } from './limits';
import type { InventoryCommand } from './messages';
import type { Rows } from './state';

type Key = RowKey<keyof Rows>;

const offerKeys = (offerId: string): Key[] => [
  { kind: 'offers', id: offerId },
  { kind: 'drains', id: offerId },
];
/** A hold's command names its offer first: so the facts of one hold are in order (protocol 2, 12). */
const holdKeys = (holdId: string): Key[] => [...offerKeys(offerOfHold(holdId)), { kind: 'holds', id: holdId }];
const verdictKey = (sku: string): Key => ({ kind: 'verdicts', id: sku, mode: 'share' });

/** The SKU of an offer, by the offer's id. */
export const skuOfOffer = (offerId: string): string => offerId.slice(offerId.indexOf('~') + 1);

/** The rows that a command reads or changes. */
export function keysOf(command: Untimed<InventoryCommand> | InventoryCommand): readonly Key[] {
  switch (command.type) {
    case 'PutProduct':
      return [{ kind: 'products', id: command.product.sku }, ...(command.priceBy ? [{ kind: 'markups' as const, id: MARKUP_ID }] : [])];
    case 'PutCaps':
      return [{ kind: 'caps', id: CAPS_ID }];
    case 'SpreadCaps':
      return [];
    case 'ApplyCaps':
      return [
        { kind: 'offers', id: command.offerId },
        { kind: 'caps', id: CAPS_ID, mode: 'share' },
        { kind: 'products', id: skuOfOffer(command.offerId), mode: 'share' },
      ];
    case 'PutStockAlerts':
      return [{ kind: 'alerts', id: ALERTS_ID }];
    case 'NoteStock':
      return [
        { kind: 'products', id: command.sku, mode: 'share' },
        { kind: 'alerts', id: ALERTS_ID, mode: 'share' },
        { kind: 'levels', id: command.sku },
      ];
    case 'CountUse':
      return [{ kind: 'holds', id: command.holdId }, ...command.usageIds.map((id): Key => ({ kind: 'usages', id }))];
    case 'PutMarkupRules':
      return [{ kind: 'markups', id: MARKUP_ID }];
    case 'PriceProduct':
      return [
        { kind: 'products', id: command.sku },
        { kind: 'markups', id: MARKUP_ID, mode: 'share' },
      ];
    case 'PutSupplier':
      return [{ kind: 'suppliers', id: command.supplier.supplierId }];
    case 'PutOffer':
      return [
        ...offerKeys(offerIdOf(command.supplierId, command.sku)),
        { kind: 'products', id: command.sku },
        { kind: 'suppliers', id: command.supplierId, mode: 'share' },
        { kind: 'rates', id: command.terms.currency },
        { kind: 'caps', id: CAPS_ID, mode: 'share' },
        verdictKey(command.sku),
      ];
    case 'PutRate':
      return [{ kind: 'rates', id: command.base }];
    case 'NoteChannel':
      return [{ kind: 'products', id: command.sku }];
    case 'ApplyChannel':
      return [...offerKeys(command.offerId), { kind: 'products', id: skuOfOffer(command.offerId), mode: 'share' }];
    case 'CountVault': {
      const sku = skuOfOffer(command.offerId);
      const made: Key[] = command.terms
        ? [
            { kind: 'products', id: sku },
            { kind: 'suppliers', id: HUB_SUPPLIER },
            { kind: 'caps', id: CAPS_ID, mode: 'share' },
          ]
        : [];
      return [...offerKeys(command.offerId), ...made, verdictKey(sku)];
    }
    case 'NoteVerdict':
      return [
        { kind: 'verdicts', id: command.sku },
        { kind: 'products', id: command.sku, mode: 'share' },
      ];
    case 'ApplyVerdict':
      return [...offerKeys(command.offerId), verdictKey(command.sku)];
    case 'HoldFirst':
      return holdFirstKeys(command);
    case 'DrainOffer':
      return [
        ...offerKeys(command.offerId),
        verdictKey(skuOfOffer(command.offerId)),
        ...command.holdIds.map((id) => ({ kind: 'holds' as const, id })),
      ];
    case 'SubmitPurchase':
    case 'RecordOutcome':
    case 'MarkUnknown':
    case 'AskPurchase':
    case 'NoteSilence':
    case 'WriteOff':
    case 'RemindWork':
    case 'FreeQuarantined':
      return [...holdKeys(command.holdId), verdictKey(command.sku), { kind: 'purchases', id: command.purchaseId }];
    case 'ExtendHold':
    case 'ExpireHold':
    case 'AssignHold':
    case 'ReleaseHold':
      return holdKeys(command.holdId);
    case 'ReportStock':
    case 'NotePolled':
    case 'RepriceOffer':
    case 'CloseOffer':
    case 'OpenOffer':
    case 'ResumeDrain':
    case 'RebuildCounters':
    case 'NoteHolding':
    case 'RequoteOffer':
    case 'CloseStale':
    case 'AgeFigure':
    case 'ApplyValidity':
    case 'ReportPace':
    case 'StopDrain':
    case 'AllowDrain':
    case 'ForgetSlowness':
      return offerKeys(command.offerId);
    case 'WatchBalance':
    case 'NoteShort':
    case 'CheckBalance':
    case 'NoteBalance':
    case 'ResumeAccount':
      return [
        { kind: 'suppliers', id: command.supplierId, mode: 'share' },
        { kind: 'accounts', id: command.supplierId },
      ];
    case 'ResumeHold':
    case 'GiveUpWaiting':
      return holdKeys(command.holdId);
    case 'ResumeOffer':
      return offerKeys(command.offerId);
    case 'NoteBack':
      return [{ kind: 'drains', id: command.offerId }];
    default:
      return assertNever(command);
  }
}

type HoldFirstKeyed = Extract<Untimed<InventoryCommand>, { readonly type: 'HoldFirst' }>;

function holdFirstKeys({ request, candidates, repack, usageIds = [] }: HoldFirstKeyed): Key[] {
  const { orderId, lineId, attempt, replaces } = request;
  return [
    ...candidates.map(({ offerId }): Key => ({ kind: 'offers', id: offerId })),
    ...candidates.map(({ sku }) => verdictKey(sku)),
    ...(repack ? [verdictKey(repack.sku)] : []),
    ...candidates.map(({ offerId }): Key => ({ kind: 'holds', id: holdIdOf(orderId, lineId, attempt, offerId) })),
    ...(replaces ? [{ kind: 'drains' as const, id: replaces.offerId }] : []),
    ...usageIds.map((id): Key => ({ kind: 'usages', id })),
    { kind: 'attempts', id: attemptIdOf(orderId, lineId, attempt) },
  ];
}
