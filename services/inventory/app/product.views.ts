import { FULFILMENT_KINDS } from '@midstream/contracts';
import type { Product } from '@midstream/inventory-domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { NameDto } from './supply.dto';

export class ProductView {
  @ApiProperty() sku!: string;
  @ApiProperty() version!: number;
  @ApiProperty({ type: NameDto }) name!: { readonly zh: string; readonly en: string };
  @ApiProperty() category!: string;
  @ApiProperty({ enum: FULFILMENT_KINDS }) fulfilmentKind!: string;
  @ApiProperty({ description: 'In minor units' }) faceValueMinor!: number;
  @ApiProperty({ description: 'In minor units. What a merchant of a tier pays: `GET /v1/accounts/{merchantId}/prices`' })
  priceMinor!: number;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'What merchants of a tier pay instead, by the mark-up rules; for operators',
  })
  tierPrices?: Readonly<Record<string, number>>;
  @ApiPropertyOptional({ enum: ['rule'], description: 'As it was put; for operators' }) priceBy?: string;
  @ApiPropertyOptional({ description: 'As it was put, in ten-thousandths of the price; for operators' }) marginFloorBp?: number;
  @ApiProperty() currency!: string;
  @ApiProperty({ type: [String] }) regions!: readonly string[];
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) attributes!: Readonly<Record<string, string>>;
  @ApiProperty() listed!: boolean;
}

export class ProductPage {
  @ApiProperty({ type: [ProductView], description: 'In the order of their SKUs' }) items!: ProductView[];
  @ApiPropertyOptional({ description: 'Ask for the next page with it as `after`' }) next?: string;
}

/** The margin that the hub insists on, how its prices are made, and what others pay is the hub's own: no merchant and no supplier sees it. */
export const productView = (
  { offerIds: _, channels: __, marginFloorBp, ruled, tierPrices, ...product }: Product,
  isHub = false,
): ProductView => ({ ...product, ...(isHub && hubs({ marginFloorBp, ruled, tierPrices })) });

/** With these a product can be put again as it was read. */
const hubs = ({ marginFloorBp, ruled, tierPrices }: { readonly [Name in 'marginFloorBp' | 'ruled' | 'tierPrices']: Product[Name] }) => ({
  ...(tierPrices && { tierPrices }),
  ...(ruled?.follows && { priceBy: 'rule' }),
  ...(marginFloorBp !== undefined && { marginFloorBp }),
});
