import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

const UNITS_MAX = 100;
export const WORK_STATUSES = ['open', 'done', 'refused'] as const;
const DUE = ['late', 'soon'] as const;
const PROOFS = ['text', 'url', 'reference'] as const;

export class WorkItemParam {
  @ApiProperty({ description: 'Percent-encoded: it has slashes' }) @Matches(/^[A-Za-z0-9._~:/-]{1,300}$/) workItemId!: string;
}

export class WorkItemQuery {
  @ApiPropertyOptional() @IsOptional() @Matches(/^[A-Za-z0-9._-]{1,40}$/) supplierId?: string;
  @ApiPropertyOptional({ enum: WORK_STATUSES, default: 'open' }) @IsOptional() @IsIn(WORK_STATUSES) status?: (typeof WORK_STATUSES)[number];
  @ApiPropertyOptional({ enum: DUE, description: '`late`: past its deadline. `soon`: that, or reminded of' })
  @IsOptional()
  @IsIn(DUE)
  due?: 'late' | 'soon';
  @ApiPropertyOptional({ description: 'The `next` of the page before' }) @IsOptional() @MaxLength(600) after?: string;
}

export class ProofDto {
  @ApiProperty({ enum: PROOFS }) @IsIn(PROOFS) kind!: (typeof PROOFS)[number];
  @ApiProperty({ maxLength: 1000 }) @IsString() @Length(1, 1000) value!: string;
}

export class DoneUnitDto {
  @ApiProperty({ minimum: 1 }) @IsInt() @Min(1) @Max(UNITS_MAX) unit!: number;
  @ApiPropertyOptional({ writeOnly: true, description: 'One line; to the vault, and nowhere else' })
  @IsOptional()
  @IsString()
  @Length(1, 4096)
  code?: string;
  @ApiPropertyOptional() @IsOptional() @ValidateNested() @Type(() => ProofDto) @IsObject() proof?: ProofDto;
}

export class DoneDto {
  @ApiProperty({ type: [DoneUnitDto] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(UNITS_MAX)
  @ArrayUnique((it: DoneUnitDto) => it.unit)
  @ValidateNested({ each: true })
  @Type(() => DoneUnitDto)
  units!: DoneUnitDto[];
}

export class RefuseDto {
  @ApiProperty() @IsString() @Length(1, 300) @Matches(/\S/, { message: 'reason must say something' }) reason!: string;
}

export class WorkUnitView {
  @ApiProperty() unit!: number;
  @ApiProperty({ enum: ['code', 'top-up', 'invalid'] }) kind!: string;
  @ApiPropertyOptional({ type: ProofDto }) proof?: ProofDto;
  @ApiProperty({ format: 'date-time' }) doneAt!: string;
}

export class WorkItemView {
  @ApiProperty() workItemId!: string;
  @ApiProperty() supplierId!: string;
  @ApiProperty() sku!: string;
  @ApiProperty() quantity!: number;
  @ApiProperty({ enum: ['code', 'proof'] }) wants!: string;
  @ApiProperty({ enum: WORK_STATUSES }) status!: string;
  @ApiPropertyOptional() reason?: string;
  @ApiPropertyOptional({ description: 'The account to be served; while it is open only' }) recipient?: string;
  @ApiProperty({ format: 'date-time' }) dueAt!: string;
  @ApiProperty() late!: boolean;
  @ApiPropertyOptional({ format: 'date-time', description: 'When it was told of, half an hour before its deadline' }) remindedAt?: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'When it was told of as late' }) lateToldAt?: string;
  @ApiProperty({ description: 'False: the order has asked for it back; what is done all the same becomes the hub’s stock' })
  wanted!: boolean;
  @ApiProperty({ type: [WorkUnitView] }) units!: WorkUnitView[];
}

export class WorkItemPage {
  @ApiProperty({ type: [WorkItemView] }) items!: WorkItemView[];
  @ApiPropertyOptional({ description: 'Ask for the next page with `after`' }) next?: string;
}
