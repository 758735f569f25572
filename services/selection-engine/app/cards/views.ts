import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class TextView {
  @ApiProperty() zh!: string;
  @ApiProperty() en!: string;
}

export class RoleView {
  @ApiProperty({ enum: ['best', 'steadiest', 'cheapest', 'fastest', 'substitute'] }) role!: string;
  @ApiProperty({ example: '综合最优' }) zh!: string;
  @ApiProperty() en!: string;
}

export class RiskView {
  @ApiProperty({ enum: ['low', 'medium', 'high', 'extreme'], description: 'From 0, 2, 10 and 30 of 100 on' }) level!: string;
  @ApiProperty({ description: 'That the stock does not last, 0 to 1' }) probability!: number;
}

export class ScoresView {
  @ApiProperty({ description: '质量: 0 to 100 among its category' }) quality!: number;
  @ApiProperty({ description: '供应稳定' }) supply!: number;
  @ApiProperty({ description: '合规: 100 screened and open, 60 not screened here yet, 20 high risk, 0 banned' }) compliance!: number;
  @ApiProperty({ description: '市场需求' }) demand!: number;
}

export class CardStockView {
  @ApiProperty({ description: 'Of all offers that may serve it' }) available!: number;
  @ApiProperty({ format: 'date-time', description: 'When the figure was reported' }) asOf!: string;
  @ApiProperty() ageSeconds!: number;
  @ApiPropertyOptional({ description: 'For how many days it lasts at what the hub sells of it; absent where that is nothing' })
  daysOfCover?: number;
}

export class ReasonView {
  @ApiProperty({ enum: ['price', 'reliability', 'speed', 'after-sales', 'stock', 'demand'] }) group!: string;
  @ApiProperty({ description: 'Whether it speaks for this good or against it', enum: ['for', 'against'] }) speaks!: string;
  @ApiProperty({ type: TextView }) text!: TextView;
}

export class ResemblesView {
  @ApiProperty() caseId!: string;
  @ApiProperty({ description: '0 to 1' }) similarity!: number;
  @ApiProperty({ description: 'What all cases add to the good, as a share of its price; at most 0.01 either way' }) influence!: number;
  @ApiPropertyOptional({ type: TextView }) title?: TextView;
  @ApiProperty() orders!: number;
  @ApiProperty({ description: 'Share of the ordered units that were delivered' }) delivered!: number;
}

export class KnownBuyerView {
  @ApiProperty({ description: 'Orders that brought something' }) orders!: number;
  @ApiProperty({ description: 'Of them within 30 days of the one before' }) returns!: number;
  @ApiProperty() tier!: string;
  @ApiProperty({ description: 'What it adds to the good, as a share of its price; at most 0.02' }) influence!: number;
  @ApiProperty({ type: TextView }) text!: TextView;
}

/** One good, however many sell it. Nothing in it says who, or what it costs the hub. */
export class CardView {
  @ApiProperty() sku!: string;
  @ApiProperty({ type: TextView }) name!: TextView;
  @ApiProperty() category!: string;
  @ApiProperty({ type: [RoleView] }) roles!: RoleView[];
  @ApiProperty({ description: 'Of a unit, in minor units' }) priceMinor!: number;
  @ApiProperty() currency!: string;
  @ApiProperty({ description: 'It is not what was asked for, but may do' }) isSubstitute!: boolean;
  @ApiProperty({ description: '建议采购量' }) suggestedQuantity!: number;
  @ApiProperty({ type: RiskView }) stockRisk!: RiskView;
  @ApiProperty({ description: 'That it is delivered in time, 0 to 1' }) onTime!: number;
  @ApiProperty({ type: ScoresView }) scores!: ScoresView;
  @ApiProperty({ type: CardStockView }) stock!: CardStockView;
  @ApiProperty({ enum: ['compliant', 'high-risk', 'banned', 'unscreened'] }) verdict!: string;
  @ApiProperty({ type: TextView, example: { zh: '合规', en: 'Compliant' } }) verdictLabel!: TextView;
  @ApiProperty({ description: 'Further sources, should the first fail' }) fallbacks!: number;
  @ApiProperty({ description: 'It answers within a minute' }) isInstant!: boolean;
  @ApiProperty({ type: [ReasonView] }) reasons!: ReasonView[];
  @ApiPropertyOptional({ type: ResemblesView }) resembles?: ResemblesView;
  @ApiPropertyOptional({ type: KnownBuyerView, description: 'Where `buyerKey` names somebody who is remembered' }) buyer?: KnownBuyerView;
}

/** With the hub's money. */
export class OperatorCardView extends CardView {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: '预期利润率: mean, and where 80 of 100 lie, as shares of the price',
  })
  expectedMargin!: object;
  @ApiProperty({ description: 'What the hub should buy ahead for a day, by all of its demand' }) buyAhead!: number;
  @ApiProperty({ description: 'Expected money a unit, in minor units' }) valueMinor!: number;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'Shapley values by group, in minor units, and their sum',
  })
  contributions?: object;
  @ApiPropertyOptional({ type: TextView }) counterfactual?: TextView;
  @ApiProperty({ type: 'array', items: { type: 'object' }, description: 'The offers, in the order in which they would be tried' })
  chain!: readonly object[];
}

export class UnmetView {
  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' }, description: 'How many offers were stopped at which gate' })
  gates!: object;
  @ApiProperty({ type: TextView }) text!: TextView;
}

export class PackageView {
  @ApiProperty() scenario!: string;
  @ApiProperty({ type: TextView }) name!: TextView;
  @ApiProperty({ type: TextView }) why!: TextView;
}

export class RecommendationView {
  @ApiProperty({ format: 'date-time' }) asOf!: string;
  @ApiProperty({ type: 'array', items: { type: 'object' }, description: '3 to 5 cards where there are so many' }) cards!: CardView[];
  @ApiProperty({ description: 'Goods that passed all gates' }) considered!: number;
  @ApiPropertyOptional({ type: PackageView }) package?: PackageView;
  @ApiPropertyOptional({ type: UnmetView, description: 'Where nothing passed' }) unmet?: UnmetView;
}

export class LineRecommendationView {
  @ApiProperty() lineId!: string;
  @ApiProperty({ type: RecommendationView }) recommendation!: RecommendationView;
}

export class OrderRecommendationsView {
  @ApiProperty() orderId!: string;
  @ApiProperty({ type: [LineRecommendationView] }) lines!: LineRecommendationView[];
}

export class EvaluationView {
  @ApiProperty() sku!: string;
  @ApiProperty({ description: 'Whether the product is known and listed' }) known!: boolean;
  @ApiPropertyOptional({ type: ScoresView }) scores?: ScoresView;
  @ApiPropertyOptional({ type: RiskView }) stockRisk?: RiskView;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'The numbers behind the scores' }) basis?: object;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'How many offers were stopped at which gate',
  })
  gates?: object;
  @ApiPropertyOptional({ description: 'Offers that may serve it now' }) offers?: number;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'For operators' }) expectedMargin?: object;
}

export class EvaluationsView {
  @ApiProperty({ format: 'date-time' }) asOf!: string;
  @ApiProperty({ type: [EvaluationView] }) items!: EvaluationView[];
}
