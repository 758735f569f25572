import type { OrderCommand, Rows } from '@midstream/order-domain';
import { type Caller, Commands, From, type Idempotency, IdempotencyKey, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { v7 as uuidv7 } from 'uuid';
import { ComplaintQueries } from './complaint-queries';
import { ComplaintsView, complaintsView, ComplaintView, FileComplaintDto, OpenComplaintsView, ResolveComplaintDto } from './complaints';
import { PageQuery } from './dto';
import { present } from './to-command';

@ApiTags('complaints')
@Controller({ version: '1' })
export class ComplaintsController {
  constructor(
    private readonly commands: Commands<OrderCommand>,
    private readonly queries: ComplaintQueries,
  ) {}

  @ApiOperation({
    summary: 'Complain of units that were delivered',
    description: 'Within 30 days of the delivery, and of each unit once. The hub answers it; money comes back to your account only then.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiCreatedResponse({ type: ComplaintView })
  @Post('orders/:orderId/lines/:lineId/complaints')
  @HttpCode(201)
  @Scopes('merchant')
  file(
    @Param('orderId') orderId: string,
    @Param('lineId') lineId: string,
    @Body() body: FileComplaintDto,
    @From() caller: Caller,
    @IdempotencyKey({ required: true }) key: Idempotency,
  ): Promise<ComplaintView> {
    const complaintId = uuidv7();
    const of = { type: 'FileComplaint' as const, orderId, merchantId: caller.merchantId ?? '', lineId, complaintId };
    return this.commands.run<ComplaintView>(
      { ...present(body), ...of },
      { caller, key, status: 201, answer: viewOf(orderId, complaintId) },
    );
  }

  @ApiOperation({
    summary: 'Answer a complaint: no, or money back',
    description: 'A refund is booked to the merchant’s account at once. Repeating the same answer is harmless; another one comes too late.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOkResponse({ type: ComplaintView })
  @Post('orders/:orderId/lines/:lineId/complaints/:complaintId/resolution')
  @HttpCode(200)
  @Scopes('operator')
  async resolve(
    @Param('orderId') orderId: string,
    @Param('lineId') lineId: string,
    @Param('complaintId') complaintId: string,
    @Body() body: ResolveComplaintDto,
    @From() caller: Caller,
    @IdempotencyKey() key?: Idempotency,
  ): Promise<ComplaintView> {
    const merchantId = await this.queries.merchantOf(orderId);
    const of = { type: 'ResolveComplaint' as const, orderId, merchantId, lineId, complaintId };
    return this.commands.run<ComplaintView>({ ...present(body), ...of }, { caller, key, answer: viewOf(orderId, complaintId) });
  }

  @ApiOperation({ summary: 'The complaints of an order, and what became of them' })
  @ApiOkResponse({ type: ComplaintsView })
  @Get('orders/:orderId/complaints')
  @Scopes('merchant', 'operator')
  list(@Param('orderId') orderId: string, @From() caller: Caller): Promise<ComplaintsView> {
    return this.queries.ofOrder(caller, orderId);
  }

  @ApiOperation({ summary: 'Complaints that wait for the hub’s answer, the oldest first' })
  @ApiOkResponse({ type: OpenComplaintsView })
  @Get('complaints')
  @Scopes('operator')
  open(@Query() { after }: PageQuery): Promise<OpenComplaintsView> {
    return this.queries.open(after);
  }
}

/** The complaint as it is after the command, made in its transaction; without the note, which is stored nowhere else. */
const viewOf = (orderId: string, complaintId: string) => (rows: Rows) => {
  const order = rows.orders[orderId];
  return order && complaintsView(order).find((it) => it.complaintId === complaintId);
};
