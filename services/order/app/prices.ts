import { priceFor, type Products } from '@midstream/order-domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';

const SKUS_MAX = 200;

export class PricesQuery {
  @ApiProperty({ description: `SKUs, ${SKUS_MAX} at most, with commas between`, example: 'video-vip-month,star-card-100' })
  @Matches(new RegExp(`^[A-Za-z0-9._-]{1,80}(,[A-Za-z0-9._-]{1,80}){0,${SKUS_MAX - 1}}$`), {
    message: `sku is 1 to ${SKUS_MAX} SKUs with commas between`,
  })
  sku!: string;
}

export class PriceView {
  @ApiProperty() sku!: string;
  @ApiProperty({ description: 'Of a unit, in minor units' }) priceMinor!: number;
  @ApiProperty() currency!: string;
}

export class PricesView {
  @ApiPropertyOptional({ description: 'The merchant’s tier; absent: none' }) tier?: string;
  @ApiProperty({ type: [PriceView] }) items!: PriceView[];
  @ApiPropertyOptional({ type: [String], description: 'SKUs that are not known, or not on sale' }) unknown?: string[];
}

export function pricesView(skus: readonly string[], products: Products, tier: string | undefined): PricesView {
  const items: PriceView[] = [];
  const unknown: string[] = [];
  for (const sku of new Set(skus)) {
    const product = products.get(sku);
    if (product?.listed) items.push({ sku, priceMinor: priceFor(product, tier), currency: product.currency });
    else unknown.push(sku);
  }
  return { ...(tier !== undefined && { tier }), items, ...(unknown.length > 0 && { unknown }) };
}
