import { randomBytes } from 'node:crypto';
import { type OrderCommand, type Products, type PutMerchant, rowOf, type Rows } from '@midstream/order-domain';
import { type Caller, Commands, From, hashOfKey, type Idempotency, IdempotencyKey, Problem, Scopes } from '@midstream/runtime';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { v7 as uuidv7 } from 'uuid';
import { CreateKeyDto, DepositDto, PageQuery, PutMerchantDto } from './dto';
import { PricesQuery, pricesView, PricesView } from './prices';
import { OrderQueries } from './queries';
import { present } from './to-command';
import { AccountView, EntriesView, KeyView, merchantView, MerchantView } from './views';

@ApiTags('merchants')
@Controller({ path: 'merchants', version: '1' })
@Scopes('operator')
export class MerchantsController {
  constructor(
    private readonly commands: Commands<OrderCommand>,
    private readonly queries: OrderQueries,
  ) {}

  @ApiOperation({ summary: 'Make or change a merchant; a new one gets an empty account' })
  @ApiOkResponse({ type: MerchantView })
  @Put(':merchantId')
  put(
    @Param('merchantId') merchantId: string,
    @Body() { name, currency, suspended, tier, mayWaiveMarginFloor }: PutMerchantDto,
    @From() caller: Caller,
  ): Promise<MerchantView> {
    const status = suspended ? 'suspended' : 'active';
    const may = mayWaiveMarginFloor === true && { mayWaiveMarginFloor };
    const merchant: PutMerchant['merchant'] = {
      merchantId: checked(merchantId),
      name,
      currency,
      status,
      ...(typeof tier === 'string' && { tier }),
      ...may,
    };
    return this.commands.run<MerchantView>(
      { type: 'PutMerchant', merchant },
      { caller, answer: (rows: Rows) => merchantView(rowOf(rows.merchants, merchantId)) },
    );
  }

  @ApiOperation({ summary: 'A merchant' })
  @ApiOkResponse({ type: MerchantView })
  @Get(':merchantId')
  read(@Param('merchantId') merchantId: string): Promise<MerchantView> {
    return this.queries.merchant(merchantId);
  }
}

@ApiTags('accounts')
@Controller({ path: 'accounts', version: '1' })
export class AccountsController {
  constructor(
    private readonly commands: Commands<OrderCommand>,
    private readonly queries: OrderQueries,
  ) {}

  @ApiOperation({ summary: 'A prepaid account: what is available, and what is held for running orders' })
  @ApiOkResponse({ type: AccountView })
  @Get(':merchantId')
  @Scopes('merchant', 'operator')
  read(@Param('merchantId') merchantId: string, @From() caller: Caller): Promise<AccountView> {
    return this.queries.account(caller, merchantId);
  }

  @ApiOperation({
    summary: 'What the merchant pays for goods now',
    description: 'The hub’s prices, or those of the merchant’s tier. An order keeps the tier that its merchant had when it was placed.',
  })
  @ApiOkResponse({ type: PricesView })
  @Get(':merchantId/prices')
  @Scopes('merchant', 'operator')
  async prices(@Param('merchantId') merchantId: string, @Query() { sku }: PricesQuery, @From() caller: Caller): Promise<PricesView> {
    const tier = await this.queries.tier(caller, merchantId);
    return pricesView(sku.split(','), this.commands.view<Products>(), tier);
  }

  @ApiOperation({ summary: 'Money came in' })
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiCreatedResponse({ type: AccountView })
  @Post(':merchantId/deposits')
  @HttpCode(201)
  @Scopes('operator')
  deposit(
    @Param('merchantId') merchantId: string,
    @Body() body: DepositDto,
    @From() caller: Caller,
    @IdempotencyKey({ required: true }) key: Idempotency,
  ): Promise<AccountView> {
    return this.commands.run<AccountView>(
      { type: 'DepositMoney', merchantId, ...body, reference: body.reference ?? key.key },
      { caller, key, status: 201, answer: (rows: Rows) => rows.accounts[merchantId] },
    );
  }

  @ApiOperation({ summary: 'The ledger, the oldest first: double entry, nothing is ever changed' })
  @ApiOkResponse({ type: EntriesView })
  @Get(':merchantId/entries')
  @Scopes('merchant', 'operator')
  entries(@Param('merchantId') merchantId: string, @Query() { after }: PageQuery, @From() caller: Caller): Promise<EntriesView> {
    return this.queries.entries(caller, merchantId, after);
  }
}

@ApiTags('keys')
@Controller({ path: 'keys', version: '1' })
@Scopes('operator')
export class KeysController {
  constructor(private readonly commands: Commands<OrderCommand>) {}

  @ApiOperation({
    summary: 'Make an API key',
    description: '`secret` is shown this once; only its hash is kept. A repeat with the same Idempotency-Key answers without it.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiCreatedResponse({ type: KeyView })
  @Post()
  @HttpCode(201)
  create(@Body() { scope, ...body }: CreateKeyDto, @From() caller: Caller, @IdempotencyKey() key?: Idempotency): Promise<KeyView> {
    const keyId = uuidv7();
    const secret = `${scope.slice(0, 2)}_${randomBytes(24).toString('base64url')}`;
    const owner = present(body);
    return this.commands.run<KeyView>(
      { type: 'CreateKey', keyId, hash: hashOfKey(secret), scope, ...owner },
      { caller, key, status: 201, answer: () => ({ keyId, scope, ...owner, secret }), stored: () => ({ keyId, scope, ...owner }) },
    );
  }

  @ApiOperation({ summary: 'Revoke an API key; every service knows within seconds' })
  @ApiNoContentResponse()
  @Delete(':keyId')
  @HttpCode(204)
  async revoke(@Param('keyId') keyId: string, @From() caller: Caller): Promise<void> {
    await this.commands.run({ type: 'RevokeKey', keyId }, { caller });
  }
}

function checked(merchantId: string): string {
  if (/^[A-Za-z0-9._-]{1,80}$/.test(merchantId)) return merchantId;
  throw new Problem(400, 'invalid-id', 'A merchantId has 1 to 80 letters, digits, dots, dashes or underscores');
}
