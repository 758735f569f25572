import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TextView } from '../cards/views';

export class CaseView {
  @ApiProperty() caseId!: string;
  @ApiProperty({ enum: ['orders', 'curated'] }) origin!: string;
  @ApiProperty() industry!: string;
  @ApiProperty() scenario!: string;
  @ApiProperty({ enum: ['retail', 'enterprise'] }) segment!: string;
  @ApiPropertyOptional({ description: 'Of the buyers, as their backends name it; of orders' }) tier?: string;
  @ApiProperty({ example: 'CN' }) region!: string;
  @ApiProperty() category!: string;
  @ApiProperty({ type: [String] }) skus!: string[];
  @ApiProperty({ description: 'Units of a line; of orders, the power of ten' }) quantity!: number;
  @ApiProperty({ description: 'Of a unit, in minor units; of orders, its first figure' }) priceMinor!: number;
  @ApiProperty({ description: 'How many orders stand behind it; 0 for a curated one' }) orders!: number;
  @ApiProperty({ description: 'Share of the ordered units that were delivered' }) delivered!: number;
  @ApiPropertyOptional({ type: TextView }) title?: TextView;
  @ApiPropertyOptional({ type: TextView }) story?: TextView;
  @ApiPropertyOptional({ description: '0 to 1, to what was searched for' }) similarity?: number;
}

export class CasesView {
  @ApiProperty({ type: [CaseView] }) items!: CaseView[];
  @ApiProperty({ description: 'Cases of too few orders to be shown' }) withheld!: number;
}
