import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class BurstView {
  @ApiProperty({ format: 'date-time' }) since!: string;
  @ApiProperty({ format: 'date-time', description: 'Unless demand goes on' }) until!: string;
  @ApiProperty({ description: 'Times what was to be expected' }) factor!: number;
}

/** How hot a good is. Everybody who orders may know. */
export class HeatView {
  @ApiProperty() sku!: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) name!: object;
  @ApiProperty() category!: string;
  @ApiProperty({ description: 'Where its trend stands in its category, 0 to 100' }) heat!: number;
  @ApiProperty({ description: 'log2 of the last hour over the last week: 1 is twice the usual interest' }) trend!: number;
  @ApiProperty({ description: 'Where its weekly demand stands in its category, 0 to 100' }) popularity!: number;
  @ApiPropertyOptional({ type: BurstView }) burst?: BurstView;
}

/** With what it is made of, for the hub's own people. */
export class OperatorHeatView extends HeatView {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    description: 'Weighted orders an hour: of the last hour, of the last week',
  })
  perHour!: object;
  @ApiProperty({ type: 'array', items: { type: 'object' } }) prices!: readonly object[];
  @ApiProperty({ type: 'array', items: { type: 'object' } }) updates!: readonly object[];
  @ApiProperty({ type: 'array', items: { type: 'object' } }) channels!: readonly object[];
}

export class HeatsView {
  @ApiProperty({ format: 'date-time' }) asOf!: string;
  @ApiProperty({ type: 'array', items: { type: 'object' }, description: 'The hottest first' }) items!: HeatView[];
}

export class SignalView {
  @ApiProperty() signalId!: string;
  @ApiProperty() kind!: string;
  @ApiProperty({ type: [String], description: 'The goods that it is about' }) skus!: string[];
}
