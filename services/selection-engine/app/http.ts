import { type Caller, From, Scopes } from '@midstream/runtime';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiExtraModels, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { DecisionQueries } from './queries';
import { DecisionView, OperatorDecisionView } from './views';

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
}
