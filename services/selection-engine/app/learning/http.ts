import { type Caller, From, Scopes } from '@midstream/runtime';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiExtraModels, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { LearningQueries } from './queries';
import { OperatorPlanView, PlanView, ScorecardView } from './views';

@ApiTags('selection')
@ApiExtraModels(PlanView, OperatorPlanView)
@Controller({ path: 'orders', version: '1' })
export class PlansController {
  constructor(private readonly queries: LearningQueries) {}

  @Get(':orderId/lines/:lineId/plan')
  @Scopes('merchant', 'operator')
  @ApiOperation({
    summary: 'What becomes of a line whose supply fails',
    description:
      'The contingency plan (替代商品预案): what is tried next, checked against the market of now. Without an independent source it is flagged 无独立后备. Operators see offers and suppliers.',
  })
  @ApiOkResponse({ schema: { oneOf: [{ $ref: getSchemaPath(PlanView) }, { $ref: getSchemaPath(OperatorPlanView) }] } })
  @ApiNotFoundResponse({ description: 'line-not-found' })
  plan(@Param('orderId') orderId: string, @Param('lineId') lineId: string, @From() caller: Caller): Promise<PlanView> {
    return this.queries.plan(orderId, lineId, caller.scope === 'operator' ? null : (caller.merchantId ?? ''));
  }
}

@ApiTags('selection')
@Controller({ path: 'scorecards', version: '1' })
export class ScorecardsController {
  constructor(private readonly queries: LearningQueries) {}

  @Get(':supplierId')
  @Scopes('operator')
  @ApiOperation({
    summary: 'What has been learnt of a supplier',
    description: 'Means with their bounds; of one without a history, the prior.',
  })
  @ApiOkResponse({ type: ScorecardView })
  @ApiNotFoundResponse({ description: 'supplier-not-found' })
  scorecard(@Param('supplierId') supplierId: string): ScorecardView {
    return this.queries.scorecard(supplierId);
  }
}
