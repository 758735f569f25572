import { type Caller, From, Scopes } from '@midstream/runtime';
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiExtraModels,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { DecisionQueries } from './queries';
import { DecisionView, OperatorDecisionView, ReplayView } from './views';

@ApiTags('selection')
@ApiExtraModels(DecisionView, OperatorDecisionView)
@Controller({ path: 'decisions', version: '1' })
export class DecisionsController {
  constructor(private readonly queries: DecisionQueries) {}

  @Get(':decisionId')
  @Scopes('merchant', 'operator')
  @ApiOperation({
    summary: 'Why a line was given these goods',
    description:
      'The id travels in OffersRanked, OffersCleared, OfferHeld, NothingHeld and LineAssigned. A merchant sees its own, without supplier, cost and score.',
  })
  @ApiOkResponse({ schema: { oneOf: [{ $ref: getSchemaPath(DecisionView) }, { $ref: getSchemaPath(OperatorDecisionView) }] } })
  @ApiNotFoundResponse({ description: 'decision-not-found' })
  decision(@Param('decisionId') decisionId: string, @From() caller: Caller): Promise<DecisionView> {
    return this.queries.decision(decisionId, caller);
  }

  @Post(':decisionId/replay')
  @HttpCode(200)
  @Scopes('operator')
  @ApiOperation({
    summary: 'Make a decision again',
    description:
      'From the numbers in its record, by the same formulas: says that the result is identical, or what differs. Changes nothing.',
  })
  @ApiOkResponse({ type: ReplayView })
  @ApiNotFoundResponse({ description: 'decision-not-found' })
  @ApiConflictResponse({ description: 'decision-of-another-model' })
  replay(@Param('decisionId') decisionId: string): Promise<ReplayView> {
    return this.queries.replayed(decisionId);
  }
}
