import { PIECES_MAX } from '@midstream/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** One good on the list, as a merchant may see it: no supplier, no cost, no score. */
export class ListedGood {
  @ApiProperty() sku!: string;
  @ApiProperty({ description: 'In minor units' }) priceMinor!: number;
  @ApiProperty({ example: 'CNY' }) currency!: string;
}

/** Two cards of 50 for one of 100. */
export class ListedPack {
  @ApiProperty() sku!: string;
  @ApiProperty({ minimum: 2, maximum: PIECES_MAX }) pieces!: number;
}

/** Why a line was given these goods, for the merchant whose line it is. */
export class DecisionView {
  @ApiProperty({ example: 'o1:1:1:1' }) decisionId!: string;
  @ApiProperty() orderId!: string;
  @ApiProperty() lineId!: string;
  @ApiProperty({ minimum: 1 }) attempt!: number;
  @ApiProperty({ minimum: 1, description: '1 for the first attempt; one more for every loss' }) depth!: number;
  @ApiProperty({ format: 'date-time' }) decidedAt!: string;
  @ApiProperty({ minimum: 1 }) quantity!: number;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What the line asks for' }) need!: object;
  @ApiProperty({ example: 'CN-31' }) region!: string;
  @ApiProperty({ description: 'The dearest that a unit may be, in minor units' }) priceCapMinor!: number;
  @ApiProperty({ example: 'CNY' }) currency!: string;
  @ApiPropertyOptional({ description: 'Why the line chose again', example: 'out-of-stock' }) because?: string;
  @ApiProperty({ type: [ListedGood], description: 'Best first; each good once' }) goods!: ListedGood[];
  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' }, description: 'How many offers failed at which gate' })
  gates!: object;
  @ApiPropertyOptional({
    type: ListedPack,
    description: 'What its units become where the good itself cannot be had: so many pieces of the same brand each',
  })
  repack?: ListedPack;
}

/** The whole record, for the hub's own people. */
export class OperatorDecisionView extends DecisionView {
  @ApiProperty() merchantId!: string;
  @ApiProperty({ description: 'Names the formulas and constants' }) model!: string;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'The request as it came' }) request!: object;
  @ApiProperty({ type: 'array', items: { type: 'object' }, description: 'The candidates as they travelled' })
  candidates!: readonly object[];
  @ApiProperty({
    type: 'array',
    items: { type: 'object' },
    description:
      'The offers as they were known, each with the gate that stopped it or the numbers that it was chosen by (README); the best and the nearest misses',
  })
  considered!: readonly object[];
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'What the chain was chosen under, its value a unit, its probability of delivering, and the propensity of its first offer',
  })
  chosen?: object;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'Where the line came in a storm: the plan that led it (`GET /v1/storms/{planId}`) and its class there',
  })
  storm?: object;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description:
      'Of a bulk line over offers with tiers: units by offer, their value, the bound that no split exceeds, and what filling up from the best offer on would have been worth; minor units, the whole line',
  })
  split?: object;
  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'object' },
    description:
      'The packs that were weighed for a repack, each as the line that its pieces would be, and the units that there are pieces for',
  })
  packs?: readonly object[];
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'number' },
    description: 'What the model reckons with, where a trial brought other numbers than those of `chain-money-6` (`GET /v1/trials`)',
  })
  settings?: object;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'The trial that the line is part of, on which side, and the propensity of that side',
  })
  trial?: object;
}

/** A decision, made again from what was kept of it. */
export class ReplayView {
  @ApiProperty({ example: 'o1:1:1:1' }) decisionId!: string;
  @ApiProperty() model!: string;
  @ApiProperty({ description: 'Candidates, order, propensity, values and probabilities came out the same, to the last bit' })
  identical!: boolean;
  @ApiProperty({
    type: 'array',
    items: { type: 'object', properties: { field: { type: 'string' }, recorded: {}, replayed: {} } },
    description: 'What did not; empty where all is the same',
  })
  differs!: readonly object[];
}
