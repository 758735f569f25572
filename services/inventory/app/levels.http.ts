import { type AlertRule, ALERTS_ID, type InventoryCommand, type Rows, type StockAlerts } from '@midstream/inventory-domain';
import { type Caller, Commands, Database, From, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { StockLevels } from './levels';
import { type StockAlertDto, StockAlertsDto, StockAlertsView } from './levels.dto';

@ApiTags('stock')
@Controller({ path: 'stock-alerts', version: '1' })
@Scopes('operator')
export class StockAlertsController {
  constructor(
    private readonly commands: Commands<InventoryCommand>,
    private readonly database: Database,
    private readonly levels: StockLevels,
  ) {}

  @Put()
  @ApiOperation({
    summary: 'Says at which figures merchants are told that a good is low, sold out or back; all rules at once',
    description:
      'Figures are of all open offers of a good together. A good follows its own rule, else its category’s, else that of `*`, else 20, 5 and 30. Merchants subscribe by webhook to `stock.low` and `stock.back`; between two thresholds nothing is told, so that a figure that wavers is told once.',
  })
  @ApiOkResponse({ type: StockAlertsView })
  async put(@Body() { rules }: StockAlertsDto, @From() caller: Caller): Promise<StockAlertsView> {
    const put = await this.commands.run<StockAlertsView>(
      { type: 'PutStockAlerts', rules: rules.map(ruleOf) },
      { caller, answer: ({ alerts }: Rows) => viewOf(alerts[ALERTS_ID]) },
    );
    this.levels.lookAtAll();
    return put;
  }

  @Get()
  @ApiOperation({ summary: 'The rules of low and returning stock' })
  @ApiOkResponse({ type: StockAlertsView })
  async get(): Promise<StockAlertsView> {
    const { rows } = await this.database.pool.query<{ state: StockAlerts }>('SELECT state FROM stock_alert WHERE id = $1', [ALERTS_ID]);
    return viewOf(rows[0]?.state);
  }
}

const ruleOf = ({ sku, category, lowAt, backAt, okAt }: StockAlertDto): AlertRule => ({
  ...(sku !== undefined && { sku }),
  ...(category !== undefined && { category }),
  lowAt,
  backAt,
  okAt,
});

const viewOf = (it?: StockAlerts): StockAlertsView => ({
  version: it?.version ?? 0,
  rules: (it?.rules ?? []).map((rule) => ({ ...rule })),
});
