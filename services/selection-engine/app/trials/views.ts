import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class RankingModelView {
  @ApiProperty({ example: 'chain-money-6+complaints-dearer', description: 'As decisions name it' }) name!: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'number' } }) settings!: object;
}

export class TrialGuardsView {
  @ApiProperty({ description: 'Share of lines of which not all came in time: the challenger’s less the champion’s' }) late!: number;
  @ApiProperty({ description: 'Share of lines that were complained of, with those complaints that are still to come' }) complaints!: number;
}

export class TrialVerdictView {
  @ApiProperty({ format: 'date-time' }) judgedAt!: string;
  @ApiProperty({ description: 'Lines of both sides that ended a day ago or more' }) n!: number;
  @ApiProperty({ description: 'Effective sample size: the challenger’s lines among them' }) ess!: number;
  @ApiProperty({ description: 'Of the challenger over the champion, a line, as a share of the line’s value' }) meanGain!: number;
  @ApiProperty({ description: 'It is surely no less than this' }) lowerBound!: number;
  @ApiProperty({ description: 'It is surely no more than this' }) upperBound!: number;
  @ApiProperty({ type: TrialGuardsView }) guards!: TrialGuardsView;
  @ApiProperty({ enum: ['better', 'not-surely-better', 'too-few-decisions', 'guard-worsened'] }) why!: string;
  @ApiPropertyOptional({ enum: ['surely-worse', 'late-surely-worse', 'complaints-surely-worse'], description: 'Why it ended by itself' })
  harm?: string;
}

export class TrialView {
  @ApiProperty() name!: string;
  @ApiProperty({ enum: ['running', 'ended', 'promoted', 'rolled-back'] }) status!: string;
  @ApiProperty({ minimum: 0.01, maximum: 0.5 }) share!: number;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'number' } }) settings!: object;
  @ApiProperty({ type: RankingModelView, description: 'The champion that it was tried against; a rollback brings it back' })
  against!: RankingModelView;
  @ApiProperty({ format: 'date-time' }) startedAt!: string;
  @ApiPropertyOptional({ format: 'date-time' }) endedAt?: string;
  @ApiProperty({ minimum: 0, maximum: 5, description: 'How many of the five looks at which it may be promoted are behind it' })
  looks!: number;
  @ApiPropertyOptional({ type: TrialVerdictView, description: 'The newest; absent while no line has ended a day ago' })
  verdict?: TrialVerdictView;
}

export class TrialsView {
  @ApiProperty({ type: RankingModelView, description: 'What lines are ranked by' }) champion!: RankingModelView;
  @ApiProperty({ type: [TrialView], description: 'Newest first, at most 50' }) items!: readonly TrialView[];
}

export class TrialChangeView {
  @ApiProperty({ format: 'date-time' }) at!: string;
  @ApiProperty({ enum: ['started', 'ended', 'promoted', 'rolled-back'] }) what!: string;
  @ApiProperty({ example: 'operator:ops-1' }) who!: string;
  @ApiProperty() why!: string;
  @ApiProperty({ type: RankingModelView, description: 'What lines were ranked by from then on' }) champion!: RankingModelView;
  @ApiPropertyOptional({ type: TrialVerdictView, description: 'The figures that it rests on' }) verdict?: TrialVerdictView;
}

export class OneTrialView extends TrialView {
  @ApiProperty({ type: [TrialChangeView], description: 'Oldest first' }) changes!: readonly TrialChangeView[];
}
