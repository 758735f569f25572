import { IsAttributes, IsCurrency, IsId, IsInstant, IsText } from '@midstream/runtime';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ATTRIBUTES_MAX,
  CONSENT_MAX_MS,
  CONSENT_MIN_MS,
  DEPOSIT_MAX_MINOR,
  LINES_MAX,
  QUANTITY_MAX,
  UNIT_PRICE_MAX_MINOR,
} from '@midstream/order-domain';
import { RECIPIENT_MAX, SUBSTITUTION_STEPS, type SubstitutionUpTo } from '@midstream/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';

const REGION = /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/;

export class NeedDto {
  @ApiPropertyOptional({ example: 'video-vip-month' })
  @IsOptional()
  @IsId(80)
  sku?: string;

  @ApiPropertyOptional({ example: 'game-card', description: 'Where no SKU is named: any product of this category' })
  @IsOptional()
  @IsText(40)
  category?: string;

  @ApiPropertyOptional({ example: 10000 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(UNIT_PRICE_MAX_MINOR)
  faceValueMinor?: number;

  @ApiPropertyOptional({
    example: { game: 'star-sea', gameRegion: 'CN' },
    maxProperties: ATTRIBUTES_MAX,
    type: 'object',
    additionalProperties: { type: 'string' },
  })
  @IsOptional()
  @IsAttributes(ATTRIBUTES_MAX)
  attributes?: Record<string, string>;
}

export class SubstitutionDto {
  @ApiPropertyOptional({
    enum: SUBSTITUTION_STEPS,
    default: 'other-supplier',
    description:
      'How far it may go, each step with those before it; `repack`: pieces of the same brand that come to the same face value, two of 50 for one of 100',
  })
  @IsOptional()
  @IsIn(SUBSTITUTION_STEPS)
  upTo?: SubstitutionUpTo;

  @ApiPropertyOptional({ enum: ['pre-approved', 'ask'], default: 'ask', description: 'Asked only where the product changes' })
  @IsOptional()
  @IsIn(['pre-approved', 'ask'])
  consent?: 'pre-approved' | 'ask';

  @ApiPropertyOptional({ enum: ['refund', 'accept'], default: 'refund', description: 'What silence means' })
  @IsOptional()
  @IsIn(['refund', 'accept'])
  consentDefault?: 'refund' | 'accept';

  @ApiPropertyOptional({ default: 900000, description: 'How long a question waits, milliseconds' })
  @IsOptional()
  @IsInt()
  @Min(CONSENT_MIN_MS)
  @Max(CONSENT_MAX_MS)
  consentMs?: number;

  @ApiPropertyOptional({ format: 'date-time', description: 'How long to wait for a restock; not at all where it is left out' })
  @IsOptional()
  @IsInstant()
  waitUntil?: string;
}

export class LineDto {
  @ApiProperty({ example: '1' })
  @IsId(40)
  lineId!: string;

  @ApiProperty({ type: NeedDto })
  @IsObject()
  @ValidateNested()
  @Type(() => NeedDto)
  need!: NeedDto;

  @ApiProperty({ minimum: 1, maximum: QUANTITY_MAX })
  @IsInt()
  @Min(1)
  @Max(QUANTITY_MAX)
  quantity!: number;

  @ApiProperty({
    example: 2600,
    description: 'The dearest that a unit may be, in minor units; it is held until the unit is delivered or given up',
  })
  @IsInt()
  @Min(0)
  @Max(UNIT_PRICE_MAX_MINOR)
  maxUnitPriceMinor!: number;

  @ApiProperty({ example: 'CNY' })
  @IsCurrency()
  currency!: string;

  @ApiPropertyOptional({
    example: '13800000000',
    minLength: 1,
    maxLength: RECIPIENT_MAX,
    description: 'The account that a top-up goes to, and what the product says that it is; needed for top-ups, refused for card codes',
  })
  @IsOptional()
  @IsText(RECIPIENT_MAX)
  recipient?: string;

  @ApiPropertyOptional({ type: SubstitutionDto })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => SubstitutionDto)
  substitution?: SubstitutionDto;

  @ApiPropertyOptional({ format: 'date-time', description: '24 h after placing where it is left out' })
  @IsOptional()
  @IsInstant()
  deliverBy?: string;

  @ApiPropertyOptional({
    default: false,
    description:
      'Do without the margin that the hub insists on: a unit may cost as much as its price, never more. Your price stays as it is. For merchants whom the hub lets (`mayWaiveMarginFloor`); it is kept with the line, in its timeline and with every purchase',
  })
  @IsOptional()
  @IsBoolean()
  waiveMarginFloor?: boolean;
}

export class BuyerDto {
  @ApiProperty({ example: 'b-77', description: 'Your own name for the buyer: no personal data' })
  @IsText(80)
  reference!: string;

  @ApiProperty({ example: 'CN-31', description: 'ISO 3166' })
  @Matches(REGION)
  region!: string;

  @ApiPropertyOptional({ enum: ['retail', 'enterprise'], default: 'retail' })
  @IsOptional()
  @IsIn(['retail', 'enterprise'])
  segment?: 'retail' | 'enterprise';

  @ApiPropertyOptional({ default: 'standard' })
  @IsOptional()
  @IsText(40)
  tier?: string;

  @ApiPropertyOptional({ default: 'general', example: 'gaming' })
  @IsOptional()
  @IsText(40)
  scenario?: string;
}

export class AdditionsDto {
  @ApiProperty({ example: 2600, description: 'The dearest that a unit may be that is proposed, in minor units' })
  @IsInt()
  @Min(0)
  @Max(UNIT_PRICE_MAX_MINOR)
  maxUnitPriceMinor!: number;

  @ApiProperty({ minimum: 1, maximum: QUANTITY_MAX, description: 'Units that may be proposed in all' })
  @IsInt()
  @Min(1)
  @Max(QUANTITY_MAX)
  maxQuantity!: number;
}

export class AcceptAdditionDto {
  @ApiPropertyOptional({
    minimum: 1,
    maximum: QUANTITY_MAX,
    description: 'Fewer units than were offered; all of them where it is left out',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(QUANTITY_MAX)
  quantity?: number;
}

export class PlaceOrderDto {
  @ApiProperty({ example: 'm-1001' })
  @IsText(80)
  clientReference!: string;

  @ApiProperty({ type: BuyerDto })
  @IsObject()
  @ValidateNested()
  @Type(() => BuyerDto)
  buyer!: BuyerDto;

  @ApiProperty({ type: [LineDto], maxItems: LINES_MAX })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(LINES_MAX)
  @ValidateNested({ each: true })
  @Type(() => LineDto)
  lines!: LineDto[];

  @ApiPropertyOptional({
    type: AdditionsDto,
    description: 'Lets more units of its goods be proposed while the order runs and demand bursts; without it nothing is proposed',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => AdditionsDto)
  additions?: AdditionsDto;
}

export class ConsentDto {
  @ApiProperty({ description: 'Of the question that is answered' })
  @IsText(300)
  consentId!: string;

  @ApiProperty({ enum: ['yes', 'no'] })
  @IsIn(['yes', 'no'])
  answer!: 'yes' | 'no';
}

export class OrdersQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 20 })
  @IsOptional()
  @Matches(/^([1-9]\d?|100)$/, { message: 'limit must be a number from 1 to 100' })
  limit?: string;

  @ApiPropertyOptional({ description: '`next` of the page before' })
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{1,300}$/)
  cursor?: string;

  @ApiPropertyOptional({ enum: ['running', 'completed', 'partially-completed', 'unfillable', 'cancelled'] })
  @IsOptional()
  @IsIn(['running', 'completed', 'partially-completed', 'unfillable', 'cancelled'])
  status?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsText(80)
  clientReference?: string;
}

export class PageQuery {
  @ApiPropertyOptional({ description: '`next` of the page before' })
  @IsOptional()
  @Matches(/^\d{1,18}$/, { message: 'after must be the `next` of a page' })
  after?: string;
}

export class PutMerchantDto {
  @ApiProperty()
  @IsText(200)
  name!: string;

  @ApiProperty({ example: 'CNY' })
  @IsCurrency()
  currency!: string;

  @ApiPropertyOptional({ default: false })
  @IsOptional()
  @IsBoolean()
  suspended?: boolean;

  @ApiPropertyOptional({ example: 'gold', description: 'What mark-up rules call its like; absent: none, it pays what everybody pays' })
  @IsOptional()
  @Matches(/^[a-z0-9-]{1,40}$/)
  tier?: string;

  @ApiPropertyOptional({
    default: false,
    description: 'Its lines may say `waiveMarginFloor`: the hub then buys for them at up to the price that it sells at',
  })
  @IsOptional()
  @IsBoolean()
  mayWaiveMarginFloor?: boolean;
}

export class DepositDto {
  @ApiProperty({ example: 1000000 })
  @IsInt()
  @Min(1)
  @Max(DEPOSIT_MAX_MINOR)
  amountMinor!: number;

  @ApiProperty({ example: 'CNY' })
  @IsCurrency()
  currency!: string;

  @ApiPropertyOptional({ description: 'Of the payment, for the books' })
  @IsOptional()
  @IsText(80)
  reference?: string;
}

export class EraseBuyerDto {
  @ApiProperty({ example: 'b-77', description: 'As in `buyer.reference` of orders' })
  @IsText(80)
  reference!: string;

  @ApiPropertyOptional({ description: 'Whose buyer it is; of a merchant’s own key it is the merchant' })
  @IsOptional()
  @IsId(80)
  merchantId?: string;
}

export class CreateKeyDto {
  @ApiProperty({ enum: ['merchant', 'supplier', 'operator'] })
  @IsIn(['merchant', 'supplier', 'operator'])
  scope!: 'merchant' | 'supplier' | 'operator';

  @ApiPropertyOptional()
  @IsOptional()
  @IsId(80)
  merchantId?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsId(80)
  supplierId?: string;
}
