import type { InventoryCommand, ReportStock } from '@midstream/inventory-domain';
import { roomOf, type Rows, rowOf } from '@midstream/inventory-domain';
import { offerIdOf, type Untimed } from '@midstream/kernel';
import { type Caller, Commands } from '@midstream/runtime';
import { Injectable } from '@nestjs/common';
import type { StockChangeDto } from './supply.dto';
import type { StockReportView, StockResultView } from './views';

/** A change of a supplier's feed, as the domain hears it. */
export const toCommand = (supplierId: string, { sku, offerId, quantity, sequence, costTiers }: StockChangeDto): Untimed<ReportStock> => ({
  type: 'ReportStock',
  supplierId,
  offerId: offerId ?? offerIdOf(supplierId, sku),
  quantity,
  sequence,
  ...(costTiers && { costTiers: costTiers.map(({ from, costMinor }) => ({ from, costMinor })) }),
});

/** Up to a thousand changes, each for itself: a stale or foreign one costs the others nothing. They arrive together and share transactions. */
@Injectable()
export class SupplierFeed {
  constructor(private readonly commands: Commands<InventoryCommand>) {}

  async take(supplierId: string, changes: readonly StockChangeDto[], caller: Caller): Promise<StockReportView> {
    const results = await Promise.all(changes.map((it, index) => this.takeOne(supplierId, it, index, caller)));
    const taken = results.filter((it) => it.status === 'taken').length;
    return { taken, refused: results.length - taken, results };
  }

  /** A change of pace is a command of its own: it may free what is held, and has no sequence. */
  private async paceOf(
    supplierId: string,
    offerId: string,
    { capacityPerMinute, leadTimeMs }: StockChangeDto,
    caller: Caller,
  ): Promise<void> {
    if (capacityPerMinute === undefined && leadTimeMs === undefined) return;
    const pace = { ...(capacityPerMinute !== undefined && { capacityPerMinute }), ...(leadTimeMs !== undefined && { leadTimeMs }) };
    await this.commands.outcome({ type: 'ReportPace', supplierId, offerId, ...pace }, { caller });
  }

  private async takeOne(supplierId: string, change: StockChangeDto, index: number, caller: Caller): Promise<StockResultView> {
    const command = toCommand(supplierId, change);
    const outcome = await this.commands.outcome(command, { caller, answer: ({ offers }: Rows) => roomOf(rowOf(offers, command.offerId)) });
    const { sku } = change;
    if ('rejected' in outcome) return { index, sku, status: 'refused', code: outcome.rejected.rejected };
    await this.paceOf(supplierId, command.offerId, change, caller);
    return { index, sku, status: 'taken', available: Number(outcome.body) };
  }
}
