import { LINE_ENDS, type Need, ORDER_ENDS, PIECES_MAX, type Substitution } from '@midstream/contracts';
import {
  type Addition,
  ADDITIONS_MAX,
  additionsOf,
  complainedOf,
  deliveredOf,
  type Line,
  linesOf,
  type Merchant,
  openConsents,
  type Order,
  orderStatusOf,
  progressOf,
  REPACKED,
  STAGES,
  statusOf,
} from '@midstream/order-domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { AdditionsDto, BuyerDto, NeedDto, SubstitutionDto } from './dto';

export class ProgressView {
  @ApiProperty() ordered!: number;
  @ApiProperty() delivered!: number;
  @ApiProperty() givenUp!: number;
  @ApiPropertyOptional({ description: 'Units that are counted as pieces of another line, and no more among those ordered here' })
  repacked?: number;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' }, description: 'Units under way, by stage' }) stages!: object;
  @ApiProperty({ minimum: 0, maximum: 1 }) fraction!: number;
  @ApiPropertyOptional({ format: 'date-time', description: 'An estimate; absent when all is done' }) estimatedEndAt?: string;
}

export class GoodView {
  @ApiProperty() sku!: string;
  @ApiProperty() quantity!: number;
  @ApiProperty() delivered!: number;
}

/** Two cards of 50 for one of 100: so many pieces for each unit of a line, whose good could not be had. */
export class PiecesOfView {
  @ApiProperty({ description: 'The line whose units they stand in for' }) lineId!: string;
  @ApiProperty({ description: 'What was ordered' }) sku!: string;
  @ApiProperty({ minimum: 2, maximum: PIECES_MAX, description: 'Pieces for each unit' }) pieces!: number;
}

export class ConsentView {
  @ApiProperty() consentId!: string;
  @ApiProperty() sku!: string;
  @ApiProperty() quantity!: number;
  @ApiProperty({ description: 'What a unit would cost, in minor units' }) priceMinor!: number;
  @ApiProperty({ format: 'date-time' }) deadlineAt!: string;
  @ApiProperty({ enum: ['refund', 'accept'], description: 'What silence means' }) default!: string;
}

export class LineView {
  @ApiProperty() lineId!: string;
  @ApiPropertyOptional({ description: 'The addition that it comes from' }) additionId?: string;
  @ApiPropertyOptional({ type: PiecesOfView, description: 'It looks for the pieces of another line’s units' }) piecesOf?: PiecesOfView;
  @ApiProperty({ enum: [...STAGES, ...LINE_ENDS, REPACKED], description: '`repacked`: all of it is looked for as pieces, by another line' })
  status!: string;
  @ApiProperty({ type: NeedDto }) need!: Need;
  @ApiPropertyOptional({ example: '***0000', description: 'Its last four characters' }) recipient?: string;
  @ApiProperty() quantity!: number;
  @ApiProperty() delivered!: number;
  @ApiProperty() givenUp!: number;
  @ApiPropertyOptional({ description: 'Units that another line looks for as pieces' }) repacked?: number;
  @ApiProperty() maxUnitPriceMinor!: number;
  @ApiProperty({ type: SubstitutionDto }) substitution!: Substitution;
  @ApiProperty({ format: 'date-time' }) deliverBy!: string;
  @ApiPropertyOptional({ description: 'The hub’s margin floor does not count for it' }) waiveMarginFloor?: boolean;
  @ApiProperty() capturedMinor!: number;
  @ApiProperty() releasedMinor!: number;
  @ApiProperty({ description: 'Units that were complained of' }) complained!: number;
  @ApiProperty({ description: 'Of what was captured, what complaints brought back' }) refundedMinor!: number;
  @ApiProperty({ type: ProgressView }) progress!: ProgressView;
  @ApiProperty({ type: [GoodView], description: 'What its units are or become, by product' }) goods!: GoodView[];
  @ApiProperty({ type: [ConsentView], description: 'The questions that wait for an answer' }) consents!: ConsentView[];
}

/** An order as its merchant sees it: no cost, no score, no supplier. */
export class OrderView {
  @ApiProperty() orderId!: string;
  @ApiProperty() clientReference!: string;
  @ApiProperty({ enum: ['running', ...ORDER_ENDS] }) status!: string;
  @ApiProperty({ type: BuyerDto }) buyer!: object;
  @ApiPropertyOptional({ description: 'The buyer’s pseudonym: what `POST /v1/recommendations` knows him by, and what caps are told by' })
  buyerKey?: string;
  @ApiProperty() currency!: string;
  @ApiProperty({ format: 'date-time' }) placedAt!: string;
  @ApiPropertyOptional({ type: AdditionsDto, description: 'What may be proposed while it runs' }) additions?: object;
  @ApiProperty({
    description:
      'Held when it was placed, and for what was added or repacked; money that went from a line to its pieces is in it twice, and once in `releasedMinor`',
  })
  placedMinor!: number;
  @ApiProperty({ description: 'Held of it still' }) heldMinor!: number;
  @ApiProperty() capturedMinor!: number;
  @ApiProperty() releasedMinor!: number;
  @ApiProperty({ description: 'Of what was captured, what complaints brought back' }) refundedMinor!: number;
  @ApiProperty({ type: ProgressView }) progress!: ProgressView;
  @ApiProperty({ type: [LineView] }) lines!: LineView[];
}

export class ErasureView {
  @ApiProperty() merchantId!: string;
  @ApiProperty({ description: 'The pseudonym that is forgotten' }) buyerKey!: string;
}

export const ADDITION_STATUSES = ['offered', 'accepted', 'declined', 'expired', 'withdrawn'] as const;

/** More units of a good that the order asks for, since demand for it bursts. */
export class AdditionView {
  @ApiProperty() additionId!: string;
  @ApiProperty({ enum: ADDITION_STATUSES, description: '`expired`: nobody answered in time; `withdrawn`: the order ended first' })
  status!: string;
  @ApiProperty({ description: 'The line that it is beside' }) lineId!: string;
  @ApiProperty() sku!: string;
  @ApiProperty({ description: 'Units that are offered' }) quantity!: number;
  @ApiProperty({ description: 'What a unit costs at most, in minor units' }) priceMinor!: number;
  @ApiProperty({ example: 'CNY' }) currency!: string;
  @ApiProperty({ enum: ['burst', 'version-update', 'heat', 'case'] }) because!: string;
  @ApiProperty({ format: 'date-time', description: 'When it lapses' }) expiresAt!: string;
  @ApiPropertyOptional({ description: 'Of an accepted one: the units that were taken' }) accepted?: number;
  @ApiPropertyOptional({ description: 'Of an accepted one: the line that it became' }) addedLineId?: string;
}

export class AdditionsView {
  @ApiProperty({ type: [AdditionView], maxItems: ADDITIONS_MAX }) items!: AdditionView[];
}

export class OrdersView {
  @ApiProperty({ type: [OrderView] }) items!: OrderView[];
  @ApiPropertyOptional({ description: 'The cursor of the next page' }) next?: string;
}

export class TimelineEntryView {
  @ApiProperty() n!: string;
  @ApiProperty({ type: String, nullable: true }) lineId!: string | null;
  @ApiProperty({ format: 'date-time' }) at!: Date;
  @ApiProperty({ example: 'lost' }) what!: string;
  @ApiProperty({ type: String, nullable: true, example: 'out-of-stock' }) reason!: string | null;
  @ApiProperty({ description: 'Who did it', example: 'fact:HoldLost' }) actor!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The event that caused it' }) cause!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The trace id of the request that began it all' }) trace!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'An operator also sees `hub`: offers, suppliers, holds' })
  detail!: object;
}

export class TimelineView {
  @ApiProperty({ type: [TimelineEntryView] }) items!: TimelineEntryView[];
  @ApiPropertyOptional() next?: string;
}

export class MerchantView {
  @ApiProperty() merchantId!: string;
  @ApiProperty() name!: string;
  @ApiProperty() currency!: string;
  @ApiProperty({ enum: ['active', 'suspended'] }) status!: string;
  @ApiPropertyOptional() tier?: string;
  @ApiPropertyOptional({ description: 'Its lines may say `waiveMarginFloor`' }) mayWaiveMarginFloor?: boolean;
}

/** How far others are told is nobody's business here. */
export const merchantView = ({ told: _, ...merchant }: Merchant): MerchantView => merchant;

export class AccountView {
  @ApiProperty() merchantId!: string;
  @ApiProperty() currency!: string;
  @ApiProperty({ description: 'In minor units' }) availableMinor!: number;
  @ApiProperty({ description: 'For running orders, in minor units' }) heldMinor!: number;
}

export class EntryView {
  @ApiProperty() n!: string;
  @ApiProperty({ description: 'The entries of one movement sum to zero' }) movementId!: string;
  @ApiProperty({ type: String, nullable: true }) orderId!: string | null;
  @ApiProperty({ type: String, nullable: true }) lineId!: string | null;
  @ApiProperty({ format: 'date-time' }) at!: Date;
  @ApiProperty({
    enum: ['deposited', 'order-placed', 'line-added', 'units-delivered', 'units-given-up', 'units-repacked', 'complaint-refunded'],
  })
  why!: string;
  @ApiProperty({ type: String, nullable: true }) reference!: string | null;
  @ApiProperty({ enum: ['deposits', 'merchant-available', 'order-held', 'hub-revenue'] }) account!: string;
  @ApiProperty({ description: 'Positive adds to the account' }) amountMinor!: number;
  @ApiProperty() currency!: string;
}

export class EntriesView {
  @ApiProperty({ type: [EntryView] }) items!: EntryView[];
  @ApiPropertyOptional() next?: string;
}

export class KeyView {
  @ApiProperty() keyId!: string;
  @ApiProperty({ enum: ['merchant', 'supplier', 'operator'] }) scope!: string;
  @ApiPropertyOptional() merchantId?: string;
  @ApiPropertyOptional() supplierId?: string;
  @ApiPropertyOptional({ description: 'Shown this once' }) secret?: string;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** `at`: now, in milliseconds, for the estimate of the end. */
export function orderView(order: Order, at: number): OrderView {
  const lines = linesOf(order);
  const { orderId, clientReference, buyer, buyerKey, currency, placedMinor, heldMinor, additions } = order;
  return {
    orderId,
    clientReference,
    status: orderStatusOf(order),
    buyer,
    ...(buyerKey !== undefined && { buyerKey }),
    currency,
    placedAt: iso(order.placedAt),
    ...(additions && { additions }),
    placedMinor,
    heldMinor,
    capturedMinor: lines.reduce((sum, it) => sum + it.capturedMinor, 0),
    releasedMinor: lines.reduce((sum, it) => sum + it.releasedMinor, 0),
    refundedMinor: lines.reduce((sum, it) => sum + (it.refundedMinor ?? 0), 0),
    progress: progressView(lines, at),
    lines: lines.map((it) => lineView(it, at)),
  };
}

function progressView(lines: readonly Line[], at: number): ProgressView {
  const { estimatedEndAt, ...progress } = progressOf(lines, at);
  return { ...progress, ...(estimatedEndAt !== undefined && { estimatedEndAt: iso(estimatedEndAt) }) };
}

function lineView(line: Line, at: number): LineView {
  const { lineId, need, recipient, ordered, maxUnitPriceMinor, substitution, deliverByAt, capturedMinor, releasedMinor } = line;
  const { givenUp, repacked = 0, piecesOf } = line;
  return {
    lineId,
    ...(line.additionId !== undefined && { additionId: line.additionId }),
    ...(piecesOf && { piecesOf }),
    status: statusOf(line),
    need,
    quantity: ordered,
    delivered: deliveredOf(line),
    givenUp: givenUp - repacked,
    ...(repacked > 0 && { repacked }),
    ...(recipient !== undefined && { recipient: masked(recipient) }),
    maxUnitPriceMinor,
    substitution,
    deliverBy: iso(deliverByAt),
    capturedMinor,
    releasedMinor,
    complained: complainedOf(line),
    refundedMinor: line.refundedMinor ?? 0,
    ...(line.marginFloorWaived && { waiveMarginFloor: true }),
    progress: progressView([line], at),
    goods: goodsOf(line),
    consents: openConsents(line).map(({ consentId, sku, quantity, priceMinor, deadlineAt, default: silence }) => ({
      consentId,
      sku,
      quantity,
      priceMinor,
      deadlineAt: iso(deadlineAt),
      default: silence,
    })),
  };
}

/** What was offered to the order, by the time at which it lapses. */
export const additionsView = (order: Order): AdditionsView => ({ items: additionsOf(order).map((it) => additionView(order, it)) });

function additionView(order: Order, addition: Addition): AdditionView {
  const { additionId, lineId, sku, quantity, priceMinor, because, expiresAt, answer, accepted } = addition;
  const added = linesOf(order).find((it) => it.additionId === additionId);
  return {
    additionId,
    status: answer ?? 'offered',
    lineId,
    sku,
    quantity,
    priceMinor,
    currency: order.currency,
    because,
    expiresAt: iso(expiresAt),
    ...(accepted !== undefined && { accepted }),
    ...(added && { addedLineId: added.lineId }),
  };
}

/** Enough for its owner to know it again; of a short one nothing, since its end would be all of it. */
export function masked(recipient: string): string {
  const characters = [...recipient];
  return `***${characters.length > 4 ? characters.slice(-4).join('') : ''}`;
}

/** Ordered one thing, got another: both are said. */
function goodsOf(line: Line): GoodView[] {
  const goods = new Map<string, GoodView>();
  for (const { sku, granted, lost, released, delivered } of Object.values(line.holds)) {
    const kept = granted - lost - released;
    if (kept === 0) continue;
    const now = goods.get(sku) ?? { sku, quantity: 0, delivered: 0 };
    goods.set(sku, { sku, quantity: now.quantity + kept, delivered: now.delivered + delivered });
  }
  return [...goods.values()].sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

/** Takes out what is the hub's own, at any depth. */
export function withoutHub(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutHub);
  if (typeof value !== 'object' || value === null) return value;
  const open = Object.entries(value).filter(([name]) => name !== 'hub');
  return Object.fromEntries(open.map(([name, it]) => [name, withoutHub(it)]));
}
