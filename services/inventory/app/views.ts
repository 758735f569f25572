import { CLOSURE_CAUSES } from '@midstream/contracts';
import {
  closuresOf,
  type Offer,
  type Purchase,
  PURCHASE_STATUSES,
  roomOf,
  type Supplier,
  supplyOf,
  FIGURE_SOURCES,
  freshUntil,
} from '@midstream/inventory-domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { KINDS } from './adapters';
import { LOW_STOCK_MAX, STATUSES, UNLIMITED_MIN } from './stock.figure';
import { CostTierDto, DenominationDto, NameDto } from './supply.dto';
import { DuplicateView } from './vault.views';

/** Never its token. */
export class SupplierView {
  @ApiProperty() supplierId!: string;
  @ApiProperty({ enum: KINDS }) kind!: string;
  @ApiProperty({ type: NameDto }) name!: { readonly zh: string; readonly en: string };
  @ApiProperty() upstreamGroup!: string;
  @ApiPropertyOptional() baseUrl?: string;
  @ApiPropertyOptional() lowBalanceMinor?: number;
  @ApiPropertyOptional({ description: 'How often it is asked for its stock; absent: it pushes' }) pollEveryMs?: number;
}

export class SupplierPage {
  @ApiProperty({ type: [SupplierView], description: 'In the order of their ids' }) items!: SupplierView[];
  @ApiPropertyOptional({ description: 'Ask for the next page with it as `after`' }) next?: string;
}

export const supplierView = ({ watchesBalance: _, ...it }: Supplier): SupplierView => it;

export class ClosureView {
  @ApiProperty({ enum: CLOSURE_CAUSES }) cause!: string;
  @ApiPropertyOptional({ type: [String], description: 'Absent: everywhere' }) regions?: string[];
}

/** For the hub and the supplier itself: it carries the cost. */
export class QuotedView {
  @ApiProperty() currency!: string;
  @ApiProperty({ type: [CostTierDto] }) costTiers!: readonly { readonly from: number; readonly costMinor: number }[];
  @ApiProperty({ description: 'Units of the product’s currency for one of the supplier’s' }) rate!: number;
  @ApiProperty({ format: 'date-time', description: 'When the rate was seen' }) rateAt!: string;
}

export class OfferView {
  @ApiProperty() offerId!: string;
  @ApiProperty() supplierId!: string;
  @ApiProperty() sku!: string;
  @ApiProperty() version!: number;
  @ApiPropertyOptional({ description: 'What the supplier calls it' }) supplierSku?: string;
  @ApiProperty({ type: [CostTierDto] }) costTiers!: readonly { readonly from: number; readonly costMinor: number }[];
  @ApiProperty() currency!: string;
  @ApiProperty({ type: [String] }) regions!: readonly string[];
  @ApiProperty() minQuantity!: number;
  @ApiProperty() maxQuantity!: number;
  @ApiProperty() capacityPerMinute!: number;
  @ApiProperty({ description: 'As its supplier promises, milliseconds' }) leadTimeMs!: number;
  @ApiPropertyOptional({
    description:
      'Where deliveries take clearly longer: within this nine of the last ten came, milliseconds. What would come too late is freed as `too-slow`',
  })
  measuredLeadMs?: number;
  @ApiPropertyOptional({ format: 'date-time', description: 'When we measured it' }) measuredLeadAsOf?: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'Since when `capacityPerMinute` and `leadTimeMs` are told so' })
  paceAsOf?: string;
  @ApiPropertyOptional({
    enum: FIGURE_SOURCES,
    description: 'Who told them: a feed (`push`), a person (`manual`); `import`: with the codes',
  })
  paceSource?: string;
  @ApiProperty() safetyStock!: number;
  @ApiProperty({ description: 'What the supplier has for us, by its last report' }) supply!: number;
  @ApiProperty({ description: 'Held or queued for orders' }) held!: number;
  @ApiProperty({ description: 'Being bought, or of unknown outcome' }) inFlight!: number;
  @ApiProperty({ description: 'Room for new holds' }) available!: number;
  @ApiProperty() sequence!: number;
  @ApiProperty({ format: 'date-time' }) stockAsOf!: string;
  @ApiPropertyOptional({ enum: FIGURE_SOURCES }) stockSource?: string;
  @ApiPropertyOptional({
    format: 'date-time',
    description:
      'Past it the figure is stale: by what its feed has promised, and it closes; else because it is overdue, and it closes if none comes',
  })
  freshUntil?: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'Since when `costTiers` are told so' }) costAsOf?: string;
  @ApiPropertyOptional({ enum: FIGURE_SOURCES }) costSource?: string;
  @ApiPropertyOptional({ type: () => QuotedView, description: 'Where the supplier quotes in a currency of its own' }) quoted?: QuotedView;
  @ApiPropertyOptional({ enum: ['instant', 'bulk'] }) freshness?: string;
  @ApiPropertyOptional({ format: 'date-time' }) validFrom?: string;
  @ApiPropertyOptional({ format: 'date-time' }) validUntil?: string;
  @ApiPropertyOptional() channel?: string;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'What the channel lets through: `regions`, `maxQuantity`, `leadTimeMs`',
  })
  channelPolicy?: object;
  @ApiPropertyOptional({ type: () => DenominationDto }) denomination?: object;
  @ApiProperty({ type: [ClosureView], description: 'It is open when there is none' }) closures!: ClosureView[];
}

export const offerView = (it: Offer): OfferView => ({
  offerId: it.offerId,
  supplierId: it.supplierId,
  sku: it.sku,
  version: it.version,
  costTiers: it.costTiers,
  currency: it.currency,
  ...(it.supplierSku !== undefined && { supplierSku: it.supplierSku }),
  regions: it.regions,
  minQuantity: it.minQuantity,
  maxQuantity: it.maxQuantity,
  capacityPerMinute: it.capacityPerMinute,
  leadTimeMs: it.leadTimeMs,
  safetyStock: it.safetyStock,
  supply: Math.max(0, supplyOf(it)),
  held: it.held,
  inFlight: it.inFlight,
  available: roomOf(it),
  sequence: it.sequence,
  stockAsOf: new Date(it.stockAsOf).toISOString(),
  closures: closuresOf(it),
  ...factsOf(it),
});

const isoOf = (at: number): string => new Date(at).toISOString();

function factsOf(it: Offer) {
  const until = freshUntil(it) ?? it.staleAt;
  return {
    ...(it.stockSource && { stockSource: it.stockSource }),
    ...(until !== undefined && { freshUntil: isoOf(until) }),
    ...(it.costAsOf !== undefined && { costAsOf: isoOf(it.costAsOf) }),
    ...(it.costSource && { costSource: it.costSource }),
    ...(it.quoted && { quoted: { ...it.quoted, rateAt: isoOf(it.quoted.rateAt) } }),
    ...(it.freshness && { freshness: it.freshness }),
    ...(it.validFromAt !== undefined && { validFrom: isoOf(it.validFromAt) }),
    ...(it.validUntilAt !== undefined && { validUntil: isoOf(it.validUntilAt) }),
    ...(it.channel !== undefined && { channel: it.channel }),
    ...(it.policy && { channelPolicy: it.policy }),
    ...(it.denomination && { denomination: it.denomination }),
    ...(it.measured && { measuredLeadMs: it.measured.p90Ms, measuredLeadAsOf: isoOf(it.measured.at) }),
    ...(it.paceAsOf !== undefined && { paceAsOf: isoOf(it.paceAsOf) }),
    ...(it.paceSource && { paceSource: it.paceSource }),
  };
}

export class StockResultView {
  @ApiProperty({ description: 'The change’s place in the request, from 0' }) index!: number;
  @ApiProperty() sku!: string;
  @ApiProperty({ enum: ['taken', 'refused'] }) status!: string;
  @ApiPropertyOptional({ example: 'stale-report' }) code?: string;
  @ApiPropertyOptional({ description: 'What the code means' }) title?: string;
  @ApiPropertyOptional({ description: 'Of a stale one: the highest that is known' }) sequence?: number;
  @ApiPropertyOptional() available?: number;
}

export class StockReportView {
  @ApiProperty() taken!: number;
  @ApiProperty() refused!: number;
  @ApiProperty({ type: [StockResultView] }) results!: StockResultView[];
}

export class RestockView {
  @ApiProperty({ format: 'date-time', description: 'When fresh stock is expected next, by the pauses seen so far' }) expectedAt!: string;
  @ApiProperty({ description: 'The usual pause, milliseconds' }) everyMs!: number;
  @ApiProperty({ description: 'How many pauses it stands on' }) seen!: number;
}

/** What can be had of a product, from all suppliers together: what a merchant may know. */
export class StockView {
  @ApiProperty() sku!: string;
  @ApiPropertyOptional() region?: string;
  @ApiPropertyOptional({ description: 'Absent: the SKU is not known, or not listed' }) category?: string;
  @ApiProperty({ enum: STATUSES, description: `low_stock: ${LOW_STOCK_MAX} units or fewer; unlimited: ${UNLIMITED_MIN} or more` })
  status!: string;
  @ApiPropertyOptional({ description: 'Units that an order could have now; absent where the hub tells the status only' })
  available?: number;
  @ApiProperty({ description: 'Units that open offers can deliver in a minute' }) capacityPerMinute!: number;
  @ApiPropertyOptional({ format: 'date-time', description: 'Of the oldest figure in it' }) asOf?: string;
  @ApiPropertyOptional({ description: 'Milliseconds since `asOf`; no part of the ETag' }) ageMs?: number;
  @ApiPropertyOptional({ enum: ['push', 'poll', 'import', 'mixed'], description: 'How the figures came' }) source?: string;
  @ApiPropertyOptional({ type: RestockView, description: 'Absent where nothing is known, or what was expected is overdue' })
  restock?: RestockView;
}

export class StockPage {
  @ApiProperty({ type: [StockView] }) items!: StockView[];
  @ApiPropertyOptional({ type: [String], description: 'SKUs that are not known, or not listed' }) unknown?: string[];
  @ApiPropertyOptional({ description: 'Of a category: send it as `after` for the next page' }) next?: string;
  @ApiPropertyOptional({ type: [OfferView], description: 'For the hub’s operators, and of its own for a supplier' }) offers?: OfferView[];
}

export class ProcurementView {
  @ApiProperty() procurementId!: string;
  @ApiProperty() orderId!: string;
  @ApiProperty() lineId!: string;
  @ApiProperty() supplierId!: string;
  @ApiProperty() sku!: string;
  @ApiProperty({ enum: PURCHASE_STATUSES }) status!: string;
  @ApiPropertyOptional({ description: 'Why the rest of it never came', example: 'no-balance' }) refusal?: string;
  @ApiPropertyOptional({ description: 'Its merchant did without the margin floor: it might cost as much as it is sold for' })
  marginFloorWaived?: boolean;
  @ApiProperty() quantity!: number;
  @ApiProperty() bought!: number;
  @ApiProperty() delivered!: number;
  @ApiProperty({ description: 'Became the hub’s stock' }) kept!: number;
  @ApiProperty({ description: 'Held back by a ban' }) quarantined!: number;
  @ApiProperty({ description: 'Top-ups that came after they were written off: the hub’s loss' }) writtenOff!: number;
  @ApiProperty() failed!: number;
  @ApiProperty({ description: 'In minor units, of all bought' }) costMinor!: number;
  @ApiProperty() currency!: string;
  @ApiProperty({ description: 'How often the supplier was asked for the outcome' }) asks!: number;
  @ApiProperty({ description: 'Unknown past the time by which the buyer was to have it: an operator’s case' }) overdue!: boolean;
  @ApiProperty({ format: 'date-time' }) submittedAt!: string;
  @ApiPropertyOptional({ type: [DuplicateView], description: 'Units that came with a code that was known, of one procurement order only' })
  duplicates?: DuplicateView[];
}

export class ProcurementPage {
  @ApiProperty({ type: [ProcurementView] }) items!: ProcurementView[];
  @ApiPropertyOptional({ description: 'Ask for the next page with `after`' }) next?: string;
}

export function procurementView(it: Purchase, duplicates: DuplicateView[] = []): ProcurementView {
  const [orderId = '', lineId = ''] = it.holdId.split('/');
  const open = it.status === 'unknown' || it.status === 'accepted';
  return {
    procurementId: it.purchaseId,
    orderId,
    lineId,
    supplierId: it.supplierId,
    sku: it.sku,
    status: it.status,
    quantity: it.quantity,
    bought: it.bought,
    delivered: it.delivered,
    kept: it.kept,
    quarantined: it.quarantined,
    writtenOff: it.writtenOff,
    failed: it.failed,
    costMinor: it.costMinor,
    currency: it.currency,
    asks: it.asks,
    overdue: open && it.deliverByAt < Date.now(),
    ...(it.floorWaived && { marginFloorWaived: true }),
    ...(it.refusal !== undefined && { refusal: it.refusal }),
    submittedAt: new Date(it.submittedAt).toISOString(),
    ...(duplicates.length > 0 && { duplicates }),
  };
}

export class DeliveryView {
  @ApiProperty() deliveryId!: string;
  @ApiProperty() orderId!: string;
  @ApiProperty() lineId!: string;
  @ApiProperty() sku!: string;
  @ApiProperty({ enum: ['code', 'top-up'] }) kind!: string;
  @ApiPropertyOptional({ description: 'What the unit cost, in minor units; operators only' }) costMinor?: number;
  @ApiPropertyOptional({ description: 'Operators only' }) costCurrency?: string;
  @ApiProperty({ format: 'date-time' }) deliveredAt!: string;
  @ApiPropertyOptional({ format: 'date-time' }) revealedAt?: string;
}

export class DeliveryPage {
  @ApiProperty({ type: [DeliveryView] }) items!: DeliveryView[];
}

export class RevealView {
  @ApiProperty() deliveryId!: string;
  @ApiProperty({ description: 'The card code. Shown here, and nowhere else' }) code!: string;
  @ApiProperty({ format: 'date-time', description: 'When it was first revealed' }) revealedAt!: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'Until when it can be redeemed, where that is known' }) expiresAt?: string;
}
