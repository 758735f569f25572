import type { InventoryCode, InventoryCommand, ReportPace, ReportStock, Rows } from '@midstream/inventory-domain';
import { roomOf } from '@midstream/inventory-domain';
import { assert, offerIdOf, type Rejection, type Untimed } from '@midstream/kernel';
import { type Caller, type CommandOutcome, Commands } from '@midstream/runtime';
import { Injectable } from '@nestjs/common';
import { problems } from './problems';
import type { StockChangeDto } from './supply.dto';
import type { StockReportView, StockResultView } from './views';

const offerOf = (supplierId: string, { sku, offerId }: StockChangeDto): string => offerId ?? offerIdOf(supplierId, sku);

/** A change of a supplier's feed, as the domain hears it. */
export const toCommand = (supplierId: string, change: StockChangeDto): Untimed<ReportStock> => {
  const { quantity, sequence, costTiers } = change;
  const report = { type: 'ReportStock', supplierId, offerId: offerOf(supplierId, change), quantity, sequence } as const;
  return costTiers === undefined ? report : { ...report, costTiers: costTiers.map(({ from, costMinor }) => ({ from, costMinor })) };
};

/** A change of pace is a command of its own: it may free what is held, and has no sequence. */
const toPace = (supplierId: string, change: StockChangeDto): Untimed<ReportPace>[] => {
  const { capacityPerMinute, leadTimeMs } = change;
  if (capacityPerMinute === undefined && leadTimeMs === undefined) return [];
  const pace = { ...(capacityPerMinute !== undefined && { capacityPerMinute }), ...(leadTimeMs !== undefined && { leadTimeMs }) };
  return [{ type: 'ReportPace', supplierId, offerId: offerOf(supplierId, change), ...pace }];
};

/** Up to a thousand changes, each for itself: a stale or foreign one costs the others nothing. They arrive together and share transactions. */
@Injectable()
export class SupplierFeed {
  constructor(private readonly commands: Commands<InventoryCommand>) {}

  async take(supplierId: string, changes: readonly StockChangeDto[], caller: Caller): Promise<StockReportView> {
    const outcomes = await this.commands.outcomes(
      changes.map((it) => toCommand(supplierId, it)),
      { caller, answer: ({ offers }: Rows) => Object.values(offers).map(roomOf)[0] },
    );
    const results = changes.map(({ sku }, index) => resultOf(index, sku, outcomes[index]));
    const taken = changes.filter((_, index) => results[index]?.status === 'taken');
    const paces = taken.flatMap((it) => toPace(supplierId, it));
    if (paces.length > 0) await this.commands.outcomes(paces, { caller });
    return { taken: taken.length, refused: results.length - taken.length, results };
  }
}

/** In the words that the refusal has elsewhere; of a stale one the sequence that is known. */
function whyOf({ rejected, detail }: Rejection): Pick<StockResultView, 'code' | 'title' | 'sequence'> {
  const title = problems[rejected as InventoryCode]?.title;
  const sequence = detail?.['sequence'];
  return { code: rejected, ...(title !== undefined && { title }), ...(typeof sequence === 'number' && { sequence }) };
}

function resultOf(index: number, sku: string, outcome: CommandOutcome | undefined): StockResultView {
  assert(outcome !== undefined, 'every change has an outcome');
  if ('rejected' in outcome) return { index, sku, status: 'refused', ...whyOf(outcome.rejected) };
  return { index, sku, status: 'taken', available: Number(outcome.body) };
}
