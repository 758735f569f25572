import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PURCHASE_STATUSES } from '@midstream/inventory-domain';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, MaxLength, Min } from 'class-validator';

export const SKU = /^[A-Za-z0-9._-]{1,80}$/;
/** No `~` and no `/`: an offer's id is taken apart at the one, a hold's at the other. 40: a delivery's id, made of all of them, stays under 200. */
const SUPPLIER = /^[A-Za-z0-9._-]{1,40}$/;

export class SkuParam {
  @ApiProperty() @Matches(SKU) sku!: string;
}

export class SupplierParam {
  @ApiProperty() @Matches(SUPPLIER) supplierId!: string;
}

export class OfferParam {
  @ApiProperty() @Matches(SUPPLIER) supplierId!: string;
  @ApiProperty() @Matches(SKU) sku!: string;
}

export class ProcurementParam {
  @ApiProperty({ description: 'Percent-encoded: it has slashes' }) @Matches(/^[A-Za-z0-9._~:/-]{1,300}$/) procurementId!: string;
}

export class DeliveryParam {
  @ApiProperty() @Matches(/^[A-Za-z0-9._~:/-]{1,300}$/) deliveryId!: string;
}

export class StockStreamQuery {
  @ApiPropertyOptional({ description: 'One SKU, or up to 200 with commas between', example: 'video-vip-month' })
  @IsOptional()
  @IsString()
  sku?: string;
  @ApiPropertyOptional({ example: 'game-card', description: 'In place of `sku`' }) @IsOptional() @IsString() category?: string;
  @ApiPropertyOptional({ example: 'CN-31', description: 'Where the buyer is; without it: anywhere' })
  @IsOptional()
  @IsString()
  region?: string;
}

export class StockQuery extends StockStreamQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: 200, default: 200, description: 'Of a category: SKUs a page' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;
  @ApiPropertyOptional({ description: 'The `next` of the page before' }) @IsOptional() @IsString() @MaxLength(200) after?: string;
}

class ListQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: 200, default: 200 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;
}

export class ProductQuery extends ListQuery {
  @ApiPropertyOptional({ example: 'game-card' }) @IsOptional() @IsString() @MaxLength(40) category?: string;
  @ApiPropertyOptional({ description: 'The `next` of the page before' }) @IsOptional() @Matches(SKU) after?: string;
}

export class SupplierQuery extends ListQuery {
  @ApiPropertyOptional({ description: 'The `next` of the page before' }) @IsOptional() @Matches(SUPPLIER) after?: string;
}

export class ProcurementQuery {
  @ApiPropertyOptional() @IsOptional() @Matches(SUPPLIER) supplierId?: string;
  @ApiPropertyOptional({ enum: PURCHASE_STATUSES })
  @IsOptional()
  @IsIn(PURCHASE_STATUSES)
  status?: string;
  @ApiPropertyOptional({ enum: ['true'], description: 'Only those past the time by which the buyer was to have them: an operator’s cases' })
  @IsOptional()
  @IsIn(['true'])
  overdue?: 'true';
  @ApiPropertyOptional({ description: 'The `next` of the page before' }) @IsOptional() @MaxLength(600) after?: string;
}

export class DeliveryQuery {
  @ApiProperty() @Matches(/^[A-Za-z0-9._~:-]{1,100}$/) orderId!: string;
}

export class RevealDto {
  @ApiProperty({ description: 'Why it is revealed; kept in the audit trail', example: 'The buyer opens the order' })
  @IsString()
  @Length(1, 200)
  @Matches(/\S/, { message: 'reason must say something' })
  reason!: string;
}

export class ReconcileDto {
  @ApiProperty({
    enum: ['ask', 'write-off'],
    description: '`ask`: ask the supplier now. `write-off`: release the units to the buyer; what still comes of them is the hub’s',
  })
  @IsIn(['ask', 'write-off'])
  action!: 'ask' | 'write-off';
  @ApiPropertyOptional({
    description:
      'With `ask`, of suppliers that know their own numbers only: what their book calls it; while the outcome is open it may be corrected',
    maxLength: 100,
  })
  @IsOptional()
  @Matches(/^[A-Za-z0-9._:-]{1,100}$/)
  supplierOrderNo?: string;
}
