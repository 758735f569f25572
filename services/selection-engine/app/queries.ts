import { type Caller, Database, NotFound, Problem } from '@midstream/runtime';
import { type Considered, formulasOf, KNOWN, REPLAYED_MODELS, replay } from '@midstream/selection-engine-domain';
import { Injectable } from '@nestjs/common';
import type { DecisionRecord } from './records';
import type { DecisionView, ListedGood, OperatorDecisionView, ReplayView } from './views';

interface DecisionFound {
  readonly id: string;
  readonly merchant_id: string;
  readonly decided_at: Date;
  readonly model: string;
  /** A record of an older model has no `chosen`. */
  readonly record: Omit<DecisionRecord, 'chosen'> & Partial<Pick<DecisionRecord, 'chosen'>>;
}

@Injectable()
export class DecisionQueries {
  constructor(private readonly database: Database) {}

  /** The record as its reader may see it. @throws NotFound for what is not there, or is another merchant's. */
  async decision(decisionId: string, { scope, merchantId }: Caller): Promise<DecisionView | OperatorDecisionView> {
    const found = await this.find(decisionId, scope === 'operator' ? null : (merchantId ?? ''));
    return scope === 'operator' ? wholeOf(found) : publicOf(found);
  }

  /** The decision, made again from its record. @throws NotFound; a Problem where a model made it whose formulas are gone. */
  async replayed(decisionId: string): Promise<ReplayView> {
    const { id, model, record } = await this.find(decisionId, null);
    if (!REPLAYED_MODELS.includes(formulasOf(model)) || record.chosen === undefined) {
      const here = REPLAYED_MODELS.join(' and ');
      throw new Problem(409, 'decision-of-another-model', 'The decision was made by another model', `${model} made it; here are ${here}`);
    }
    return { decisionId: id, model, ...replay({ ...record, chosen: record.chosen }) };
  }

  private async find(decisionId: string, merchantId: string | null): Promise<DecisionFound> {
    const { rows } = await this.database.pool.query<DecisionFound>(
      `SELECT id, merchant_id, decided_at, model, record FROM decision WHERE id = $1 AND ($2::text IS NULL OR merchant_id = $2)`,
      [decisionId, merchantId],
    );
    const [found] = rows;
    if (found === undefined) throw new NotFound('decision-not-found');
    return found;
  }
}

function publicOf({ id, decided_at, record: { request, candidates, gates, repack } }: DecisionFound): DecisionView {
  const { orderId, lineId, attempt, depth, quantity, need, region, priceCapMinor, currency, replaces } = request;
  const goods = new Map(
    candidates.map((it): [string, ListedGood] => [it.sku, { sku: it.sku, priceMinor: it.priceMinor, currency: it.currency }]),
  );
  return {
    decisionId: id,
    orderId,
    lineId,
    attempt,
    depth,
    decidedAt: decided_at.toISOString(),
    quantity,
    need,
    region,
    priceCapMinor,
    currency,
    ...(replaces && { because: replaces.reason }),
    goods: [...goods.values()],
    gates,
    ...(repack && { repack: { sku: repack.proposed.sku, pieces: repack.proposed.pieces } }),
  };
}

function wholeOf(found: DecisionFound): OperatorDecisionView {
  const { request, candidates, considered, chosen, storm, split, repack, settings, trial } = found.record;
  const { merchant_id: merchantId, model } = found;
  return {
    ...publicOf(found),
    merchantId,
    model,
    request,
    candidates,
    considered: considered.map(named),
    ...(chosen && { chosen }),
    ...(storm && { storm }),
    ...(split && { split }),
    ...(repack && { packs: repack.packs.map((it) => ({ ...it, considered: it.considered.map(named) })) }),
    ...(settings && { settings }),
    ...(trial && { trial }),
  };
}

/** A considered offer with its numbers by name; a record of an older model has none. */
function named({ known, ...it }: Considered): object {
  if (known === undefined) return it;
  const [supplierId, upstreamGroup, ...numbers] = known;
  return { ...it, supplierId, upstreamGroup, ...Object.fromEntries(KNOWN.map((name, index) => [name, numbers[index]])) };
}
