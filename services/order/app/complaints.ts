import { COMPLAINT_OUTCOMES, COMPLAINT_REASONS } from '@midstream/contracts';
import { type Complaint, COMPLAINTS_MAX, complaintsOf, type Line, linesOf, type Order, QUANTITY_MAX, rowOf } from '@midstream/order-domain';
import { IsSku, IsText } from '@midstream/runtime';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';

const NOTE_MAX = 1_000;

export class FileComplaintDto {
  @ApiProperty({ minimum: 1, maximum: QUANTITY_MAX, description: 'Delivered units that were not complained of yet' })
  @IsInt()
  @Min(1)
  @Max(QUANTITY_MAX)
  units!: number;

  @ApiProperty({ enum: COMPLAINT_REASONS })
  @IsIn(COMPLAINT_REASONS)
  reason!: Complaint['reason'];

  @ApiPropertyOptional({ example: 'music-vip-month', description: 'Which of the line’s goods; left out: those that came last' })
  @IsOptional()
  @IsSku()
  sku?: string;

  @ApiPropertyOptional({
    maxLength: NOTE_MAX,
    description: 'The buyer’s own words: kept here only, and taken away with what is known of him',
  })
  @IsOptional()
  @IsText(NOTE_MAX)
  note?: string;
}

export class ResolveComplaintDto {
  @ApiProperty({ enum: COMPLAINT_OUTCOMES })
  @IsIn(COMPLAINT_OUTCOMES)
  outcome!: NonNullable<Complaint['outcome']>;

  @ApiPropertyOptional({
    minimum: 0,
    description: 'At most what was captured for the units, in minor units; all of it where it is left out',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  refundMinor?: number;
}

export class ComplainedGoodView {
  @ApiProperty() sku!: string;
  @ApiProperty() units!: number;
}

export class ComplaintView {
  @ApiProperty() complaintId!: string;
  @ApiProperty() orderId!: string;
  @ApiProperty() lineId!: string;
  @ApiProperty({ enum: ['open', ...COMPLAINT_OUTCOMES] }) status!: string;
  @ApiProperty() units!: number;
  @ApiProperty({ enum: COMPLAINT_REASONS }) reason!: string;
  @ApiProperty({ type: [ComplainedGoodView] }) goods!: ComplainedGoodView[];
  @ApiProperty({ format: 'date-time' }) filedAt!: string;
  @ApiPropertyOptional({ description: 'Of an answered one: what came back, in minor units' }) refundMinor?: number;
  @ApiProperty({ example: 'CNY' }) currency!: string;
  @ApiPropertyOptional({ description: 'The buyer’s own words, where there were any and he is not forgotten; in lists only' }) note?: string;
}

export class ComplaintsView {
  @ApiProperty({ type: [ComplaintView], maxItems: COMPLAINTS_MAX }) items!: ComplaintView[];
}

export class OpenComplaintView extends ComplaintView {
  @ApiProperty() merchantId!: string;
}

export class OpenComplaintsView {
  @ApiProperty({ type: [OpenComplaintView] }) items!: OpenComplaintView[];
  @ApiPropertyOptional({ description: 'The `after` of the next page' }) next?: string;
}

/** The order's complaints, line by line, the oldest first. `notes`: what buyers said, by complaint. */
export const complaintsView = (order: Order, notes: ReadonlyMap<string, string> = new Map()): ComplaintView[] =>
  linesOf(order).flatMap((line) => complaintsOf(line).map((it) => complaintView(order, line, it, notes.get(it.complaintId))));

function complaintView({ orderId, currency }: Order, line: Line, complaint: Complaint, note: string | undefined): ComplaintView {
  const { complaintId, units, reason, from, filedAt, outcome, refundedMinor } = complaint;
  const goods = new Map<string, number>();
  for (const it of from) {
    const { sku } = rowOf(line.holds, it.holdId);
    goods.set(sku, (goods.get(sku) ?? 0) + it.units);
  }
  return {
    complaintId,
    orderId,
    lineId: line.lineId,
    status: outcome ?? 'open',
    units,
    reason,
    goods: [...goods].map(([sku, of]) => ({ sku, units: of })),
    filedAt: new Date(filedAt).toISOString(),
    ...(refundedMinor !== undefined && { refundMinor: refundedMinor }),
    currency,
    ...(note !== undefined && { note }),
  };
}
