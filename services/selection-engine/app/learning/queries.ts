import { Commands, Database, NotFound } from '@midstream/runtime';
import { type OfferBook, planOf, type PlanStep, scorecardOf, type SelectionCommand } from '@midstream/selection-engine-domain';
import { Injectable } from '@nestjs/common';
import type { DecisionRecord } from '../records';
import type { OperatorPlanView, PlanView, ScorecardView } from './views';

interface LastDecision {
  readonly id: string;
  readonly decided_at: Date;
  readonly record: DecisionRecord;
}

@Injectable()
export class LearningQueries {
  constructor(
    private readonly database: Database,
    private readonly commands: Commands<SelectionCommand>,
  ) {}

  /** The plan of a line by its last decision. `merchantId` null: an operator, who sees offers and suppliers. @throws NotFound */
  async plan(orderId: string, lineId: string, merchantId: string | null): Promise<PlanView | OperatorPlanView> {
    const { rows } = await this.database.pool.query<LastDecision>(
      `SELECT id, decided_at, record FROM decision
        WHERE order_id = $1 AND record #>> '{request,lineId}' = $2 AND ($3::text IS NULL OR merchant_id = $3)
        ORDER BY decided_at DESC, id DESC LIMIT 1`,
      [orderId, lineId, merchantId],
    );
    const [found] = rows;
    if (found === undefined) throw new NotFound('line-not-found');
    const book = this.book();
    const plan = planOf(found.record, book, Date.now());
    const alive = plan.steps.filter((it) => it.gate === undefined);
    const view: PlanView = {
      orderId,
      lineId,
      decisionId: found.id,
      decidedAt: found.decided_at.toISOString(),
      goods: alive.map((it) => goodOf(it, book)),
      flag: plan.independent ? null : '无独立后备',
      independent: plan.independent,
      stale: plan.stale,
      renewed: plan.renewed,
    };
    return merchantId === null ? { ...view, ...(plan.first && { first: plan.first }), steps: plan.steps } : view;
  }

  /** @throws NotFound for a supplier of whom neither an offer nor an outcome is known */
  scorecard(supplierId: string): ScorecardView {
    const book = this.book();
    const offers = [...book.offers.values()].filter((it) => it.supplierId === supplierId);
    const card = scorecardOf(book.beliefs, supplierId, Date.now(), offers[0]?.upstreamGroup);
    if (offers.length === 0 && card.withoutHistory) throw new NotFound('supplier-not-found');
    return { ...card, offers: offers.length, openOffers: offers.filter((it) => it.closures.length === 0).length };
  }

  private book(): OfferBook {
    return this.commands.view<OfferBook>();
  }
}

const goodOf = ({ sku }: PlanStep, book: OfferBook) => {
  const product = book.products.get(sku);
  return { sku, priceMinor: product?.priceMinor ?? 0, currency: product?.currency ?? '' };
};
