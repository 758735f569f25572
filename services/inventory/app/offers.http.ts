import { type Denomination, type InventoryCommand, type Rows, rowOf } from '@midstream/inventory-domain';
import { offerIdOf } from '@midstream/kernel';
import { type Caller, Commands, From, Problem, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { importInLines } from './import-progress';
import { CodeImports } from './imports';
import { ownSupplier } from './owned';
import { OfferParam, SupplierParam } from './params.dto';
import { SupplyQueries } from './queries';
import { DenominationDto, PutOfferDto } from './supply.dto';
import { ImportQuery } from './vault.dto';
import { ImportView } from './vault.views';
import { offerView, OfferView } from './views';

@ApiTags('supply')
@Controller({ path: 'suppliers', version: '1' })
export class OffersController {
  constructor(
    private readonly commands: Commands<InventoryCommand>,
    private readonly queries: SupplyQueries,
    private readonly imports: CodeImports,
  ) {}

  @Put(':supplierId/offers/:sku')
  @Scopes('operator', 'supplier')
  @ApiOperation({
    summary: 'Offers a product, or changes the offer; the whole of it each time',
    description: 'A cost that rises above what orders were promised takes their units away from the offer; they go elsewhere.',
  })
  @ApiOkResponse({ type: OfferView })
  put(@Param() { supplierId, sku }: OfferParam, @Body() body: PutOfferDto, @From() caller: Caller): Promise<OfferView> {
    const { minQuantity = 1, maxQuantity = 1000, capacityPerMinute = 600, leadTimeMs = 1000, safetyStock = 0 } = body;
    const { currency, regions, supplierSku, freshness, channel } = body;
    const costTiers = body.costTiers.map(({ from, costMinor }) => ({ from, costMinor }));
    return this.commands.run(
      {
        type: 'PutOffer',
        supplierId: ownSupplier(caller, supplierId),
        sku,
        terms: {
          currency,
          regions,
          ...(supplierSku !== undefined && { supplierSku }),
          ...(freshness && { freshness }),
          ...(channel !== undefined && { channel }),
          ...momentsOf(body),
          ...(body.denomination && { denomination: denominationOf(body.denomination) }),
          costTiers,
          minQuantity,
          maxQuantity,
          capacityPerMinute,
          leadTimeMs,
          safetyStock,
        },
      },
      { caller, answer: ({ offers }: Rows) => offerView(rowOf(offers, offerIdOf(supplierId, sku))) },
    );
  }

  @Get(':supplierId/offers')
  @Scopes('operator', 'supplier')
  @ApiOperation({ summary: 'The offers of a supplier' })
  @ApiOkResponse({ type: [OfferView] })
  list(@Param() { supplierId }: SupplierParam, @From() caller: Caller): Promise<OfferView[]> {
    return this.queries.offersOf(ownSupplier(caller, supplierId));
  }

  @Get(':supplierId/offers/:sku')
  @Scopes('operator', 'supplier')
  @ApiOperation({ summary: 'An offer, with its stock, its cost and what closes it' })
  @ApiOkResponse({ type: OfferView })
  get(@Param() { supplierId, sku }: OfferParam, @From() caller: Caller): Promise<OfferView> {
    return this.queries.offer(offerIdOf(ownSupplier(caller, supplierId), sku));
  }

  @Post(':supplierId/offers/:sku/codes')
  @HttpCode(200)
  @Scopes('operator', 'supplier')
  @ApiConsumes('application/x-ndjson', 'text/csv')
  @ApiBody({ schema: { type: 'string', example: '{"code":"7KQ2-XM1D-00017"}\n' } })
  @ApiOperation({
    summary: 'Brings card codes into a vault',
    description:
      'NDJSON: a line is `{"code": "…", "expiresAt": "…"}` or a JSON string. CSV: `code` or `code,expiresAt`, with or without a head line. A bad line is reported by its number and stops nothing else; a code that is known already, from whichever good, batch or supplier, is left alone, and named with where it is known from. Codes are stored encrypted. With `Accept: application/x-ndjson` the answer is a line of progress a second, and the result last.',
  })
  @ApiOkResponse({ type: ImportView })
  async importCodes(
    @Param() { supplierId, sku }: OfferParam,
    @Query() query: ImportQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @From() caller: Caller,
  ): Promise<void> {
    const expiresAt = query.expiresAt === undefined ? undefined : new Date(query.expiresAt);
    if (expiresAt !== undefined && !(expiresAt.getTime() > Date.now()))
      throw new Problem(422, 'batch-expired', 'What has expired already is not stocked', undefined, { field: 'expiresAt' });
    const of = {
      ...(query.batchId !== undefined && { name: query.batchId }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(query.marginDays !== undefined && { marginDays: query.marginDays }),
    };
    await importInLines(request, reply, (tell) =>
      this.imports.take(offerIdOf(ownSupplier(caller, supplierId), sku), request, caller, { ...of, ...(tell && { tell }) }),
    );
  }

  @Post(':supplierId/offers/:sku/suspend')
  @HttpCode(204)
  @Scopes('operator')
  @ApiOperation({ summary: 'Closes an offer; what is held or queued there goes elsewhere' })
  @ApiNoContentResponse()
  async suspend(@Param() { supplierId, sku }: OfferParam, @From() caller: Caller): Promise<void> {
    await this.commands.run({ type: 'CloseOffer', offerId: offerIdOf(supplierId, sku), cause: 'suspended' }, { caller });
  }

  @Post(':supplierId/offers/:sku/resume')
  @HttpCode(204)
  @Scopes('operator')
  @ApiOperation({ summary: 'Opens a suspended offer again' })
  @ApiNoContentResponse()
  async resume(@Param() { supplierId, sku }: OfferParam, @From() caller: Caller): Promise<void> {
    await this.commands.run({ type: 'OpenOffer', offerId: offerIdOf(supplierId, sku), cause: 'suspended' }, { caller });
  }

  @Post(':supplierId/offers/:sku/drain/stop')
  @HttpCode(204)
  @Scopes('operator')
  @ApiOperation({
    summary: 'Stops a drain',
    description: 'What is held there stays there, and may come to be bought from a supplier that has nothing.',
  })
  @ApiNoContentResponse()
  async stopDrain(@Param() { supplierId, sku }: OfferParam, @From() caller: Caller): Promise<void> {
    await this.commands.run({ type: 'StopDrain', offerId: offerIdOf(supplierId, sku) }, { caller });
  }

  @Post(':supplierId/offers/:sku/drain/allow')
  @HttpCode(204)
  @Scopes('operator')
  @ApiOperation({ summary: 'Lets a stopped drain run again' })
  @ApiNoContentResponse()
  async allowDrain(@Param() { supplierId, sku }: OfferParam, @From() caller: Caller): Promise<void> {
    await this.commands.run({ type: 'AllowDrain', offerId: offerIdOf(supplierId, sku) }, { caller });
  }
}

const momentsOf = ({ validFrom, validUntil }: PutOfferDto): { validFromAt?: number; validUntilAt?: number } => ({
  ...(validFrom !== undefined && { validFromAt: Date.parse(validFrom) }),
  ...(validUntil !== undefined && { validUntilAt: Date.parse(validUntil) }),
});

const denominationOf = ({ kind, valuesMinor = [], minMinor = 1, maxMinor = 1, stepMinor = 1 }: DenominationDto): Denomination =>
  kind === 'FIXED' ? { kind, valuesMinor } : { kind, minMinor, maxMinor, stepMinor };
