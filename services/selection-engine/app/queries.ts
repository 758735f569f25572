import { type Caller, Database, NotFound } from '@midstream/runtime';
import { Injectable } from '@nestjs/common';
import type { DecisionRecord } from './records';
import type { DecisionView, ListedGood, OperatorDecisionView } from './views';

interface DecisionFound {
  readonly id: string;
  readonly merchant_id: string;
  readonly decided_at: Date;
  readonly model: string;
  readonly record: DecisionRecord;
}

@Injectable()
export class DecisionQueries {
  constructor(private readonly database: Database) {}

  /** The record as its reader may see it. @throws NotFound for what is not there, or is another merchant's. */
  async decision(decisionId: string, { scope, merchantId }: Caller): Promise<DecisionView | OperatorDecisionView> {
    const { rows } = await this.database.pool.query<DecisionFound>(
      `SELECT id, merchant_id, decided_at, model, record FROM decision WHERE id = $1 AND ($2::text IS NULL OR merchant_id = $2)`,
      [decisionId, scope === 'operator' ? null : (merchantId ?? '')],
    );
    const [found] = rows;
    if (found === undefined) throw new NotFound('decision-not-found');
    return scope === 'operator' ? wholeOf(found) : publicOf(found);
  }
}

function publicOf({ id, decided_at, record: { request, candidates, gates } }: DecisionFound): DecisionView {
  const { orderId, lineId, attempt, depth, quantity, need, region, priceCapMinor, currency, replaces } = request;
  const goods = new Map(
    candidates.map((it): [string, ListedGood] => [it.sku, { sku: it.sku, priceMinor: it.priceMinor, currency: it.currency }]),
  );
  return {
    ...{ decisionId: id, orderId, lineId, attempt, depth, decidedAt: decided_at.toISOString() },
    ...{ quantity, need, region, priceCapMinor, currency, ...(replaces && { because: replaces.reason }) },
    goods: [...goods.values()],
    gates,
  };
}

function wholeOf(found: DecisionFound): OperatorDecisionView {
  const { request, candidates, considered } = found.record;
  return { ...publicOf(found), merchantId: found.merchant_id, model: found.model, request, candidates, considered };
}
