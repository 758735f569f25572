import { Scopes } from '@midstream/runtime';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { StormQueries } from './queries';
import { OneStormView, StormsView } from './views';

@ApiTags('selection')
@Controller({ path: 'storms', version: '1' })
export class StormsController {
  constructor(private readonly queries: StormQueries) {}

  @Get()
  @Scopes('operator')
  @ApiOperation({ summary: 'The newest storms that were decided at once', description: 'At most 50, newest first. Money in 厘.' })
  @ApiOkResponse({ type: StormsView })
  storms(): Promise<StormsView> {
    return this.queries.newest();
  }

  @Get(':planId')
  @Scopes('operator')
  @ApiOperation({
    summary: 'The plan of a storm, with its proof',
    description:
      'Lines that lost the same offer are decided by one exact assignment. Its certificate is reckoned again from the plan itself, and beside it stands what the decisions that it led are worth. Money in 厘.',
  })
  @ApiOkResponse({ type: OneStormView })
  @ApiNotFoundResponse({ description: 'storm-not-found' })
  storm(@Param('planId') planId: string): Promise<OneStormView> {
    return this.queries.storm(planId);
  }
}
