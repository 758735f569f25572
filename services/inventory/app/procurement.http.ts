import { convertBack, factorTo, type InventoryCommand } from '@midstream/inventory-domain';
import { type Caller, Commands, From, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { House } from './house';
import { ProcurementParam, ProcurementQuery, ReconcileDto } from './params.dto';
import { SupplyQueries } from './queries';
import { ProcurementPage, procurementView, ProcurementView } from './views';

const COMMANDS = { ask: 'AskPurchase', 'write-off': 'WriteOff' } as const;

/** The hub's purchases from its suppliers. */
@ApiTags('procurement')
@Controller({ path: 'procurement-orders', version: '1' })
export class ProcurementController {
  constructor(
    private readonly commands: Commands<InventoryCommand>,
    private readonly queries: SupplyQueries,
    private readonly house: House,
  ) {}

  @Get()
  @Scopes('operator')
  @ApiOperation({ summary: 'Procurement orders, the newest first' })
  @ApiOkResponse({ type: ProcurementPage })
  list(@Query() query: ProcurementQuery): Promise<ProcurementPage> {
    return this.queries.purchases(query);
  }

  @Get(':procurementId')
  @Scopes('operator')
  @ApiOperation({ summary: 'A procurement order' })
  @ApiOkResponse({ type: ProcurementView })
  async get(@Param() { procurementId }: ProcurementParam): Promise<ProcurementView> {
    const [purchase, known] = await Promise.all([this.queries.purchase(procurementId), this.queries.duplicatesOf(procurementId)]);
    return procurementView(purchase, known);
  }

  @Post(':procurementId/reconcile')
  @HttpCode(200)
  @Scopes('operator')
  @ApiOperation({ summary: 'Settles a procurement order of unknown outcome: asks the supplier again, or writes it off' })
  @ApiOkResponse({ type: ProcurementView })
  async reconcile(
    @Param() { procurementId }: ProcurementParam,
    @Body() { action, supplierOrderNo }: ReconcileDto,
    @From() caller: Caller,
  ): Promise<ProcurementView> {
    const purchase = await this.queries.purchase(procurementId);
    const { purchaseId, holdId, sku } = purchase;
    const unitCostMinor = convertBack(purchase.maxCostMinor, factorTo(purchase));
    if (supplierOrderNo !== undefined) await this.house.orders.correct({ purchaseId, supplierOrderNo, unitCostMinor });
    await this.commands.run({ type: COMMANDS[action], purchaseId, holdId, sku }, { caller });
    return procurementView(await this.queries.purchase(procurementId));
  }
}
