import { FULFILMENT_KINDS } from '@midstream/contracts';
import { UNITS_MAX } from '@midstream/inventory-domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { IsCurrency, IsRegion } from './currency';
import { KINDS } from './adapters';
import { IsAttributes } from './attributes';
import { IsInstant } from './instants';
import { SKU } from './params.dto';
import { POLL_EVERY_MS } from './poll/poll';

export const LEAD_TIME_MS_MAX = 7 * 86_400_000;

export class NameDto {
  @ApiProperty({ maxLength: 200 }) @IsString() @Length(1, 200) zh!: string;
  @ApiProperty({ maxLength: 200 }) @IsString() @Length(1, 200) en!: string;
}

export class PutProductDto {
  @ApiProperty() @ValidateNested() @Type(() => NameDto) @IsObject() name!: NameDto;
  @ApiProperty({ example: 'video-membership' }) @Matches(/^[a-z0-9-]{1,40}$/) category!: string;
  @ApiProperty({ enum: FULFILMENT_KINDS }) @IsIn(FULFILMENT_KINDS) fulfilmentKind!: (typeof FULFILMENT_KINDS)[number];
  @ApiProperty({ description: 'In minor units' }) @IsInt() @Min(0) @Max(Number.MAX_SAFE_INTEGER) faceValueMinor!: number;
  @ApiPropertyOptional({
    enum: ['rule'],
    description:
      'The price follows the mark-up rule of its category: cost of the cheapest open offer and mark-up, derived anew each time. Without a rule or a cost it stays. Absent: `priceMinor` is the price',
  })
  @IsOptional()
  @IsIn(['rule'])
  priceBy?: 'rule';
  @ApiProperty({ description: 'The hub’s price to merchants, in minor units; with `priceBy`, until a cost is known' })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  priceMinor!: number;
  @ApiProperty({ example: 'CNY' }) @IsCurrency() currency!: string;
  @ApiProperty({ type: [String], example: ['CN'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(300)
  @IsRegion({ each: true })
  regions!: string[];
  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' } }) @IsOptional() @IsAttributes() attributes?: Record<
    string,
    string
  >;
  @ApiPropertyOptional({
    description:
      'What must be left of the price after the cost, in ten-thousandths of it (500: 5 %). Nothing dearer is held or bought; 0 or absent: the hub may sell at cost',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(9_999)
  marginFloorBp?: number;
  @ApiPropertyOptional({ default: true }) @IsOptional() @IsBoolean() listed?: boolean;
}

export class PutSupplierDto {
  @ApiProperty() @ValidateNested() @Type(() => NameDto) @IsObject() name!: NameDto;
  @ApiProperty({ enum: KINDS, description: 'How we speak with it: an adapter’s name. It stays a vault, or stays bought from' })
  @IsIn(KINDS)
  kind!: (typeof KINDS)[number];
  @ApiProperty({ description: 'Suppliers that share one real source' }) @Matches(/^[A-Za-z0-9._-]{1,80}$/) upstreamGroup!: string;
  @ApiPropertyOptional({ description: 'Where it speaks its protocol; `http` and `acg-faka` need one' })
  @IsOptional()
  @IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true },
    { message: 'baseUrl must be an address with http:// or https://, and without a user and a password: those are a `token`' },
  )
  @MaxLength(500)
  baseUrl?: string;
  @ApiPropertyOptional({
    description: 'Below it our balance there counts as low, and the gauge of low balances says so; minor units of its currency',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  lowBalanceMinor?: number;
  @ApiPropertyOptional({
    minimum: POLL_EVERY_MS.least,
    maximum: POLL_EVERY_MS.most,
    description:
      'How often it is asked for its stock and cost, milliseconds, where it does not push them; kinds whose adapter can `stock`. Absent: not at all',
  })
  @IsOptional()
  @IsInt()
  @Min(POLL_EVERY_MS.least)
  @Max(POLL_EVERY_MS.most)
  pollEveryMs?: number;
  @ApiPropertyOptional({
    description: 'The bearer token that it gave us; of `acg-faka`: `appId:appKey`. Kept encrypted, never shown',
    writeOnly: true,
  })
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,500}$/)
  token?: string;
}

export class CostTierDto {
  @ApiProperty({ minimum: 1 }) @IsInt() @Min(1) @Max(UNITS_MAX) from!: number;
  @ApiProperty({ description: 'Of each unit, in minor units' }) @IsInt() @Min(0) @Max(Number.MAX_SAFE_INTEGER) costMinor!: number;
}

export class DenominationDto {
  @ApiProperty({ enum: ['FIXED', 'RANGE'] }) @IsIn(['FIXED', 'RANGE']) kind!: 'FIXED' | 'RANGE';
  @ApiPropertyOptional({ type: [Number], description: 'Of FIXED: in minor units of the product’s currency' })
  @ValidateIf(({ kind }: DenominationDto) => kind === 'FIXED')
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(1, { each: true })
  valuesMinor?: number[];
  @ApiPropertyOptional({ description: 'Of RANGE' })
  @ValidateIf(({ kind }: DenominationDto) => kind === 'RANGE')
  @IsInt()
  @Min(1)
  minMinor?: number;
  @ApiPropertyOptional({ description: 'Of RANGE' })
  @ValidateIf(({ kind }: DenominationDto) => kind === 'RANGE')
  @IsInt()
  @Min(1)
  maxMinor?: number;
  @ApiPropertyOptional({ description: 'Of RANGE; 1 where every value is sold' })
  @ValidateIf(({ kind }: DenominationDto) => kind === 'RANGE')
  @IsInt()
  @Min(1)
  stepMinor?: number;
}

export class PutOfferDto {
  @ApiProperty({ type: [CostTierDto], description: 'All-units tiers, ascending; the first from 1' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => CostTierDto)
  costTiers!: CostTierDto[];
  @ApiProperty({
    example: 'USD',
    description: 'What the supplier quotes in; another than the product’s needs a rate (`POST /v1/exchange-rates`)',
  })
  @IsCurrency()
  currency!: string;
  @ApiProperty({ type: [String], example: ['CN'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(300)
  @IsRegion({ each: true })
  regions!: string[];
  @ApiPropertyOptional({ description: 'What the supplier calls it; of acg-faka `code` or `code/种类`. Absent: as we do', maxLength: 200 })
  @IsOptional()
  @Matches(/^[^\s\p{Cc}][^\p{Cc}]{0,199}$/u)
  supplierSku?: string;
  @ApiPropertyOptional({ default: 1 }) @IsOptional() @IsInt() @Min(1) @Max(UNITS_MAX) minQuantity?: number;
  @ApiPropertyOptional({ default: 1000 }) @IsOptional() @IsInt() @Min(1) @Max(UNITS_MAX) maxQuantity?: number;
  @ApiPropertyOptional({ default: 600, description: 'Units that it can sell in a minute' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(UNITS_MAX)
  capacityPerMinute?: number;
  @ApiPropertyOptional({ default: 1000 }) @IsOptional() @IsInt() @Min(0) @Max(LEAD_TIME_MS_MAX) leadTimeMs?: number;
  @ApiPropertyOptional({ default: 0, description: 'Units that are never promised' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(UNITS_MAX)
  safetyStock?: number;
  @ApiPropertyOptional({
    enum: ['instant', 'bulk'],
    description:
      'How often its feed promises to report: every 15 minutes, or every 24 hours. Without a report for so long the offer is stale, and closes until the next. Absent: it promises nothing',
  })
  @IsOptional()
  @IsIn(['instant', 'bulk'])
  freshness?: 'instant' | 'bulk';
  @ApiPropertyOptional({ format: 'date-time' }) @IsOptional() @IsInstant() validFrom?: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'From then on it is closed; what is held there goes elsewhere' })
  @IsOptional()
  @IsInstant()
  validUntil?: string;
  @ApiPropertyOptional({ description: 'The way of delivery that it depends on', maxLength: 120 })
  @IsOptional()
  @IsString()
  @Length(1, 120)
  channel?: string;
  @ApiPropertyOptional({ type: () => DenominationDto, description: 'The face values that it sells; the product’s must be among them' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => DenominationDto)
  denomination?: DenominationDto;
}

const PACE = {
  capacity: 'Units that it can sell in a minute now; absent: as before',
  leadTime: 'Milliseconds from order to delivery now; absent: as before',
};

export const CHANGES_MAX = 1_000;

export class StockChangeDto {
  @ApiProperty() @Matches(SKU) sku!: string;
  @ApiPropertyOptional({ description: 'Where the feed names offers; it must be the supplier’s own' })
  @IsOptional()
  @Matches(/^[A-Za-z0-9._~-]{1,200}$/)
  offerId?: string;
  @ApiProperty({ minimum: 0, description: 'Units that can be bought now' }) @IsInt() @Min(0) @Max(UNITS_MAX) quantity!: number;
  @ApiProperty({ minimum: 0, description: 'The feed’s own, growing: a lower one is stale' })
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  sequence!: number;
  @ApiPropertyOptional({ type: [CostTierDto] })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => CostTierDto)
  costTiers?: CostTierDto[];
  @ApiPropertyOptional({ description: PACE.capacity }) @IsOptional() @IsInt() @Min(1) @Max(UNITS_MAX) capacityPerMinute?: number;
  @ApiPropertyOptional({ description: PACE.leadTime }) @IsOptional() @IsInt() @Min(0) @Max(LEAD_TIME_MS_MAX) leadTimeMs?: number;
}

export class ReportStockDto {
  @ApiProperty({ type: [StockChangeDto], minItems: 1, maxItems: CHANGES_MAX })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(CHANGES_MAX)
  @ValidateNested({ each: true })
  @Type(() => StockChangeDto)
  changes!: StockChangeDto[];

  static isPlain(body: unknown): boolean {
    if (!hasOnly(body, ['changes'])) return false;
    const { changes } = body;
    return Array.isArray(changes) && changes.length > 0 && changes.length <= CHANGES_MAX && changes.every(isPlainChange);
  }
}

/** What most changes of a feed are. */
const isPlainChange = (it: unknown): boolean =>
  hasOnly(it, ['sku', 'quantity', 'sequence']) &&
  typeof it['sku'] === 'string' &&
  SKU.test(it['sku']) &&
  isCount(it['quantity'], UNITS_MAX) &&
  isCount(it['sequence'], Number.MAX_SAFE_INTEGER);

function hasOnly<Name extends string>(it: unknown, names: readonly Name[]): it is Readonly<Record<Name, unknown>> {
  return typeof it === 'object' && it !== null && Object.keys(it).length === names.length && names.every((name) => Object.hasOwn(it, name));
}

const isCount = (it: unknown, most: number): boolean => Number.isInteger(it) && Number(it) >= 0 && Number(it) <= most;
