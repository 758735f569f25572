import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class KnownFromView {
  @ApiProperty({ description: 'The good under which it was known; it may be another' }) sku!: string;
  @ApiPropertyOptional() supplierId?: string;
  @ApiPropertyOptional({ description: 'The import that brought it' }) batchId?: string;
  @ApiPropertyOptional({ description: 'Its line there; of older imports it was not kept' }) line?: number;
  @ApiPropertyOptional({ example: 'operator:k1', description: 'Who sent that import' }) importedBy?: string;
  @ApiPropertyOptional({ description: 'The purchase whose unit has it' }) procurementId?: string;
}

/** A unit of a purchase that is lost for it. */
export class DuplicateView {
  @ApiProperty({ description: 'Of the purchase, from 1' }) unit!: number;
  @ApiProperty({ type: KnownFromView }) knownFrom!: KnownFromView;
}

export class LineProblemView {
  @ApiProperty({ description: 'From 1, as an editor counts; blank lines count, too' }) line!: number;
  @ApiProperty({
    enum: [
      ...['line-too-long', 'not-utf-8', 'not-utf-8-maybe-gbk', 'not-json', 'bad-quotes', 'no-code', 'unknown-column', 'code-too-long'],
      ...['code-has-white-space', 'code-not-printable', 'bad-expiry', 'expired', 'near-expiry', 'duplicate'],
    ],
  })
  code!: string;
  @ApiPropertyOptional({ description: 'Which column is not known' }) column?: string;
  @ApiPropertyOptional({ description: 'Of a duplicate: the batch that brought it, where that is the caller’s to know' }) batchId?: string;
  @ApiPropertyOptional({ type: KnownFromView, description: 'Of a duplicate: where it is known from, where that is the caller’s to know' })
  knownFrom?: KnownFromView;
}

export class ImportView {
  @ApiProperty({ description: 'The batch; `GET /v1/code-batches` knows it' }) batchId!: string;
  @ApiProperty({ enum: ['running', 'done', 'stopped'], description: '`running` only in lines of progress' }) state!: string;
  @ApiProperty({ description: 'Lines read; blank ones are passed over' }) read!: number;
  @ApiProperty({ description: 'New codes of this sending' }) stored!: number;
  @ApiProperty({ description: 'Codes that an earlier sending of this batch has brought' }) repeated!: number;
  @ApiProperty({ description: 'Codes that were known already, from whichever good, batch or supplier' }) duplicates!: number;
  @ApiProperty({ description: 'Lines that hold no code' }) invalid!: number;
  @ApiProperty({ type: [LineProblemView], description: 'Bad lines and duplicates by their numbers; the first hundred' })
  problems!: LineProblemView[];
  @ApiPropertyOptional({ description: 'Room for new holds, at the end' }) available?: number;
}

export class CodeBatchView {
  @ApiProperty({ example: 'house~vip/delivery-2026-11' }) batchId!: string;
  @ApiProperty() offerId!: string;
  @ApiProperty() supplierId!: string;
  @ApiProperty() sku!: string;
  @ApiProperty({ description: 'As its sender calls it' }) name!: string;
  @ApiProperty({ enum: ['ndjson', 'csv'] }) source!: string;
  @ApiPropertyOptional({ description: 'SHA-256 of the last stream that was read to its end, in hexadecimal' }) contentHash?: string;
  @ApiProperty({ enum: ['running', 'done', 'stopped'], description: '`stopped`: send it again, under the same id' }) state!: string;
  @ApiProperty({ description: 'Lines of the last sending' }) read!: number;
  @ApiProperty({ description: 'Codes that it has brought, however often it was sent' }) stored!: number;
  @ApiProperty() repeated!: number;
  @ApiProperty() duplicates!: number;
  @ApiProperty() invalid!: number;
  @ApiProperty({ type: [LineProblemView] }) problems!: LineProblemView[];
  @ApiProperty({ example: 'operator:k1' }) importedBy!: string;
  @ApiPropertyOptional({ format: 'date-time' }) expiresAt?: string;
  @ApiPropertyOptional({ description: 'So many days before their expiry its codes are no longer sold' }) marginDays?: number;
  @ApiProperty({ format: 'date-time' }) startedAt!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;
  @ApiPropertyOptional({ format: 'date-time' }) endedAt?: string;
}

export class CodeBatchPage {
  @ApiProperty({ type: [CodeBatchView] }) items!: CodeBatchView[];
  @ApiPropertyOptional({ description: 'Ask for the next page with it' }) next?: string;
}

export class WrappingKeyView {
  @ApiProperty({ example: 'transit:midstream:v3' }) kekId!: string;
  @ApiProperty({ description: 'Data keys that it wraps' }) dataKeys!: number;
}

export class RotationView {
  @ApiProperty({ enum: ['never', 'running', 'done'] }) state!: string;
  @ApiProperty({ description: 'Data keys wrapped, and old rows sealed, anew' }) done!: number;
  @ApiProperty({ description: 'Those that are left' }) left!: number;
  @ApiPropertyOptional({ description: 'Why it does not go on; it is tried again' }) error?: string;
  @ApiPropertyOptional({ format: 'date-time' }) askedAt?: string;
  @ApiPropertyOptional({ format: 'date-time' }) endedAt?: string;
}

export class VaultView {
  @ApiProperty({ enum: ['local', 'transit', 'pkcs11'], description: 'Who keeps the keys' }) kms!: string;
  @ApiProperty({ description: 'Whether it answers now' }) reachable!: boolean;
  @ApiPropertyOptional({ description: 'The key that wraps now' }) newest?: string;
  @ApiProperty({ type: [WrappingKeyView], description: 'A key that is not here any more may be removed from the KMS' })
  keys!: WrappingKeyView[];
  @ApiProperty({ description: 'Rows that the KMS’s key seals itself, from before there were data keys' }) sealedBare!: number;
  @ApiProperty({ description: 'Codes of before, or of an older version, that are not compared with those of other goods yet' })
  uncompared!: number;
  @ApiProperty({
    description:
      'Codes that were there already, under this good or another: bought ones, and older ones, which are not sold any more; `GET /v1/vault/twins` lists them',
  })
  twins!: number;
  @ApiProperty({ type: RotationView }) rotation!: RotationView;
}

export class TwinView {
  @ApiProperty({ format: 'uuid' }) codeId!: string;
  @ApiProperty({
    enum: ['invalid', 'expired', 'assigned', 'quarantined', 'free'],
    description: '`invalid`: bought, and lost for its unit; `expired`: written off; `free`: about to be; others were with a unit already',
  })
  state!: string;
  @ApiProperty({ type: KnownFromView, description: 'Where it came from' }) came!: KnownFromView;
  @ApiProperty({ type: KnownFromView, description: 'Where it was there already' }) knownFrom!: KnownFromView;
}

export class TwinPage {
  @ApiProperty({ type: [TwinView] }) items!: TwinView[];
  @ApiPropertyOptional({ description: 'Ask for the next page with it' }) next?: string;
}

export class ChainHeadView {
  @ApiProperty() seq!: number;
  @ApiProperty({ description: 'SHA-256, hexadecimal' }) hash!: string;
}

export class ChainBreakView {
  @ApiProperty() seq!: number;
  @ApiProperty({ enum: ['missing', 'does-not-follow', 'changed', 'beyond-the-end'] }) why!: string;
}

export class ChainView {
  @ApiProperty() merchantId!: string;
  @ApiProperty({ description: 'Whether each record that was looked at is the one that was written' }) intact!: boolean;
  @ApiPropertyOptional({ description: 'Records that were looked at' }) verified?: number;
  @ApiPropertyOptional({ type: ChainHeadView, description: 'The end of the chain. Keep it elsewhere: a later chain must go through it' })
  head?: ChainHeadView;
  @ApiPropertyOptional({ type: ChainBreakView, description: 'The first record that does not fit' }) broken?: ChainBreakView;
  @ApiPropertyOptional({ description: 'There is more: ask again with `after`' }) next?: number;
}
