import { Scopes } from '@midstream/runtime';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { BackupQueries } from './queries';
import { UnbackedQuery, UnbackedView } from './views';

@ApiTags('selection')
@Controller({ path: 'plans', version: '1' })
export class BackupsController {
  constructor(private readonly queries: BackupQueries) {}

  @Get()
  @Scopes('operator')
  @ApiOperation({
    summary: 'Lines in flight whose plan has no independent fallback',
    description:
      'Every line of which a unit is held, and which would find no other source by the market of now; looked at every ten seconds. What one line would try next: `GET /v1/orders/{orderId}/lines/{lineId}/plan`.',
  })
  @ApiOkResponse({ type: UnbackedView })
  plans(@Query() query: UnbackedQuery): Promise<UnbackedView> {
    return this.queries.page(query);
  }
}
