import { type Caller, Commands, From, type Idempotency, IdempotencyKey, Scopes } from '@midstream/runtime';
import type { OfferBook, SelectionCommand } from '@midstream/selection-engine-domain';
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiExtraModels, ApiHeader, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { v7 as uuidv7 } from 'uuid';
import { HeatQuery, SignalDto } from './dto';
import { MarketQueries } from './queries';
import { toReportSignal } from './to-command';
import { HeatsView, HeatView, OperatorHeatView, SignalView } from './views';

@ApiTags('selection')
@Controller({ path: 'market-signals', version: '1' })
export class SignalsController {
  constructor(private readonly commands: Commands<SelectionCommand>) {}

  @ApiOperation({
    summary: 'Tell what was seen in the market',
    description:
      'A competitor’s price, a new version of a game, interest in a good, the state of a way of delivery; each with the time at which it was ' +
      'seen. What cannot be believed is refused: a price more than ten times off, a game that no product names, a time in the future.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiCreatedResponse({ type: SignalView })
  @Post()
  @HttpCode(201)
  @Scopes('operator')
  report(@Body() body: SignalDto, @From() caller: Caller, @IdempotencyKey() key?: Idempotency): Promise<SignalView> {
    const command = toReportSignal(uuidv7(), body, this.commands.view<OfferBook>());
    const { signalId, skus } = command;
    return this.commands.run<SignalView>(command, {
      caller,
      key,
      status: 201,
      answer: () => ({ signalId, kind: body.kind, skus: [...skus] }),
    });
  }
}

@ApiTags('selection')
@ApiExtraModels(HeatView, OperatorHeatView)
@Controller({ path: 'market', version: '1' })
export class MarketController {
  constructor(private readonly queries: MarketQueries) {}

  @ApiOperation({
    summary: 'How hot each good is, the hottest first',
    description:
      'Orders, carts, searches and views, discounted by half-lives of an hour and a week; bursts of demand. Operators also see what it is made of.',
  })
  @ApiOkResponse({ type: HeatsView })
  @ApiNotFoundResponse({ description: 'product-not-found' })
  @Get('heat')
  @Scopes('merchant', 'operator')
  heat(@Query() query: HeatQuery, @From() caller: Caller): HeatsView {
    return this.queries.heat(caller, query);
  }
}
