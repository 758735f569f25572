import { NotFound, Scopes } from '@midstream/runtime';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsText } from '../checks';
import { TextView } from '../cards/views';
import { GUIDES } from './all';

export class GuidesQuery {
  @ApiPropertyOptional({ example: 'gaming', description: 'Guides for this scenario first' })
  @IsOptional()
  @IsText(40)
  scenario?: string;

  @ApiPropertyOptional({ example: '断货', description: 'Words that stand in it' })
  @IsOptional()
  @IsText(80)
  q?: string;
}

export class GuideView {
  @ApiProperty() guideId!: string;
  @ApiProperty({ type: [String] }) scenarios!: readonly string[];
  @ApiProperty({ type: TextView }) title!: TextView;
  @ApiProperty({ type: TextView }) body!: TextView;
}

export class GuidesView {
  @ApiProperty({ type: [GuideView] }) items!: GuideView[];
}

@ApiTags('selection')
@Controller({ path: 'guides', version: '1' })
export class GuidesController {
  @ApiOperation({ summary: 'Short guides to selection (选品培训), in Chinese and English, by scenario and by words' })
  @ApiOkResponse({ type: GuidesView })
  @Get()
  @Scopes('merchant', 'operator')
  list(@Query() { scenario, q }: GuidesQuery): GuidesView {
    const words = q?.toLowerCase();
    const found = GUIDES.filter(
      ({ scenarios, title, body }) =>
        (scenario === undefined || scenarios.includes(scenario)) &&
        (words === undefined || `${title.zh} ${title.en} ${body.zh} ${body.en}`.toLowerCase().includes(words)),
    );
    return { items: [...found] };
  }

  @ApiOperation({ summary: 'One guide' })
  @ApiOkResponse({ type: GuideView })
  @ApiNotFoundResponse({ description: 'guide-not-found' })
  @Get(':guideId')
  @Scopes('merchant', 'operator')
  read(@Param('guideId') guideId: string): GuideView {
    const guide = GUIDES.find((it) => it.guideId === guideId);
    if (guide === undefined) throw new NotFound('guide-not-found');
    return guide;
  }
}
