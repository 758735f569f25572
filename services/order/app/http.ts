import type { OrderCommand, Rows } from '@midstream/order-domain';
import { type Caller, Commands, From, type Idempotency, IdempotencyKey, LiveEvents, type LiveEvent, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { ConsentDto, OrdersQuery, PageQuery, PlaceOrderDto } from './dto';
import { liveView } from './live';
import { Pseudonyms } from './pseudonyms';
import { OrderQueries } from './queries';
import { toPlaceOrder } from './to-command';
import { orderView, OrdersView, OrderView, TimelineView } from './views';

@ApiTags('orders')
@Controller({ path: 'orders', version: '1' })
export class OrdersController {
  constructor(
    private readonly commands: Commands<OrderCommand>,
    private readonly queries: OrderQueries,
    private readonly live: LiveEvents,
    private readonly pseudonyms: Pseudonyms,
  ) {}

  @ApiOperation({
    summary: 'Place an order',
    description:
      'Holds quantity × maxUnitPriceMinor of every line on your account; delivered units are captured at their price, the rest is released.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiCreatedResponse({ type: OrderView })
  @Post()
  @HttpCode(201)
  @Scopes('merchant')
  place(@Body() body: PlaceOrderDto, @From() caller: Caller, @IdempotencyKey({ required: true }) key: Idempotency): Promise<OrderView> {
    const orderId = uuidv7();
    const command = toPlaceOrder(orderId, body, caller, (merchantId, reference) => this.pseudonyms.of(merchantId, reference));
    return this.commands.run<OrderView>(command, { caller, key, status: 201, answer: viewOf(orderId) });
  }

  @ApiOperation({ summary: 'Your orders, the newest first' })
  @ApiOkResponse({ type: OrdersView })
  @Get()
  @Scopes('merchant', 'operator')
  list(@Query() query: OrdersQuery, @From() caller: Caller): Promise<OrdersView> {
    return this.queries.orders(caller, query);
  }

  @ApiOperation({ summary: 'What happens to your orders, live (server-sent events; Last-Event-ID resumes)' })
  @ApiHeader({ name: 'Last-Event-ID', required: false })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ schema: { type: 'string' } })
  @Get('stream')
  @Scopes('merchant', 'operator')
  streamAll(@From() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.live.stream(request, reply, { view: (event: LiveEvent) => liveView(event, caller) });
  }

  @ApiOperation({ summary: 'An order, with its lines, their status and progress' })
  @ApiOkResponse({ type: OrderView })
  @Get(':orderId')
  @Scopes('merchant', 'operator')
  read(@Param('orderId') orderId: string, @From() caller: Caller): Promise<OrderView> {
    return this.queries.order(caller, orderId);
  }

  @ApiOperation({ summary: 'What happened to an order: who did what, and why' })
  @ApiOkResponse({ type: TimelineView })
  @Get(':orderId/timeline')
  @Scopes('merchant', 'operator')
  timeline(@Param('orderId') orderId: string, @Query() { after }: PageQuery, @From() caller: Caller): Promise<TimelineView> {
    return this.queries.timeline(caller, orderId, after);
  }

  @ApiOperation({ summary: 'What happens to an order, live (server-sent events; Last-Event-ID resumes)' })
  @ApiHeader({ name: 'Last-Event-ID', required: false })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ schema: { type: 'string' } })
  @Get(':orderId/stream')
  @Scopes('merchant', 'operator')
  async stream(
    @Param('orderId') orderId: string,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.queries.order(caller, orderId);
    return this.live.stream(request, reply, { view: (event: LiveEvent) => liveView(event, caller, orderId) });
  }

  @ApiOperation({
    summary: 'Ask for all that is not delivered yet to be given back',
    description: 'Money follows when that is certain. Repeating it is harmless.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOkResponse({ type: OrderView })
  @Post(':orderId/cancel')
  @HttpCode(200)
  @Scopes('merchant')
  cancel(@Param('orderId') orderId: string, @From() caller: Caller, @IdempotencyKey() key?: Idempotency): Promise<OrderView> {
    return this.commands.run<OrderView>(
      { type: 'CancelOrder', orderId, merchantId: caller.merchantId ?? '' },
      { caller, key, answer: viewOf(orderId) },
    );
  }

  @ApiOperation({
    summary: 'Answer whether another product will do',
    description: 'By the id of the question, so that an answer never meets the next one.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOkResponse({ type: OrderView })
  @Post(':orderId/lines/:lineId/consent')
  @HttpCode(200)
  @Scopes('merchant')
  consent(
    @Param('orderId') orderId: string,
    @Param('lineId') lineId: string,
    @Body() { consentId, answer }: ConsentDto,
    @From() caller: Caller,
    @IdempotencyKey() key?: Idempotency,
  ): Promise<OrderView> {
    const command = { type: 'AnswerConsent' as const, orderId, merchantId: caller.merchantId ?? '', lineId, consentId, answer };
    return this.commands.run<OrderView>(command, { caller, key, answer: viewOf(orderId) });
  }
}

/** The order as it is after the command, made in its transaction. */
const viewOf = (orderId: string) => (rows: Rows) => {
  const order = rows.orders[orderId];
  return order && orderView(order, Date.now());
};
