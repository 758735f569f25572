import { type Caller, From, Problem, Public, Scopes } from '@midstream/runtime';
import { Body, Controller, Headers, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { House } from '../house';
import { ownSupplier } from '../owned';
import { SupplierParam } from '../params.dto';
import { SupplyQueries } from '../queries';
import { StockReportView } from '../views';
import { SignedFeed } from './feed';
import { FeedMessageDto, FeedSecretView, RotateSecretDto } from './feed.dto';
import { OVERLAP_MS } from './secrets';

@ApiTags('supply')
@Controller({ path: 'suppliers', version: '1' })
export class FeedController {
  constructor(
    private readonly feed: SignedFeed,
    private readonly house: House,
    private readonly queries: SupplyQueries,
  ) {}

  @Post(':supplierId/feed')
  @HttpCode(200)
  @Public()
  @ApiConsumes('application/json')
  @ApiBody({ type: FeedMessageDto })
  @ApiHeader({ name: 'webhook-id', required: true, description: 'Names the message; a second one of this name is refused' })
  @ApiHeader({ name: 'webhook-timestamp', required: true, description: 'Seconds since 1970; five minutes off at most' })
  @ApiHeader({
    name: 'webhook-signature',
    required: true,
    description: '`v1,` and base64, several with blanks between while secrets change',
  })
  @ApiOperation({
    summary: 'A supplier pushes what has changed, signed by Standard Webhooks',
    description:
      'No API key: the signature says who it is (standardwebhooks.com). Changes are taken each for itself, as with `POST …/stock`. A message that was taken is answered 409 `message-known` when it comes again: count it as delivered.',
  })
  @ApiOkResponse({ type: StockReportView })
  take(
    @Param() { supplierId }: SupplierParam,
    @Headers() headers: Record<string, string | undefined>,
    @Req() request: FastifyRequest,
  ): Promise<StockReportView> {
    return this.feed.take(supplierId, {
      id: headers['webhook-id'],
      timestamp: headers['webhook-timestamp'],
      signature: headers['webhook-signature'],
      body: rawOf(request),
    });
  }

  @Post(':supplierId/feed-secrets')
  @HttpCode(201)
  @Scopes('operator', 'supplier')
  @ApiOperation({
    summary: 'A new secret for the signed feed',
    description: 'Shown once. The secrets before it stay good for `overlapMs`, so that the feed can change over without a gap.',
  })
  @ApiCreatedResponse({ type: FeedSecretView })
  async rotate(
    @Param() { supplierId }: SupplierParam,
    @Body() { overlapMs = OVERLAP_MS }: RotateSecretDto,
    @From() caller: Caller,
  ): Promise<FeedSecretView> {
    await this.queries.supplier(ownSupplier(caller, supplierId));
    return this.house.feedSecrets.rotate(supplierId, overlapMs);
  }
}

/** The body to the byte, as it was signed. */
function rawOf(request: FastifyRequest): string {
  const { rawBody } = request as { readonly rawBody?: unknown };
  if (Buffer.isBuffer(rawBody)) return rawBody.toString('utf8');
  throw new Problem(415, 'media-type-unknown', 'Send application/json');
}
