import { CHANNEL_STATES, SIGNAL_KINDS, type SignalKind } from '@midstream/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsInt, IsObject, IsOptional, Matches, Max, Min, ValidateNested } from 'class-validator';
import { IsCurrency, IsInstant, IsSku, IsText } from '../checks';

const COUNT_MAX = 1_000_000;
const PRICE_MAX_MINOR = 100_000_000_000;
const LEAD_TIME_MS_MAX = 7 * 86_400_000;

/** What a way of delivery lets through. */
export class ChannelPolicyDto {
  @ApiPropertyOptional({ type: [String], example: ['CN'], description: 'It serves these only' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(300)
  @Matches(/^(\*|[A-Z]{2}(-[A-Z0-9]{1,3})?)$/, { each: true, message: '$property: ISO 3166 codes, like CN or CN-31, or *' })
  regions?: string[];
  @ApiPropertyOptional({ description: 'Units of a line at most' }) @IsOptional() @IsInt() @Min(1) @Max(COUNT_MAX) maxQuantity?: number;
  @ApiPropertyOptional({ description: 'From order to delivery at least, milliseconds: it is not instant any more' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LEAD_TIME_MS_MAX)
  leadTimeMs?: number;
}

/** One thing that was seen in the market. Which fields it needs depends on its kind. */
export class SignalDto {
  @ApiProperty({ enum: SIGNAL_KINDS })
  @IsIn(SIGNAL_KINDS)
  kind!: SignalKind;

  @ApiProperty({ format: 'date-time', description: 'When it was seen; UTC. At most two minutes ahead of our clock, at most 30 days old' })
  @IsInstant()
  observedAt!: string;

  @ApiPropertyOptional({ example: 'video-vip-month', description: 'The good that it is about; all kinds but version-update' })
  @IsOptional()
  @IsSku()
  sku?: string;

  @ApiPropertyOptional({ example: 'farm-story', description: 'version-update: the attribute `game` of the goods that it is about' })
  @IsOptional()
  @IsText(120)
  game?: string;

  @ApiPropertyOptional({ example: 'Lantern festival 3.2', description: 'version-update: what is new' })
  @IsOptional()
  @IsText(120)
  title?: string;

  @ApiPropertyOptional({ example: 'card-street', description: 'competitor-price: who asks it' })
  @IsOptional()
  @IsText(120)
  competitor?: string;

  @ApiPropertyOptional({ example: 6650, description: 'competitor-price, in minor units; from a tenth of our price to ten times of it' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(PRICE_MAX_MINOR)
  priceMinor?: number;

  @ApiPropertyOptional({ example: 'CNY', description: 'competitor-price' })
  @IsOptional()
  @IsCurrency()
  currency?: string;

  @ApiPropertyOptional({ description: 'heat: how often the good was looked at since the last signal' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(COUNT_MAX)
  views?: number;

  @ApiPropertyOptional({ description: 'heat: how often it was searched for' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(COUNT_MAX)
  searches?: number;

  @ApiPropertyOptional({ description: 'heat: how often it was put into a cart' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(COUNT_MAX)
  carts?: number;

  @ApiPropertyOptional({ example: 'redeem-page', description: 'delivery-channel: its name' })
  @IsOptional()
  @IsText(120)
  channel?: string;

  @ApiPropertyOptional({ enum: CHANNEL_STATES, description: 'delivery-channel' })
  @IsOptional()
  @IsIn(CHANNEL_STATES)
  state?: (typeof CHANNEL_STATES)[number];

  @ApiPropertyOptional({
    type: () => ChannelPolicyDto,
    description: 'delivery-channel: What it lets through, the whole of it; `{}`: as much as there is. Absent: as it was',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ChannelPolicyDto)
  policy?: ChannelPolicyDto;
}

export class HeatQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @IsSku()
  sku?: string;

  @ApiPropertyOptional({ example: 'game-card' })
  @IsOptional()
  @IsText(40)
  category?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 200, default: 50 })
  @IsOptional()
  @Matches(/^([1-9]\d?|1\d\d|200)$/, { message: 'limit must be a number from 1 to 200' })
  limit?: string;
}
