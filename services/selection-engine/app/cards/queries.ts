import { type Caller, Commands, Database, NotFound, Problem } from '@midstream/runtime';
import type { SelectionRequest } from '@midstream/contracts';
import {
  type Card,
  type CardNeed,
  evaluate,
  evidenceOf,
  type Influence,
  likingOf,
  type OfferBook,
  packageOf,
  recommend,
  type SelectionCommand,
} from '@midstream/selection-engine-domain';
import { Injectable } from '@nestjs/common';
import { CaseLibrary } from '../cases/library';
import type { EvaluateDto, RecommendDto } from './dto';
import { marginView, recommendationView, rounded } from './to-view';
import type { EvaluationsView, OrderRecommendationsView, RecommendationView } from './views';

const DAY_MS = 86_400_000;
/** Lines of one order that are looked at: as many as an order may have. */
const LINES_MAX = 100;

@Injectable()
export class CardQueries {
  constructor(
    private readonly commands: Commands<SelectionCommand>,
    private readonly database: Database,
    private readonly library: CaseLibrary,
  ) {}

  /** @throws Problem where it says nothing of what is looked for, or its deadline is over. */
  recommendations(dto: RecommendDto, caller: Caller): RecommendationView {
    const at = Date.now();
    const need = present(dto.need ?? {});
    const scenario = dto.scenario ?? 'general';
    if (need.sku === undefined && need.category === undefined && packageOf(scenario) === undefined)
      throw new Problem(422, 'need-incomplete', 'Name a sku or a category, or a scenario that has a set of its own', undefined, {
        field: 'need',
      });
    const deliverByAt = dto.deliverBy == null ? at + DAY_MS : Date.parse(dto.deliverBy);
    if (deliverByAt <= at)
      throw new Problem(422, 'deliver-by-out-of-range', 'deliverBy must be in the future', undefined, { field: 'deliverBy' });
    const { region, quantity } = dto;
    const merchantTier = this.tierOf(caller);
    return this.answer(
      {
        need,
        region,
        scenario,
        quantity,
        deliverByAt,
        segment: dto.segment ?? 'retail',
        currency: dto.currency ?? 'CNY',
        ...(merchantTier !== undefined && { merchantTier }),
        ...(dto.maxUnitPriceMinor != null && { priceCapMinor: dto.maxUnitPriceMinor }),
      },
      caller,
      at,
      dto.buyerKey ?? undefined,
    );
  }

  /** What each line of a running order would be given now, by its newest request. @throws NotFound for another merchant's order. */
  async ofOrder(orderId: string, caller: Caller, buyerKey?: string): Promise<OrderRecommendationsView> {
    const { rows } = await this.database.pool.query<{ request: SelectionRequest }>(
      `SELECT DISTINCT ON (record->'request'->>'lineId') record->'request' AS request
         FROM decision
        WHERE order_id = $1 AND ($2::text IS NULL OR merchant_id = $2)
        ORDER BY record->'request'->>'lineId', decided_at DESC
        LIMIT ${LINES_MAX}`,
      [orderId, caller.scope === 'operator' ? null : (caller.merchantId ?? '')],
    );
    if (rows.length === 0) throw new NotFound('order-not-found');
    const at = Date.now();
    const lines = rows.map(({ request }) => {
      const { lineId, need, region, segment, scenario, quantity, priceCapMinor, currency, merchantTier, deliverBy, excluded } = request;
      const asked: CardNeed = {
        need,
        region,
        segment,
        scenario,
        quantity,
        priceCapMinor,
        currency,
        excluded,
        hasRecipient: request.hasRecipient === true,
        deliverByAt: Date.parse(deliverBy),
        // The order keeps the tier that it was placed at
        ...(merchantTier !== undefined && { merchantTier }),
      };
      return { lineId, recommendation: this.answer(asked, caller, at, buyerKey) };
    });
    return { orderId, lines };
  }

  evaluations({ goods, region, segment = 'retail', currency = 'CNY' }: EvaluateDto, caller: Caller): EvaluationsView {
    const at = Date.now();
    const book = this.commands.view<OfferBook>();
    const merchantTier = this.tierOf(caller);
    const asked = { region, segment, currency, deliverByAt: at + DAY_MS, ...(merchantTier !== undefined && { merchantTier }) };
    const items = goods.map(({ sku, quantity }) => {
      const found = evaluate({ sku, quantity: quantity ?? 1, ...asked }, book, at);
      if (found === undefined) return { sku, known: false };
      const { scores, basis, stockOut, risk, gates, offers, outlook } = found;
      return {
        sku,
        known: true,
        scores,
        gates,
        offers,
        basis: { ...basis, fill: rounded(basis.fill), ordersPerHour: rounded(basis.ordersPerHour, 2), trend: rounded(basis.trend, 2) },
        stockRisk: { level: risk, probability: rounded(stockOut) },
        ...(caller.scope === 'operator' &&
          outlook !== undefined && { expectedMargin: marginView(outlook.expectedMargin, book.products.get(sku)?.priceMinor ?? 0) }),
      };
    });
    return { asOf: new Date(at).toISOString(), items };
  }

  /** Of the merchant who asks; the hub's own people see what everybody pays. */
  private tierOf({ scope, merchantId = '' }: Caller): string | undefined {
    return scope === 'merchant' ? this.commands.view<OfferBook>().merchants.get(merchantId)?.tier : undefined;
  }

  private answer(need: CardNeed, { scope, merchantId }: Caller, at: number, buyerKey?: string): RecommendationView {
    const book = this.commands.view<OfferBook>();
    const known = buyerKey === undefined ? undefined : book.buyers.get(buyerKey);
    // Another merchant's buyer is a stranger
    const buyer = known !== undefined && (scope === 'operator' || known.merchantId === merchantId) ? known : undefined;
    const cases = this.library.anonymous();
    const { scenario, segment, region, quantity } = need;
    const evidence = evidenceOf({ scenario, segment, region, quantity }, cases);
    const influence: Influence = (sku, category, priceMinor) =>
      evidence({ sku, category, priceMinor }).influence + (buyer === undefined ? 0 : likingOf(buyer, sku));
    const found = recommend(need, book, at, influence);
    const told = { at, isOperator: scope === 'operator', evidence: ({ good }: Card) => evidence(good.product) };
    return recommendationView(found, { ...told, ...(buyer !== undefined && { buyer }) });
  }
}

/** Without what is null: in a body that is the same as left out. */
const present = <T extends object>(from: T): T =>
  Object.fromEntries(Object.entries(from).filter(([, it]) => it !== null && it !== undefined)) as T;
