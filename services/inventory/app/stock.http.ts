import { type Caller, From, LiveEvents, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ownSupplier } from './owned';
import { StockQuery, SupplierParam } from './params.dto';
import { StockQueries } from './queries';
import { ReportStockDto } from './supply.dto';
import { SupplierFeed } from './supplier-feed';
import { StockPage, StockReportView } from './views';

@ApiTags('stock')
@Controller({ version: '1' })
export class StockController {
  constructor(
    private readonly feed: SupplierFeed,
    private readonly queries: StockQueries,
    private readonly live: LiveEvents,
  ) {}

  @Post('suppliers/:supplierId/stock')
  @HttpCode(200)
  @Scopes('operator', 'supplier')
  @ApiOperation({
    summary: 'A supplier’s feed: what it has, and what it costs',
    description:
      'Up to 1,000 changes, each answered for itself. `sequence` is the feed’s own: a lower one than known for the offer is stale.',
  })
  @ApiOkResponse({ type: StockReportView })
  report(@Param() { supplierId }: SupplierParam, @Body() { changes }: ReportStockDto, @From() caller: Caller): Promise<StockReportView> {
    return this.feed.take(ownSupplier(caller, supplierId), changes, caller);
  }

  @Get('stock')
  @Scopes('operator', 'merchant', 'supplier')
  @ApiOperation({ summary: 'What can be had now, of all suppliers together' })
  @ApiOkResponse({ type: StockPage })
  async stock(@Query() { sku, region }: StockQuery): Promise<StockPage> {
    return { items: await this.queries.stock(sku.split(','), region) };
  }

  @Get('stock/stream')
  @Scopes('operator', 'merchant', 'supplier')
  @ApiOperation({
    summary: 'Which products’ stock has changed, live (server-sent events)',
    description: 'Ask `GET /stock` for the figure.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ schema: { type: 'string' } })
  stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.live.stream(request, reply, {
      view: ({ type, data }) => (type === 'OfferState' ? { sku: data['sku'], asOf: data['stockAsOf'] } : undefined),
    });
  }
}
