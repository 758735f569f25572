import { type Caller, From, IfKnown, LiveEvents, Open, Problem, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ownSupplier } from './owned';
import { StockQuery, StockStreamQuery, SupplierParam } from './params.dto';
import { SupplyQueries } from './queries';
import { askOf, pageAfter, type StockAnswer, StockAnswers, type StockAsk, STOCK_PAGE_MAX } from './stock.answers';
import { StockBook } from './stock.book';
import { StockDoor, TO_EVERY_SITE } from './stock.door';
import { ReportStockDto } from './supply.dto';
import { SupplierFeed } from './supplier-feed';
import { StockPage, StockReportView } from './views';

/** Live streams at one replica: of one key, and of one address without a key. */
const STREAMS_OF_KEY_MAX = 50;
const STREAMS_OF_ADDRESS_MAX = 10;

@ApiTags('stock')
@Controller({ version: '1' })
export class StockController {
  constructor(private readonly feed: SupplierFeed) {}

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
}

/** Open to everybody: what can be had now. Nothing in it tells of a supplier or of a cost. */
@ApiTags('stock')
@Controller({ path: 'stock', version: '1' })
@Open()
export class OpenStockController {
  constructor(
    private readonly answers: StockAnswers,
    private readonly book: StockBook,
    private readonly supply: SupplyQueries,
    private readonly live: LiveEvents,
    private readonly door: StockDoor,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'What can be had now, of all suppliers together',
    description:
      'By `sku` (up to 200, with commas between) or by `category` (in pages), for a `region` or for anywhere. Open: no key is needed, and pages of any site may ask (CORS). From memory, and at most a second behind the feed. `ETag` is of all that is said but `ageMs`: with `If-None-Match` the answer is 304 while nothing has changed. An operator’s key adds `offers`, with costs; a supplier’s key its own.',
  })
  @ApiHeader({ name: 'If-None-Match', required: false })
  @ApiOkResponse({ type: StockPage })
  @ApiResponse({ status: 304, description: 'Nothing has changed' })
  async stock(
    @Query() { sku, category, region, limit = STOCK_PAGE_MAX, after }: StockQuery,
    @IfKnown() caller: Caller | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const ask = askOf({
      ...(sku !== undefined && { sku }),
      ...(category !== undefined && { category }),
      ...(region !== undefined && { region }),
    });
    if (ask.skus === undefined && ask.category === undefined) throw new Problem(400, 'sku-or-category-missing', 'Name SKUs, or a category');
    const question = { ask, limit, ...(after !== undefined && { after: pageAfter(after) }) };
    const answer = this.answers.answer(ask, limit, question.after);
    if (caller === undefined) this.door.remember(request.url, question);
    const offers = caller === undefined || caller.scope === 'merchant' ? undefined : await this.offersOf(ask, answer, caller);
    this.door.tell(reply, request.headers['if-none-match'], answer, caller?.scope, offers);
  }

  @Get('stream')
  @ApiOperation({
    summary: 'Stock as it changes, live (server-sent events)',
    description:
      'Each event `stock` has the figure of one SKU as `GET /stock` tells it. Open the stream first and ask `GET /stock` then: nothing is missed. `id:` resumes at any replica by `Last-Event-ID`, without loss; a reader that is slow gets the latest of each SKU, not the steps between. Without `sku` and `category`: all.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ schema: { type: 'string' } })
  async stream(
    @Query() { sku, category, region }: StockStreamQuery,
    @IfKnown() caller: Caller | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const ask = askOf({
      ...(sku !== undefined && { sku }),
      ...(category !== undefined && { category }),
      ...(region !== undefined && { region }),
    });
    const skus = ask.skus && new Set(ask.skus);
    const whose =
      caller === undefined
        ? { who: `address:${request.ip}`, atMost: STREAMS_OF_ADDRESS_MAX }
        : { who: `key:${caller.keyId}`, atMost: STREAMS_OF_KEY_MAX };
    await this.live.stream(request, reply, {
      whose,
      headers: TO_EVERY_SITE,
      about: ({ type, data }) => {
        if (type !== 'OfferState' && type !== 'ProductState') return undefined;
        const of = String(data['sku']);
        if (skus !== undefined && !skus.has(of)) return undefined;
        // The book follows the same log in steps of its own: what is told is at least as new as this event
        this.book.apply(type, data);
        return ask.category === undefined || this.book.categoryOf(of) === ask.category ? of : undefined;
      },
      name: 'stock',
      view: ({ data }) => JSON.parse(this.answers.text(this.book.figure(String(data['sku']), ask.region), caller?.scope)) as object,
    });
  }

  /** Of the hub and of the supplier itself: with costs, from the database. As JSON. */
  private async offersOf({ skus }: StockAsk, { figures }: StockAnswer, caller: Caller): Promise<string> {
    const asked = skus ?? figures.map((it) => (JSON.parse(`${it.rough}}`) as { readonly sku: string }).sku);
    return JSON.stringify(await this.supply.offersOfSkus(asked, caller.scope === 'supplier' ? (caller.supplierId ?? '') : undefined));
  }
}
