import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ListedGood } from '../views';

/** What becomes of a line whose supply fails, for the merchant whose line it is: goods, and no supplier. */
export class PlanView {
  @ApiProperty() orderId!: string;
  @ApiProperty() lineId!: string;
  @ApiProperty({ description: 'The decision that the plan comes from' }) decisionId!: string;
  @ApiProperty({ format: 'date-time' }) decidedAt!: string;
  @ApiProperty({ type: [ListedGood], description: 'What would be tried next, in this order; one entry a source' }) goods!: ListedGood[];
  @ApiProperty({ description: 'At least one of them comes from another source than the first' }) independent!: boolean;
  @ApiProperty({ type: 'string', nullable: true, enum: ['无独立后备', null], description: 'Set where there is no independent fallback' })
  flag!: '无独立后备' | null;
  @ApiProperty({ description: 'Stock, price or compliance has moved since; the plan has been through the gates again' }) stale!: boolean;
  @ApiProperty({ description: 'Nothing independent was left of it: planned anew from the market of now' }) renewed!: boolean;
}

export class OperatorPlanView extends PlanView {
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'The offer that serves the line first' }) first?: object;
  @ApiProperty({
    type: 'array',
    items: { type: 'object' },
    description: 'The offers in reserve, with source and version, and the gate that stops one today',
  })
  steps!: readonly object[];
}

export class BelievedView {
  @ApiProperty({ minimum: 0, maximum: 1 }) mean!: number;
  @ApiProperty({ minimum: 0, maximum: 1, description: '5 % quantile, or the mean where that is lower' }) low!: number;
  @ApiProperty({ minimum: 0, maximum: 1, description: '95 % quantile, or the mean where that is higher' }) high!: number;
  @ApiProperty({ description: 'Trials that it rests on; what is old counts less' }) trials!: number;
}

/** What the hub has learnt of a supplier. */
export class ScorecardView {
  @ApiProperty() supplierId!: string;
  @ApiProperty({ type: BelievedView, description: 'P(an attempt delivers), while it is up and has stock' }) fill!: BelievedView;
  @ApiProperty({ type: BelievedView }) complaint!: BelievedView;
  @ApiProperty({ type: BelievedView }) repurchase!: BelievedView;
  @ApiProperty({ type: BelievedView }) invalidCode!: BelievedView;
  @ApiProperty({ description: 'Expected time of an answer, milliseconds' }) responseMs!: number;
  @ApiProperty({ minimum: 0, maximum: 1, description: 'P(it is up now)' }) up!: number;
  @ApiProperty({ description: "Nothing has been heard of it yet: these are the market's numbers" }) withoutHistory!: boolean;
  @ApiProperty() offers!: number;
  @ApiProperty() openOffers!: number;
}
