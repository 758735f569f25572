import type { Supplier } from '@midstream/inventory-domain';
import { type Caller, Database, From, NotFound, Problem, Scopes } from '@midstream/runtime';
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { ownSupplier } from '../owned';
import { SupplierParam } from '../params.dto';

export class PollView {
  @ApiProperty() supplierId!: string;
  @ApiPropertyOptional({ description: 'How often it is asked for its stock, milliseconds; absent: not at all, it pushes' })
  pollEveryMs?: number;
  @ApiPropertyOptional({ format: 'date-time', description: 'When it was asked last' }) polledAt?: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'When it answered last: how old its figures are at most' }) answeredAt?: string;
  @ApiPropertyOptional({ format: 'date-time' }) nextAt?: string;
  @ApiPropertyOptional({ description: 'Goods that its last answer named' }) goods?: number;
  @ApiProperty({ description: 'Polls in a row that failed; the pause doubles with each, up to half an hour' }) failures!: number;
  @ApiPropertyOptional({ description: 'Why the last one did' }) error?: string;
}

interface Row {
  readonly state: Supplier;
  readonly polled_at: Date | null;
  readonly answered_at: Date | null;
  readonly next_at: Date | null;
  readonly goods: number | null;
  readonly failures: number | null;
  readonly error: string | null;
}

@ApiTags('supply')
@Controller({ path: 'suppliers', version: '1' })
export class PollController {
  constructor(private readonly database: Database) {}

  @Get(':supplierId/poll')
  @Scopes('operator', 'supplier')
  @ApiOperation({
    summary: 'How the supplier is asked for its stock, and how that goes',
    description: 'A supplier that fails keeps its last figures, which go stale where its offers have promised to be fresh.',
  })
  @ApiOkResponse({ type: PollView })
  async get(@Param() { supplierId }: SupplierParam, @From() caller: Caller): Promise<PollView> {
    return this.view(ownSupplier(caller, supplierId));
  }

  @Post(':supplierId/poll')
  @HttpCode(202)
  @Scopes('operator')
  @ApiOperation({ summary: 'Asks the supplier for its stock now' })
  @ApiAcceptedResponse({ type: PollView })
  async now(@Param() { supplierId }: SupplierParam): Promise<PollView> {
    const view = await this.view(supplierId);
    if (view.pollEveryMs === undefined)
      throw new Problem(409, 'supplier-not-polled', 'This supplier is not asked for its stock; put it with pollEveryMs first');
    await this.database.query(`UPDATE supplier_poll SET next_at = clock_timestamp() WHERE supplier_id = $1`, [supplierId]);
    return this.view(supplierId);
  }

  private async view(supplierId: string): Promise<PollView> {
    const { rows } = await this.database.pool.query<Row>(
      `SELECT s.state, p.polled_at, p.answered_at, p.next_at, p.goods, p.failures, p.error
         FROM supplier s LEFT JOIN supplier_poll p ON p.supplier_id = s.id WHERE s.id = $1`,
      [supplierId],
    );
    const [found] = rows;
    if (found === undefined) throw new NotFound('unknown-supplier');
    const { state, polled_at: polledAt, answered_at: answeredAt, next_at: nextAt, goods, failures, error } = found;
    const { pollEveryMs } = state;
    return {
      supplierId,
      failures: failures ?? 0,
      ...(pollEveryMs !== undefined && { pollEveryMs }),
      ...(polledAt && { polledAt: polledAt.toISOString() }),
      ...(answeredAt && { answeredAt: answeredAt.toISOString() }),
      ...(nextAt && pollEveryMs !== undefined && { nextAt: nextAt.toISOString() }),
      ...(goods !== null && { goods }),
      ...(error !== null && { error }),
    };
  }
}
