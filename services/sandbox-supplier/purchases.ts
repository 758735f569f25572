import { setTimeout as wait } from 'node:timers/promises';
import {
  type CanActivate,
  Body,
  Controller,
  createParamDecorator,
  type ExecutionContext,
  Get,
  HttpCode,
  Injectable,
  Param,
  Post,
  Query,
  Res,
  UseGuards,
} from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiConflictResponse,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Refusal, tell, TELL } from './counter';
import { BalanceView, ProblemView, PurchaseDto, PurchaseView, StockQuery, StockView } from './purchases.dto';

const KEY = /^[A-Za-z0-9._~:/-]{1,200}$/;

@Injectable()
export class TokenGuard implements CanActivate {
  constructor(private readonly counter: Counter) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers, params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: { supplierId: string } }>>();
    const { token } = this.counter.shop(params.supplierId);
    if (headers.authorization !== `Bearer ${token}`) throw new Refusal('unauthorised');
    return true;
  }
}

const PurchaseKey = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const key = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
  if (typeof key !== 'string' || !KEY.test(key))
    throw new Refusal('invalid-request', 'Idempotency-Key: 1 to 200 characters of A-Za-z0-9._~:/-');
  return key;
});

@ApiTags('supplier protocol')
@ApiBearerAuth()
@UseGuards(TokenGuard)
@Controller('suppliers/:supplierId')
export class PurchasesController {
  constructor(private readonly counter: Counter) {}

  @ApiOperation({ summary: 'Buys units of one SKU, at most once a key' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: 'Names the purchase for ever: 1 to 200 characters of A-Za-z0-9._~:/-',
  })
  @ApiOkResponse({ type: PurchaseView })
  @ApiConflictResponse({
    type: ProblemView,
    description: 'out-of-stock, price-risen, insufficient-balance, refused, key-closed: nothing was bought',
  })
  @ApiUnprocessableEntityResponse({ type: ProblemView, description: 'unknown-sku, invalid-recipient, idempotency-key-reused' })
  @Post('purchases')
  @HttpCode(200)
  async buy(
    @Param('supplierId') supplierId: string,
    @PurchaseKey() key: string,
    @Body() purchase: PurchaseDto,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { answer, manner, delayMs } = this.counter.buy(supplierId, key, { ...purchase });
    await wait(delayMs, undefined, { ref: false });
    TELL[manner](reply, answer);
  }

  @ApiOperation({ summary: 'What the same purchase would be answered now: the way to ask for an unknown outcome' })
  @ApiOkResponse({ type: PurchaseView })
  @ApiNotFoundResponse({ type: ProblemView, description: 'not-found: it had no effect, and never will' })
  @ApiConflictResponse({ type: ProblemView, description: 'It was refused' })
  @Get('purchases/:idempotencyKey')
  ask(@Param('supplierId') supplierId: string, @Param('idempotencyKey') key: string, @Res() reply: FastifyReply): void {
    tell(reply, this.counter.ask(supplierId, key));
  }

  @ApiOperation({ summary: 'What a purchase could get now, by SKU' })
  @ApiOkResponse({ type: StockView })
  @Get('stock')
  stock(@Param('supplierId') supplierId: string, @Query() { sku, after, limit }: StockQuery): object {
    return this.counter.stock(supplierId, { sku, after, ...(limit !== undefined && { limit: Number(limit) }) });
  }

  @ApiOperation({ summary: 'What the buyer has left to spend' })
  @ApiOkResponse({ type: BalanceView })
  @Get('balance')
  balance(@Param('supplierId') supplierId: string): object {
    return this.counter.balance(supplierId);
  }
}
