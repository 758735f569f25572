import { HUB_TYPES, PUBLIC_TYPES } from '@midstream/notification-domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';

const TYPES = ['*', ...PUBLIC_TYPES, ...HUB_TYPES];
const TOLD_OF =
  'What to be told of; `work-item.…` is for operators, `order.…` and `line.…` for merchants. `stock.low` and `stock.back` are about the goods of the hub, for both, and told where they are named: `*` is all of the others';
export const PAGE_MAX = 100;

export class CreateWebhookDto {
  @ApiProperty({ example: 'https://shop.example/hooks/midstream', description: 'https, at a public address' })
  @IsString()
  @Length(1, 2000)
  readonly url: string;

  @ApiPropertyOptional({ enum: TYPES, isArray: true, default: ['*'], description: TOLD_OF })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @ArrayMaxSize(TYPES.length)
  @IsIn(TYPES, { each: true })
  readonly types?: string[];
}

export class DeliveriesQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: PAGE_MAX, default: 20 })
  @IsOptional()
  @Matches(/^([1-9]\d?|100)$/, { message: `limit must be a number from 1 to ${PAGE_MAX}` })
  readonly limit?: string;

  @ApiPropertyOptional({ description: '`next` of the page before' })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  readonly cursor?: string;
}

export class WebhookView {
  @ApiProperty()
  readonly webhookId: string;

  @ApiProperty()
  readonly url: string;

  @ApiProperty({ enum: TYPES, isArray: true })
  readonly types: readonly string[];

  @ApiProperty()
  readonly active: boolean;

  @ApiPropertyOptional({ enum: ['gone'], description: 'The endpoint has answered 410' })
  readonly disabledBecause?: string;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt: string;
}

export class CreatedWebhookView extends WebhookView {
  @ApiPropertyOptional({
    example: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
    description: 'With which messages are signed. Shown this once: not in a repeat with the same Idempotency-Key',
  })
  readonly secret?: string;
}

export class WebhooksView {
  @ApiProperty({ type: [WebhookView] })
  readonly items: readonly WebhookView[];
}

export class AttemptView {
  @ApiProperty()
  readonly attempt: number;

  @ApiProperty({ format: 'date-time' })
  readonly at: string;

  @ApiPropertyOptional({ description: 'What the endpoint answered' })
  readonly status?: number;

  @ApiPropertyOptional({ description: 'Why it did not: `timeout`, `ECONNREFUSED`, `address-not-allowed` …' })
  readonly error?: string;

  @ApiProperty()
  readonly durationMs: number;
}

export class WebhookDeliveryView {
  @ApiProperty({ description: 'The `webhook-id` of every attempt' })
  readonly messageId: string;

  @ApiProperty({ enum: [...PUBLIC_TYPES, ...HUB_TYPES] })
  readonly type: string;

  @ApiPropertyOptional()
  readonly orderId?: string;

  @ApiProperty({ enum: ['pending', 'sent', 'failed'] })
  readonly status: string;

  @ApiProperty({ format: 'date-time' })
  readonly queuedAt: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'When it is tried again' })
  readonly nextAt?: string;

  @ApiProperty({ type: [AttemptView], description: 'The newest 20, the newest first' })
  readonly attempts: readonly AttemptView[];
}

export class DeliveriesView {
  @ApiProperty({ type: [WebhookDeliveryView] })
  readonly items: readonly WebhookDeliveryView[];

  @ApiPropertyOptional({ description: 'Absent on the last page' })
  readonly next?: string;
}

export class QueuedView {
  @ApiProperty()
  readonly messageId: string;

  @ApiProperty({ enum: ['pending'] })
  readonly status: string;
}
