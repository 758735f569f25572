import type { InventoryCommand } from '@midstream/inventory-domain';
import { type Caller, Commands, Database, From, Problem, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { House } from '../house';
import { SupplierParam } from '../params.dto';
import { SupplyQueries } from '../queries';
import { ReconciliationQueries } from './queries';
import {
  DifferenceParam,
  ReconciliationPage,
  ReconciliationParam,
  ReconciliationView,
  SettleDto,
  StartReconciliationDto,
} from './reconcile.dto';
import { COMPARED_MAX, Reconciliations } from './reconciliations';

const DAY_MS = 86_400_000;
const SETTLED = { ask: 'asked', 'write-off': 'written-off', accept: 'accepted' } as const;

@ApiTags('procurement')
@Controller({ path: 'suppliers', version: '1' })
export class ReconciliationsController {
  private readonly reconciliations: Reconciliations;

  constructor(
    database: Database,
    house: House,
    private readonly commands: Commands<InventoryCommand>,
    private readonly queries: ReconciliationQueries,
    private readonly supply: SupplyQueries,
  ) {
    this.reconciliations = new Reconciliations(database, house);
  }

  @Post(':supplierId/reconciliations')
  @HttpCode(201)
  @Scopes('operator')
  @ApiOperation({
    summary: 'Compares our book of purchases with the supplier’s',
    description: `The newest ${COMPARED_MAX} of the window, as far as its supplier answers in time, and none that was made a minute ago. It is done once a day by itself, too.`,
  })
  @ApiCreatedResponse({ type: ReconciliationView })
  async start(@Param() { supplierId }: SupplierParam, @Body() { from, until }: StartReconciliationDto): Promise<ReconciliationView> {
    const untilAt = until === undefined ? Date.now() : Date.parse(until);
    const fromAt = from === undefined ? untilAt - DAY_MS : Date.parse(from);
    if (fromAt >= untilAt) throw new Problem(422, 'wrong-window', '`from` must be before `until`', undefined, { field: 'from' });
    return this.queries.get(supplierId, await this.reconciliations.run(supplierId, { fromAt, untilAt }));
  }

  @Get(':supplierId/reconciliations')
  @Scopes('operator')
  @ApiOperation({ summary: 'Comparisons with the supplier’s book, the newest first' })
  @ApiOkResponse({ type: ReconciliationPage })
  async list(@Param() { supplierId }: SupplierParam): Promise<ReconciliationPage> {
    await this.supply.supplier(supplierId);
    return this.queries.list(supplierId);
  }

  @Get(':supplierId/reconciliations/:reconciliationId')
  @Scopes('operator')
  @ApiOperation({ summary: 'A comparison, with every difference' })
  @ApiOkResponse({ type: ReconciliationView })
  get(@Param() { supplierId, reconciliationId }: ReconciliationParam): Promise<ReconciliationView> {
    return this.queries.get(supplierId, reconciliationId);
  }

  @Post(':supplierId/reconciliations/:reconciliationId/items/:itemId/resolve')
  @HttpCode(200)
  @Scopes('operator')
  @ApiOperation({ summary: 'Settles a difference' })
  @ApiOkResponse({ type: ReconciliationView })
  async resolve(@Param() of: DifferenceParam, @Body() { action, note }: SettleDto, @From() caller: Caller): Promise<ReconciliationView> {
    const { supplierId, reconciliationId } = of;
    const difference = await this.queries.difference(of);
    if (difference.resolution !== undefined) throw new Problem(409, 'difference-settled', 'The difference is settled already');
    if (action !== 'accept') {
      const { purchaseId, holdId, sku } = await this.supply.purchase(difference.procurementId);
      await this.commands.run({ type: action === 'ask' ? 'AskPurchase' : 'WriteOff', purchaseId, holdId, sku }, { caller });
    }
    await this.reconciliations.settle(of, SETTLED[action], note, caller.keyId);
    return this.queries.get(supplierId, reconciliationId);
  }
}
