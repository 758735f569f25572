import type { InventoryCommand } from '@midstream/inventory-domain';
import { offerIdOf } from '@midstream/kernel';
import { type Caller, Commands, From, Scopes } from '@midstream/runtime';
import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { reconcileStock, StockBooks } from './books';
import { DifferencePage, MovementPage, MovementQuery, StockBooksView } from './books.views';
import { ownSupplier } from './owned';
import { OfferParam } from './params.dto';
import { SupplyQueries } from './queries';

@ApiTags('stock')
@Controller({ version: '1' })
export class StockBooksController {
  constructor(
    private readonly books: StockBooks,
    private readonly queries: SupplyQueries,
    private readonly commands: Commands<InventoryCommand>,
  ) {}

  @Get('suppliers/:supplierId/offers/:sku/movements')
  @Scopes('operator', 'supplier')
  @ApiOperation({ summary: 'Every movement of an offer’s stock, newest first, 200 a page' })
  @ApiOkResponse({ type: MovementPage })
  async movements(
    @Param() { supplierId, sku }: OfferParam,
    @Query() { before }: MovementQuery,
    @From() caller: Caller,
  ): Promise<MovementPage> {
    const { offerId } = await this.queries.offer(offerIdOf(ownSupplier(caller, supplierId), sku));
    return { items: await this.books.movements(offerId, before) };
  }

  @Get('stock-books/differences')
  @Scopes('operator')
  @ApiOperation({ summary: 'Where counters were not what the ledger says, the newest 200' })
  @ApiOkResponse({ type: DifferencePage })
  async differences(): Promise<DifferencePage> {
    return { items: await this.books.differences() };
  }

  @Post('stock-books/reconcile')
  @HttpCode(200)
  @Scopes('operator')
  @ApiOperation({
    summary: 'Compares every counter with the ledger and the holds now',
    description:
      'It also runs once an hour, over what has moved, and once a day over all. Counters are set to the ledger where the holds agree with it; the rest is listed for a person.',
  })
  @ApiOkResponse({ type: StockBooksView })
  reconcile(@From() caller: Caller): Promise<StockBooksView> {
    const handle = (command: { readonly type: string }) => this.commands.run(command as InventoryCommand, { caller });
    return reconcileStock({ database: this.books.source, handle });
  }
}
