import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches, MaxLength } from 'class-validator';
import { SKU } from './params.dto';

export class TurnoverQuery {
  @ApiPropertyOptional() @IsOptional() @Matches(SKU) sku?: string;
  @ApiPropertyOptional() @IsOptional() @Matches(/^[A-Za-z0-9._-]{1,40}$/) supplierId?: string;
  @ApiPropertyOptional({ description: 'The `next` of the page before' }) @IsOptional() @MaxLength(300) after?: string;
}

/** How long a vault's codes lie, and what that ties up. Days are of 24 hours; money is by the offer's cost of one unit. */
export class TurnoverView {
  @ApiProperty() offerId!: string;
  @ApiProperty() supplierId!: string;
  @ApiProperty() sku!: string;
  @ApiProperty() currency!: string;
  @ApiProperty({ description: 'Codes that no unit has' }) units!: number;
  @ApiProperty({ description: 'Their mean age since they came' }) ageDays!: number;
  @ApiProperty() oldestDays!: number;
  @ApiProperty({ description: 'Delivered a day, over 28 days or since the vault’s first movement' }) perDay!: number;
  @ApiPropertyOptional({ description: 'For how long the codes last at that speed; absent where none was sold' }) coverDays?: number;
  @ApiProperty({ description: 'Capital bound, in minor units' }) capitalMinor!: number;
  @ApiProperty({
    description:
      'Codes whose sale ends, `marginDays` before they expire, before they are sold: at that speed and in the order of their expiry',
  })
  expiringUnits!: number;
  @ApiProperty({ description: 'Capital at risk: what these have cost, in minor units' }) expiringMinor!: number;
  @ApiPropertyOptional({ format: 'date-time', description: 'When the sale of the first of its codes ends; absent: none expires' })
  nextSellUntil?: string;
  @ApiProperty({ description: 'Written off so far, unsold' }) writtenOffUnits!: number;
  @ApiProperty({ description: 'What these have cost, in minor units' }) writtenOffMinor!: number;
  @ApiProperty({ description: 'Of the written off: those that could still be redeemed, and were too near their expiry to be sold' })
  withdrawnUnits!: number;
}

export class TurnoverPage {
  @ApiProperty({ type: [TurnoverView] }) items!: TurnoverView[];
  @ApiPropertyOptional() next?: string;
}
