import { Scopes } from '@midstream/runtime';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Turnover, TURNOVER_PAGE } from './turnover';
import { TurnoverPage, TurnoverQuery } from './turnover.views';

@ApiTags('vault')
@Controller({ path: 'turnover', version: '1' })
export class TurnoverController {
  constructor(private readonly turnover: Turnover) {}

  @Get()
  @Scopes('operator')
  @ApiOperation({
    summary: 'Turnover of prepaid codes: age, days of cover, capital bound and write-off at expiry, by SKU and supplier',
    description:
      'As things are now, 100 offers a page. Selection hears the same in `OfferState.holding`, once an hour where it has changed.',
  })
  @ApiOkResponse({ type: TurnoverPage })
  async list(@Query() query: TurnoverQuery): Promise<TurnoverPage> {
    const items = await this.turnover.page(query);
    const last = items.length === TURNOVER_PAGE ? items.at(-1) : undefined;
    return { items, ...(last && { next: last.offerId }) };
  }
}
