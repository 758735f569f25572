import type { InventoryCommand, Rate, Rows } from '@midstream/inventory-domain';
import { rowOf } from '@midstream/inventory-domain';
import { type Caller, Commands, Database, From, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ChannelDto, policyOf, RatePage, RateDto, RateView } from './rates.dto';

@ApiTags('supply')
@Controller({ version: '1' })
export class RatesController {
  constructor(
    private readonly commands: Commands<InventoryCommand>,
    private readonly database: Database,
  ) {}

  @Post('exchange-rates')
  @HttpCode(200)
  @Scopes('operator')
  @ApiOperation({
    summary: 'Tells a rate of exchange, with the time that it was seen at',
    description: 'Offers that are quoted in `base` cost what the new rate makes of them; a cost that rises above what was promised drains.',
  })
  @ApiOkResponse({ type: RateView })
  async put(@Body() { base, quote, rate, seenAt }: RateDto, @From() caller: Caller): Promise<RateView> {
    return this.commands.run<RateView>(
      { type: 'PutRate', base, quote, rate: Number(rate), seenAt: Date.parse(seenAt) },
      { caller, answer: ({ rates }: Rows) => viewsOf(rowOf(rates, base)).find((it) => it.quote === quote) },
    );
  }

  @Get('exchange-rates')
  @Scopes('operator')
  @ApiOperation({ summary: 'The rates of exchange that costs are converted by' })
  @ApiOkResponse({ type: RatePage })
  async list(): Promise<RatePage> {
    const { rows } = await this.database.pool.query<{ state: Rate }>(`SELECT state FROM rate ORDER BY id`);
    return { items: rows.flatMap((it) => viewsOf(it.state)) };
  }

  @Post('delivery-channels')
  @HttpCode(204)
  @Scopes('operator')
  @ApiOperation({
    summary: 'Tells how a way of delivery of a good is doing, and what it lets through',
    description:
      'Offers of the good that name the channel close while it is `down` or `slow`; what is held there goes elsewhere. So does what a new policy leaves out: other regions, more units, or what would come too late. `POST /v1/market-signals` of selection does the same.',
  })
  async channel(@Body() { sku, channel, state, policy }: ChannelDto, @From() caller: Caller): Promise<void> {
    await this.commands.run({ type: 'NoteChannel', sku, channel, state, ...(policy && { policy: policyOf(policy) }) }, { caller });
  }
}

const viewsOf = ({ base, quotes, offerIds }: Rate): RateView[] =>
  Object.entries(quotes).map(([quote, { rate, seenAt }]) => ({
    base,
    quote,
    rate,
    seenAt: new Date(seenAt).toISOString(),
    offers: offerIds.length,
  }));
