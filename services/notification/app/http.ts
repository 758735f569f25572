import { randomUUID } from 'node:crypto';
import { HUB_MAILBOX, HUB_TYPES, type NotificationCommand, PUBLIC_TYPES, type Rows, STOCK_TYPES } from '@midstream/notification-domain';
import { type Caller, Commands, From, type Idempotency, IdempotencyKey, Problem, Scopes } from '@midstream/runtime';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CreatedWebhookView, CreateWebhookDto, DeliveriesQuery, DeliveriesView, QueuedView, WebhooksView } from './dto';
import { Outside } from './outside';
import { WebhookQueries, webhookView } from './queries';

@ApiTags('webhooks')
@Controller({ path: 'webhooks', version: '1' })
@Scopes('merchant', 'operator')
export class WebhooksController {
  constructor(
    private readonly commands: Commands<NotificationCommand>,
    private readonly queries: WebhookQueries,
    private readonly outside: Outside,
  ) {}

  @ApiOperation({ summary: 'Where you are told' })
  @ApiOkResponse({ type: WebhooksView })
  @Get()
  async list(@From() caller: Caller): Promise<WebhooksView> {
    return { items: await this.queries.webhooks(mailboxOf(caller)) };
  }

  @ApiOperation({
    summary: 'Be told what becomes of your orders',
    description:
      'Messages are signed by the Standard Webhooks specification; `secret` is shown this once. With an operator’s key: be told what calls for the hub’s people (`work-item.due-soon`, `work-item.late`), and how goods stand (`stock.low`, `stock.back`).',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiCreatedResponse({ type: CreatedWebhookView })
  @Post()
  create(@Body() body: CreateWebhookDto, @From() caller: Caller, @IdempotencyKey() key?: Idempotency): Promise<CreatedWebhookView> {
    const merchantId = mailboxOf(caller);
    refuseOthers(body.types ?? [], caller);
    const endpointId = `wh_${randomUUID()}`;
    const { keyId } = this.outside;
    const url = this.outside.allowed(body.url);
    const view = (rows: Rows) => {
      const endpoint = rows.merchants[merchantId]?.endpoints[endpointId];
      return endpoint && { ...webhookView(endpoint), secret: this.outside.secretOf(endpointId, keyId) };
    };
    return this.commands.run<CreatedWebhookView>(
      { type: 'AddEndpoint', merchantId, endpointId, url, types: body.types ?? ['*'], keyId },
      { caller, key, status: 201, answer: view, stored: withoutSecret },
    );
  }

  @ApiOperation({ summary: 'Be told no more' })
  @ApiNoContentResponse()
  @Delete(':webhookId')
  @HttpCode(204)
  async remove(@Param('webhookId') endpointId: string, @From() caller: Caller): Promise<void> {
    await this.commands.run({ type: 'RemoveEndpoint', merchantId: mailboxOf(caller), endpointId }, { caller });
  }

  @ApiOperation({ summary: 'What was sent, and what came of each attempt; the newest first' })
  @ApiOkResponse({ type: DeliveriesView })
  @Get(':webhookId/deliveries')
  deliveries(@Param('webhookId') webhookId: string, @Query() page: DeliveriesQuery, @From() caller: Caller): Promise<DeliveriesView> {
    return this.queries.deliveries(mailboxOf(caller), webhookId, page);
  }

  @ApiOperation({ summary: 'Send a delivery again, under the same webhook-id' })
  @ApiAcceptedResponse({ type: QueuedView })
  @Post(':webhookId/deliveries/:messageId/replay')
  @HttpCode(202)
  replay(@Param('webhookId') endpointId: string, @Param('messageId') messageId: string, @From() caller: Caller): Promise<QueuedView> {
    const merchantId = mailboxOf(caller);
    return this.commands.run<QueuedView>(
      { type: 'ReplayMessage', merchantId, endpointId, messageId },
      { caller, answer: () => ({ messageId, status: 'pending' }) },
    );
  }

  @ApiOperation({ summary: 'Send a message of the type webhook.test' })
  @ApiAcceptedResponse({ type: QueuedView })
  @Post(':webhookId/test')
  @HttpCode(202)
  test(@Param('webhookId') endpointId: string, @From() caller: Caller): Promise<QueuedView> {
    const merchantId = mailboxOf(caller);
    const messageId = `${endpointId}:test:${randomUUID()}`;
    return this.commands.run<QueuedView>(
      { type: 'SendTest', merchantId, endpointId, messageId },
      { caller, answer: () => ({ messageId, status: 'pending' }) },
    );
  }
}

/** Operators share the hub's own. */
const mailboxOf = ({ scope, merchantId = '' }: Caller): string => (scope === 'operator' ? HUB_MAILBOX : merchantId);

const TOLD_TO_BOTH: readonly string[] = ['webhook.test', ...STOCK_TYPES];

/** @throws Problem for a type of which the caller will never be told */
function refuseOthers(types: readonly string[], { scope }: Caller): void {
  const others: readonly string[] = scope === 'operator' ? PUBLIC_TYPES : HUB_TYPES;
  const wrong = types.find((it) => others.includes(it) && !TOLD_TO_BOTH.includes(it));
  if (wrong === undefined) return;
  const message = `${wrong} is told to ${scope === 'operator' ? 'merchants' : 'operators'}`;
  throw new Problem(400, 'invalid-body', 'The request is not valid', `types: ${message}`, { fields: [{ field: 'types', message }] });
}

function withoutSecret(body: unknown): unknown {
  const { secret: _secret, ...stored } = body as CreatedWebhookView;
  return stored;
}
