import { type Caller, From, type Idempotency, IdempotencyKey, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DeliveryParam, DeliveryQuery, RevealDto } from './params.dto';
import { DeliveryQueries } from './queries';
import { Reveals } from './reveal';
import { DeliveryPage, RevealView } from './views';

@ApiTags('deliveries')
@Controller({ path: 'deliveries', version: '1' })
export class DeliveriesController {
  constructor(
    private readonly queries: DeliveryQueries,
    private readonly reveals: Reveals,
  ) {}

  @Get()
  @Scopes('merchant', 'operator')
  @ApiOperation({ summary: 'What was delivered for an order; no codes' })
  @ApiOkResponse({ type: DeliveryPage })
  list(@Query() { orderId }: DeliveryQuery, @From() caller: Caller): Promise<DeliveryPage> {
    return this.queries.deliveries(orderId, caller);
  }

  @Post(':deliveryId/reveal')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Scopes('merchant')
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({
    summary: 'Shows the card code of a delivery, once',
    description:
      'Each showing leaves a record. The same Idempotency-Key shows it again; another one is refused with 409 `already-revealed`.',
  })
  @ApiOkResponse({ type: RevealView })
  reveal(
    @Param() { deliveryId }: DeliveryParam,
    @Body() { reason }: RevealDto,
    @From() caller: Caller,
    @IdempotencyKey({ required: true }) key: Idempotency,
  ): Promise<RevealView> {
    return this.reveals.reveal(deliveryId, reason, caller, key);
  }
}
