import type { OrderCommand } from '@midstream/order-domain';
import { type Caller, Commands, From, Problem, Scopes } from '@midstream/runtime';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ComplaintQueries } from './complaint-queries';
import { EraseBuyerDto } from './dto';
import { Pseudonyms } from './pseudonyms';
import { ErasureView } from './views';

@ApiTags('buyers')
@Controller({ path: 'buyers', version: '1' })
export class BuyersController {
  constructor(
    private readonly commands: Commands<OrderCommand>,
    private readonly pseudonyms: Pseudonyms,
    private readonly complaints: ComplaintQueries,
  ) {}

  @ApiOperation({
    summary: 'Forget what was learnt of a buyer',
    description:
      'The selection engine drops the profile that it keeps under the buyer’s pseudonym: goods, orders, tier; what he said when he complained goes as well. Done within seconds; harmless where nothing is known, or when repeated. The orders themselves stay, as books do. What the buyer orders later begins a new profile.',
  })
  @ApiAcceptedResponse({ type: ErasureView })
  @Post('erasures')
  @HttpCode(202)
  @Scopes('merchant', 'operator')
  async erase(@Body() { reference, merchantId }: EraseBuyerDto, @From() caller: Caller): Promise<ErasureView> {
    const of = ownerOf(caller, merchantId ?? undefined);
    const buyerKey = this.pseudonyms.of(of, reference);
    await this.commands.run({ type: 'EraseBuyer', merchantId: of, buyerKey }, { caller });
    await this.complaints.forget(buyerKey);
    return { merchantId: of, buyerKey };
  }
}

/** @throws Problem where an operator names no merchant, or a merchant another. */
function ownerOf({ scope, merchantId: own }: Caller, merchantId: string | undefined): string {
  if (scope === 'merchant' && own !== undefined) {
    if (merchantId === undefined || merchantId === own) return own;
    throw new Problem(403, 'foreign-merchant', 'The buyer is another merchant’s; leave merchantId out', undefined, { field: 'merchantId' });
  }
  if (merchantId !== undefined) return merchantId;
  throw new Problem(422, 'merchant-missing', 'Name the merchant whose buyer it is', undefined, { field: 'merchantId' });
}
