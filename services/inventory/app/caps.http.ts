import type { Cap, Caps, InventoryCommand, Rows } from '@midstream/inventory-domain';
import { CAPS_ID } from '@midstream/inventory-domain';
import { offerIdOf } from '@midstream/kernel';
import { type Caller, Commands, Database, From, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type CapDto, CapsDto, CapsView, CapUsageDto, CapUsagesView } from './caps.dto';

const USAGES_MAX = 200;

@ApiTags('supply')
@Controller({ path: 'caps', version: '1' })
export class CapsController {
  constructor(
    private readonly commands: Commands<InventoryCommand>,
    private readonly database: Database,
  ) {}

  @Put()
  @Scopes('operator')
  @ApiOperation({
    summary: 'Says how much a merchant, or a buyer, may hold at once; all caps at once',
    description:
      'A line gets what its caps leave. For the rest other goods are tried, as its policy allows; then it waits, or ends as `cap-reached`, with the cap and how much of it is used in its timeline. A cap counts what was held since it was put; with another maximum it goes on counting.',
  })
  @ApiOkResponse({ type: CapsView })
  put(@Body() { caps }: CapsDto, @From() caller: Caller): Promise<CapsView> {
    return this.commands.run<CapsView>(
      { type: 'PutCaps', caps: caps.map(capOf) },
      { caller, answer: ({ caps }: Rows) => viewOf(caps[CAPS_ID]) },
    );
  }

  @Get()
  @Scopes('operator')
  @ApiOperation({ summary: 'The caps against hoarding' })
  @ApiOkResponse({ type: CapsView })
  async get(): Promise<CapsView> {
    return viewOf(await this.known());
  }

  @Get('usage')
  @Scopes('operator')
  @ApiOperation({ summary: 'Who holds how much of his caps' })
  @ApiOkResponse({ type: CapUsagesView })
  async usage(@Query() { merchantId = '' }: CapUsageDto): Promise<CapUsagesView> {
    const known = (await this.known())?.caps ?? [];
    const { rows } = await this.database.pool.query<{ id: string; units: number }>(
      `SELECT id, units FROM cap_usage WHERE units > 0 AND ($1 = '' OR split_part(id, ' ', 2) = $1) ORDER BY units DESC, id LIMIT $2`,
      [merchantId, USAGES_MAX],
    );
    const usages = rows.map(({ id, units }) => {
      const [cap = '', of = '', buyerKey] = id.split(' ');
      const maxUnits = known.find((it) => it.capId === cap)?.maxUnits;
      return {
        cap,
        merchantId: of,
        ...(buyerKey !== undefined && { buyerKey }),
        usedUnits: units,
        ...(maxUnits !== undefined && { maxUnits }),
      };
    });
    return { usages };
  }

  private async known(): Promise<Caps | undefined> {
    const { rows } = await this.database.pool.query<{ state: Caps }>('SELECT state FROM cap WHERE id = $1', [CAPS_ID]);
    return rows[0]?.state;
  }
}

const capOf = ({ per, maxUnits, supplierId, sku, category }: CapDto): Omit<Cap, 'capId'> => ({
  per,
  maxUnits,
  ...(sku !== undefined && (supplierId === undefined ? { sku } : { offerId: offerIdOf(supplierId, sku) })),
  ...(category !== undefined && { category }),
});

const viewOf = (it?: Caps): CapsView => ({
  version: it?.version ?? 0,
  caps: (it?.caps ?? []).map(({ per, maxUnits, offerId, sku, category }) => {
    const [supplierId, of] = offerId?.split('~') ?? [];
    const what = offerId !== undefined ? { supplierId, sku: of } : sku !== undefined ? { sku } : { category };
    return { per, maxUnits, ...what };
  }),
});
