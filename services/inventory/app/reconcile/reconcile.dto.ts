import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsISO8601, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import { DIFFERENCES } from './compare';

export class StartReconciliationDto {
  @ApiPropertyOptional({ format: 'date-time', description: 'Purchases made since then; a day ago, where absent' })
  @IsOptional()
  @IsISO8601({ strict: true })
  from?: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'And before then; now, where absent' })
  @IsOptional()
  @IsISO8601({ strict: true })
  until?: string;
}

export class ReconciliationParam {
  @ApiProperty() @Matches(/^[A-Za-z0-9._-]{1,40}$/) supplierId!: string;
  @ApiProperty({ format: 'uuid' }) @IsUUID() reconciliationId!: string;
}

export class DifferenceParam extends ReconciliationParam {
  @ApiProperty() @Matches(/^[1-9]\d{0,17}$/) itemId!: string;
}

export const SETTLEMENTS = ['ask', 'write-off', 'accept'] as const;

export class SettleDto {
  @ApiProperty({
    enum: SETTLEMENTS,
    description:
      '`ask`: the supplier is asked for the outcome. `write-off`: as on the procurement order. `accept`: settled outside, with a note',
  })
  @IsIn(SETTLEMENTS)
  action!: (typeof SETTLEMENTS)[number];
  @ApiProperty({ example: 'Credit note 17 of the supplier' })
  @IsString()
  @Length(1, 300)
  @Matches(/\S/, { message: 'note must say something' })
  note!: string;
}

export class DifferenceView {
  @ApiProperty() itemId!: string;
  @ApiProperty() procurementId!: string;
  @ApiProperty({ enum: DIFFERENCES }) kind!: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) ours!: object;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'Absent: it is in no book there' }) theirs?: object;
  @ApiPropertyOptional({ enum: ['asked', 'written-off', 'accepted'] }) resolution?: string;
  @ApiPropertyOptional() note?: string;
  @ApiPropertyOptional({ format: 'date-time' }) resolvedAt?: string;
}

export class ReconciliationView {
  @ApiProperty({ format: 'uuid' }) reconciliationId!: string;
  @ApiProperty() supplierId!: string;
  @ApiProperty({ format: 'date-time', description: 'Later than was asked for where older ones were left out' }) from!: string;
  @ApiProperty({ format: 'date-time' }) until!: string;
  @ApiProperty({ enum: ['running', 'ended', 'failed'] }) status!: string;
  @ApiProperty({ description: 'Purchases looked at' }) compared!: number;
  @ApiProperty({ description: 'Older purchases of the window that were too many: compare them with `until` as this `from`' })
  leftOut!: number;
  @ApiPropertyOptional() error?: string;
  @ApiProperty({ description: 'Purchases that differ' }) differing!: number;
  @ApiProperty({ type: [DifferenceView], description: 'The first 500 of them, those that are open first' }) differences!: DifferenceView[];
}

export class ReconciliationPage {
  @ApiProperty({ type: [ReconciliationView] }) items!: ReconciliationView[];
}
