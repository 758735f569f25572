import { type MoneySettings, SETTINGS, SHARE_LEAST, SHARE_MAX } from '@midstream/selection-engine-domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsNumber, IsObject, IsOptional, Matches, Max, Min, ValidateNested } from 'class-validator';
import { IsText } from '../checks';

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
const WHY_MAX = 300;

/** A number within the bounds of its setting. */
const IsSetting =
  (name: keyof MoneySettings, description: string): PropertyDecorator =>
  (target, property) => {
    const { least, most, usual } = SETTINGS[name];
    const asked = [ApiPropertyOptional({ minimum: least, maximum: most, description: `${description}; usually ${usual}` }), IsOptional()];
    for (const it of [...asked, IsNumber({ allowNaN: false, allowInfinity: false }), Min(least), Max(most)]) it(target, property);
  };

export class TrialSettingsDto implements Partial<MoneySettings> {
  @IsSetting('complaintShare', 'What a complaint costs, as a share of the price') complaintShare?: number;
  @IsSetting('complaintMinor', 'And in labour, minor units') complaintMinor?: number;
  @IsSetting('lostSaleTimes', 'Times what a lost sale costs by segment') lostSaleTimes?: number;
  @IsSetting('failureTimes', 'Times what a failed attempt costs by segment') failureTimes?: number;
  @IsSetting('lateTimes', 'Times what a late delivery costs by segment') lateTimes?: number;
  @IsSetting('riskAversion', 'Weight of the worst tenth of outcomes, for enterprises') riskAversion?: number;
  @IsSetting('substitutionShare', 'What a substitute costs in good will, as a share of the price') substitutionShare?: number;
  @IsSetting('explorationShare', 'How often a cold offer may be drawn') explorationShare?: number;
}

export class StartTrialDto {
  @ApiProperty({ example: 'complaints-dearer', pattern: NAME.source, description: 'Never used before' })
  @Matches(NAME, { message: 'name: 1 to 40 small letters, digits and dashes, no dash first' })
  name!: string;

  @ApiProperty({ type: TrialSettingsDto, description: 'What is to be different; the rest stays as the champion has it' })
  @IsObject()
  @ValidateNested()
  @Type(() => TrialSettingsDto)
  settings!: TrialSettingsDto;

  @ApiProperty({ minimum: SHARE_LEAST, maximum: SHARE_MAX, description: 'Of new lines, those that the challenger decides' })
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(SHARE_LEAST)
  @Max(SHARE_MAX)
  share!: number;

  @ApiPropertyOptional({ maxLength: WHY_MAX })
  @IsOptional()
  @IsText(WHY_MAX)
  why?: string;
}

export class ChangeTrialDto {
  @ApiProperty({ maxLength: WHY_MAX, description: 'Kept with the change' })
  @IsText(WHY_MAX)
  why!: string;
}
