import type { InventoryCommand } from '@midstream/inventory-domain';
import { type Caller, Commands, From, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { House } from './house';
import { DoneDto, RefuseDto, WorkItemPage, WorkItemParam, WorkItemQuery, WorkItemView } from './work-items.dto';
import { WorkItemQueries } from './work-items.queries';

/** What suppliers fulfil by hand. */
@ApiTags('procurement')
@Controller({ path: 'work-items', version: '1' })
export class WorkItemsController {
  constructor(
    private readonly commands: Commands<InventoryCommand>,
    private readonly house: House,
    private readonly queries: WorkItemQueries,
  ) {}

  @Get()
  @Scopes('operator', 'supplier')
  @ApiOperation({ summary: 'The work list, the most urgent first', description: 'A supplier sees its own.' })
  @ApiOkResponse({ type: WorkItemPage })
  list(@Query() query: WorkItemQuery, @From() caller: Caller): Promise<WorkItemPage> {
    return this.queries.list(query, caller);
  }

  @Get(':workItemId')
  @Scopes('operator', 'supplier')
  @ApiOperation({ summary: 'A work item, with the account to be served' })
  @ApiOkResponse({ type: WorkItemView })
  get(@Param() { workItemId }: WorkItemParam, @From() caller: Caller): Promise<WorkItemView> {
    return this.queries.get(workItemId, caller);
  }

  @Post(':workItemId/units')
  @HttpCode(200)
  @Scopes('operator', 'supplier')
  @ApiOperation({
    summary: 'Units that are done: each with its code, or with a proof',
    description:
      'Some now and some later, as they come; a unit that is done stays as it was. Codes go to the vault and are shown to the buyer only.',
  })
  @ApiOkResponse({ type: WorkItemView })
  async done(@Param() { workItemId }: WorkItemParam, @Body() { units }: DoneDto, @From() caller: Caller): Promise<WorkItemView> {
    const item = await this.house.works.done(workItemId, units, ownOf(caller));
    return this.tell(workItemId, item, caller);
  }

  @Post(':workItemId/refuse')
  @HttpCode(200)
  @Scopes('operator', 'supplier')
  @ApiOperation({ summary: 'What is not done by now will not be: its units go elsewhere' })
  @ApiOkResponse({ type: WorkItemView })
  async refuse(@Param() { workItemId }: WorkItemParam, @Body() { reason }: RefuseDto, @From() caller: Caller): Promise<WorkItemView> {
    const item = await this.house.works.refuse(workItemId, reason, ownOf(caller));
    return this.tell(workItemId, item, caller);
  }

  /** The purchase is asked for at once, as if the supplier had been: a settled one has nothing more to hear. */
  private async tell(
    purchaseId: string,
    { hold_id: holdId, sku }: { readonly hold_id: string; readonly sku: string },
    caller: Caller,
  ): Promise<WorkItemView> {
    await this.commands.outcome({ type: 'AskPurchase', purchaseId, holdId, sku }, { caller });
    return this.queries.get(purchaseId, caller);
  }
}

const ownOf = ({ scope, supplierId }: Caller): string | undefined => (scope === 'supplier' ? (supplierId ?? '') : undefined);
