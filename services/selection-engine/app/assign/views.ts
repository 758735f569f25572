import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** What the decisions that were led by a plan came to, by the same values. */
export class StormDecidedView {
  @ApiProperty({ description: 'Lines that have been decided by the plan so far' }) lines!: number;
  @ApiProperty({ description: 'Units that they asked for' }) units!: number;
  @ApiProperty({ description: 'Units that were foreseen at an offer; the others cost their refund' }) placed!: number;
  @ApiProperty({ description: '厘 (tenths of a minor unit), by what the plan says that a unit is worth where' }) value!: number;
}

/** Lines that were decided at once: their plan, and the proof that no other is worth more. Money in 厘, tenths of a minor unit. */
export class StormView {
  @ApiProperty({ example: 'o1:1:2:1', description: 'The decision for whose line it was made' }) planId!: string;
  @ApiProperty({ description: 'The offer whose lines went elsewhere' }) offerId!: string;
  @ApiPropertyOptional({
    example: 'video-vip-month',
    description:
      'What new lines asked for at once, more than the offer had: the plan is theirs. Absent: the lines are those that the offer lost',
  })
  good?: string;
  @ApiProperty({ format: 'date-time' }) plannedAt!: string;
  @ApiProperty({ description: 'Groups of like lines' }) classes!: number;
  @ApiProperty() units!: number;
  @ApiProperty({ description: 'Units that nothing serves, or nothing that is worth more than their refund' }) left!: number;
  @ApiPropertyOptional({ minimum: 0, maximum: 1, description: 'The part of the storm, and of every stock, that the replica planned for' })
  share?: number;
  @ApiProperty({ description: 'What the plan is worth' }) objective!: number;
  @ApiProperty({ description: 'No plan is worth more: follows from the bid prices alone' }) bound!: number;
  @ApiProperty({ description: 'bound − objective; below 1 the plan is proven best' }) gap!: number;
}

export class StormsView {
  @ApiProperty({ type: [StormView], description: 'Newest first, at most 50' }) items!: readonly StormView[];
}

export class OneStormView extends StormView {
  @ApiPropertyOptional({
    type: 'boolean',
    description: 'Objective and bound have just been reckoned again from offers and quotas, and are the same',
  })
  verified?: boolean;
  @ApiProperty({
    type: 'array',
    items: { type: 'object' },
    description:
      'Version of the state, units for the storm (`room`), and `price`: what one more unit would be worth (bid price). An offer that delivers less by an early deadline is there once for each room, and `under`: the place of the entry, among those that only bound others (`bounds`), that these units count in, too',
  })
  offers!: readonly object[];
  @ApiProperty({
    type: 'array',
    items: { type: 'object' },
    description: 'Of each class its units, refund, and `at`: place in `offers`, value of a unit there, units that go there',
  })
  quotas!: readonly object[];
  @ApiProperty({ type: StormDecidedView }) decided!: StormDecidedView;
}
