import { MOVEMENT_KINDS, WRITE_OFFS } from '@midstream/inventory-domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';

export class CountersView {
  @ApiProperty() held!: number;
  @ApiProperty() queued!: number;
  @ApiProperty() inFlight!: number;
  @ApiProperty() accepted!: number;
  @ApiProperty() reported!: number;
  @ApiProperty() settled!: number;
  @ApiProperty() acceptedAtReport!: number;
}

export class OfHoldsView {
  @ApiProperty() held!: number;
  @ApiProperty() inFlight!: number;
}

export class DifferenceView {
  @ApiProperty() offerId!: string;
  @ApiProperty({ type: CountersView, description: 'What the offer counted' }) seen!: CountersView;
  @ApiProperty({ type: CountersView, description: 'What its movements add up to' }) rebuilt!: CountersView;
  @ApiProperty({ type: OfHoldsView, description: 'What its holds add up to' }) ofHolds!: OfHoldsView;
  @ApiProperty({ description: 'The counters were set to the ledger. False: ledger and holds differ, and a person must look' })
  repaired!: boolean;
  @ApiProperty({ format: 'date-time' }) foundAt!: string;
}

export class DifferencePage {
  @ApiProperty({ type: [DifferenceView], description: 'Newest first' }) items!: DifferenceView[];
}

export class StockBooksView {
  @ApiProperty({ description: 'Offers compared' }) offers!: number;
  @ApiProperty() differences!: number;
  @ApiProperty() repaired!: number;
}

export class MovementView {
  @ApiProperty({ description: 'Grows with time' }) movementId!: string;
  @ApiProperty({ enum: MOVEMENT_KINDS }) kind!: string;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'Whose units they are' }) holdId!: string | null;
  @ApiProperty() units!: number;
  @ApiProperty({ description: 'What it adds to held' }) held!: number;
  @ApiProperty({ description: 'What it adds to in flight' }) inFlight!: number;
  @ApiProperty({ description: 'What the supplier took from its stock for us' }) accepted!: number;
  @ApiPropertyOptional({ type: Number, nullable: true, description: 'Of a report: the figure' }) reported!: number | null;
  @ApiPropertyOptional({ type: Number, nullable: true, description: 'Of a report: what of the accepted it has in it' }) settled!:
    number | null;
  @ApiPropertyOptional({
    enum: WRITE_OFFS,
    description: 'Why units were written off: they have expired, or come so near to it that they are no longer sold',
  })
  reason?: string;
  @ApiProperty({ format: 'date-time' }) at!: string;
}

export class MovementPage {
  @ApiProperty({ type: [MovementView], description: 'Newest first' }) items!: MovementView[];
}

export class MovementQuery {
  @ApiPropertyOptional({ description: 'Movements before this one: the `movementId` of the last one of the page before' })
  @IsOptional()
  @Matches(/^[0-9]{1,18}$/)
  before?: string;
}
