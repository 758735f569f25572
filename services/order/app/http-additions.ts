import type { OrderCommand, Rows } from '@midstream/order-domain';
import { type Caller, Commands, From, type Idempotency, IdempotencyKey, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AcceptAdditionDto } from './dto';
import { OrderQueries } from './queries';
import { additionsView, AdditionsView } from './views';

@ApiTags('orders')
@Controller({ path: 'orders/:orderId/additions', version: '1' })
export class AdditionsController {
  constructor(
    private readonly commands: Commands<OrderCommand>,
    private readonly queries: OrderQueries,
  ) {}

  @ApiOperation({
    summary: 'What is, and was, offered beside an order while it runs',
    description: 'More units of its goods, where demand for them bursts and `additions` of the order lets them be proposed.',
  })
  @ApiOkResponse({ type: AdditionsView })
  @Get()
  @Scopes('merchant', 'operator')
  list(@Param('orderId') orderId: string, @From() caller: Caller): Promise<AdditionsView> {
    return this.queries.additions(caller, orderId);
  }

  @ApiOperation({
    summary: 'Accept an addition: the order gets a line more',
    description: 'Its money is held at once, and it runs like the other lines. Repeating it is harmless: an addition becomes one line.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOkResponse({ type: AdditionsView })
  @Post(':additionId/accept')
  @HttpCode(200)
  @Scopes('merchant')
  accept(
    @Param('orderId') orderId: string,
    @Param('additionId') additionId: string,
    @Body() { quantity }: AcceptAdditionDto,
    @From() caller: Caller,
    @IdempotencyKey() key?: Idempotency,
  ): Promise<AdditionsView> {
    const of = { type: 'AnswerAddition', orderId, merchantId: caller.merchantId ?? '', additionId, answer: 'accepted' } as const;
    const command = { ...of, ...(typeof quantity === 'number' && { quantity }) };
    return this.commands.run<AdditionsView>(command, { caller, key, answer: viewOf(orderId) });
  }

  @ApiOperation({ summary: 'Decline an addition', description: 'So does silence until it lapses. Repeating it is harmless.' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOkResponse({ type: AdditionsView })
  @Post(':additionId/decline')
  @HttpCode(200)
  @Scopes('merchant')
  decline(
    @Param('orderId') orderId: string,
    @Param('additionId') additionId: string,
    @From() caller: Caller,
    @IdempotencyKey() key?: Idempotency,
  ): Promise<AdditionsView> {
    const command = {
      type: 'AnswerAddition' as const,
      orderId,
      merchantId: caller.merchantId ?? '',
      additionId,
      answer: 'declined' as const,
    };
    return this.commands.run<AdditionsView>(command, { caller, key, answer: viewOf(orderId) });
  }
}

/** What was offered as it is after the command, made in its transaction. */
const viewOf = (orderId: string) => (rows: Rows) => {
  const order = rows.orders[orderId];
  return order && additionsView(order);
};
