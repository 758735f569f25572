import type { InventoryCommand, Rows } from '@midstream/inventory-domain';
import { rowOf } from '@midstream/inventory-domain';
import { type Caller, Commands, From, Problem, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { House } from './house';
import { ProductQuery, SkuParam, SupplierParam, SupplierQuery } from './params.dto';
import { ownSupplier } from './owned';
import { SupplyQueries } from './queries';
import { PutProductDto, PutSupplierDto } from './supply.dto';
import { BalanceView } from './procurement.views';
import { ProductPage, productView, ProductView } from './product.views';
import { SupplierPage, supplierView, SupplierView } from './views';

@ApiTags('supply')
@Controller({ path: 'products', version: '1' })
export class ProductsController {
  constructor(
    private readonly commands: Commands<InventoryCommand>,
    private readonly queries: SupplyQueries,
  ) {}

  @Put(':sku')
  @Scopes('operator')
  @ApiOperation({ summary: 'Lists a product, or changes it; the whole of it each time' })
  @ApiOkResponse({ type: ProductView })
  put(
    @Param() { sku }: SkuParam,
    @Body() { attributes = {}, listed = true, priceBy, ...body }: PutProductDto,
    @From() caller: Caller,
  ): Promise<ProductView> {
    const product = { ...body, name: { ...body.name }, attributes, listed, sku };
    return this.commands.run(
      { type: 'PutProduct', product, ...(priceBy && { priceBy }) },
      { caller, answer: ({ products }: Rows) => productView(rowOf(products, sku), true) },
    );
  }

  @Get()
  @Scopes('operator', 'merchant', 'supplier')
  @ApiOperation({ summary: 'All products, with the hub’s prices', description: 'For operators also those that are not listed.' })
  @ApiOkResponse({ type: ProductPage })
  list(@Query() asked: ProductQuery, @From() { scope }: Caller): Promise<ProductPage> {
    return this.queries.products(asked, scope === 'operator');
  }

  @Get(':sku')
  @Scopes('operator', 'merchant', 'supplier')
  @ApiOperation({ summary: 'A product, with the hub’s price' })
  @ApiOkResponse({ type: ProductView })
  get(@Param() { sku }: SkuParam, @From() { scope }: Caller): Promise<ProductView> {
    return this.queries.product(sku, scope === 'operator');
  }
}

@ApiTags('supply')
@Controller({ path: 'suppliers', version: '1' })
export class SuppliersController {
  constructor(
    private readonly commands: Commands<InventoryCommand>,
    private readonly queries: SupplyQueries,
    private readonly house: House,
  ) {}

  @Put(':supplierId')
  @Scopes('operator')
  @ApiOperation({
    summary: 'Registers a supplier, or changes it',
    description: 'The token is kept encrypted, apart from everything else; left out, it stays.',
  })
  @ApiOkResponse({ type: SupplierView })
  async put(
    @Param() { supplierId }: SupplierParam,
    @Body() { token, ...body }: PutSupplierDto,
    @From() caller: Caller,
  ): Promise<SupplierView> {
    this.needs(body);
    const watchesBalance = this.house.adapters.get(body.kind)?.can.includes('balance');
    const supplier = { ...body, name: { ...body.name }, supplierId, ...(watchesBalance && { watchesBalance: true as const }) };
    const view = await this.commands.run<SupplierView>(
      { type: 'PutSupplier', supplier },
      { caller, answer: ({ suppliers }: Rows) => supplierView(rowOf(suppliers, supplierId)) },
    );
    await this.house.tokens.keep(supplierId, token);
    return view;
  }

  /** @throws Problem where the adapter of its kind cannot speak with it. */
  private needs({ kind, baseUrl, pollEveryMs }: PutSupplierDto): void {
    const adapter = this.house.adapters.get(kind);
    if (adapter?.needs.includes('baseUrl') && baseUrl === undefined) {
      throw new Problem(422, 'base-url-missing', `A supplier of the kind ${kind} has a baseUrl`);
    }
    if (pollEveryMs !== undefined && !adapter?.can.includes('stock')) {
      throw new Problem(422, 'cannot-be-polled', `A supplier of the kind ${kind} cannot be asked for its stock`, undefined, {
        field: 'pollEveryMs',
      });
    }
  }

  @Get()
  @Scopes('operator')
  @ApiOperation({ summary: 'All suppliers' })
  @ApiOkResponse({ type: SupplierPage })
  list(@Query() asked: SupplierQuery): Promise<SupplierPage> {
    return this.queries.suppliers(asked);
  }

  @Get(':supplierId/balance')
  @Scopes('operator', 'supplier')
  @ApiOperation({
    summary: 'What the hub has left to spend with the supplier',
    description:
      'As it told last. While it is short, purchases wait and are made once the balance is back; past half of their time they go elsewhere.',
  })
  @ApiOkResponse({ type: BalanceView })
  balance(@Param() { supplierId }: SupplierParam, @From() caller: Caller): Promise<BalanceView> {
    return this.queries.balance(ownSupplier(caller, supplierId));
  }

  @Post(':supplierId/balance/resume')
  @HttpCode(202)
  @Scopes('operator')
  @ApiOperation({ summary: 'Buys what waits for balance there now, whatever the supplier tells' })
  @ApiAcceptedResponse({ type: BalanceView })
  async resume(@Param() { supplierId }: SupplierParam, @From() caller: Caller): Promise<BalanceView> {
    await this.commands.run({ type: 'ResumeAccount', supplierId }, { caller });
    return this.queries.balance(supplierId);
  }

  @Get(':supplierId')
  @Scopes('operator', 'supplier')
  @ApiOperation({ summary: 'A supplier' })
  @ApiOkResponse({ type: SupplierView })
  get(@Param() { supplierId }: SupplierParam, @From() caller: Caller): Promise<SupplierView> {
    return this.queries.supplier(ownSupplier(caller, supplierId));
  }
}
