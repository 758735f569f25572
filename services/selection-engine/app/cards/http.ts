import { type Caller, From, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiExtraModels, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { BuyerQuery, EvaluateDto, RecommendDto } from './dto';
import { CardQueries } from './queries';
import { CardView, EvaluationsView, OperatorCardView, OrderRecommendationsView, RecommendationView } from './views';

@ApiTags('selection')
@ApiExtraModels(CardView, OperatorCardView)
@Controller({ path: 'recommendations', version: '1' })
export class RecommendationsController {
  constructor(private readonly queries: CardQueries) {}

  @ApiOperation({
    summary: '3 to 5 goods for a need',
    description:
      'Each good once, however many sell it; with its part (综合最优, 最稳, 最省, 最快, 替代), suggested quantity, stock risk, four scores, reasons ' +
      'and the case that it resembles. Where nothing fits, `unmet` says which gate stopped how many. Operators also see margins, offers and costs.',
  })
  @ApiOkResponse({ type: RecommendationView })
  @Post()
  @HttpCode(200)
  @Scopes('merchant', 'operator')
  recommend(@Body() body: RecommendDto, @From() caller: Caller): RecommendationView {
    return this.queries.recommendations(body, caller);
  }
}

@ApiTags('selection')
@Controller({ path: 'orders/:orderId/recommendations', version: '1' })
export class OrderRecommendationsController {
  constructor(private readonly queries: CardQueries) {}

  @ApiOperation({ summary: '3 to 5 goods for each line of an order, as the market is now' })
  @ApiOkResponse({ type: OrderRecommendationsView })
  @ApiNotFoundResponse({ description: 'order-not-found' })
  @Get()
  @Scopes('merchant', 'operator')
  ofOrder(@Param('orderId') orderId: string, @Query() { buyerKey }: BuyerQuery, @From() caller: Caller): Promise<OrderRecommendationsView> {
    return this.queries.ofOrder(orderId, caller, buyerKey);
  }
}

@ApiTags('selection')
@Controller({ path: 'evaluations', version: '1' })
export class EvaluationsController {
  constructor(private readonly queries: CardQueries) {}

  @ApiOperation({
    summary: 'Four scores for any list of goods',
    description: '质量, 供应稳定, 合规, 市场需求, 0 to 100 among their category, with the numbers behind them; at most 200 goods.',
  })
  @ApiOkResponse({ type: EvaluationsView })
  @Post()
  @HttpCode(200)
  @Scopes('merchant', 'operator')
  evaluate(@Body() body: EvaluateDto, @From() caller: Caller): EvaluationsView {
    return this.queries.evaluations(body, caller);
  }
}
