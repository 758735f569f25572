import type { Segment } from '@midstream/contracts';
import { type Caller, From, Scopes } from '@midstream/runtime';
import { type Case, likest } from '@midstream/selection-engine-domain';
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CasesQuery, WriteCaseDto } from './dto';
import { CaseLibrary, isAnonymous } from './library';
import { CasesView, CaseView } from './views';

@ApiTags('selection')
@Controller({ path: 'cases', version: '1' })
export class CasesController {
  constructor(private readonly library: CaseLibrary) {}

  @ApiOperation({
    summary: 'Cases like yours: what others bought for the same purpose, and what came of it',
    description:
      'By scenario and likeness (weighted Gower). Merchants, and cards, see cases of at least five orders; `withheld` says how many are not shown yet.',
  })
  @ApiOkResponse({ type: CasesView })
  @Get()
  @Scopes('merchant', 'operator')
  async list(
    @Query() { scenario, category, segment, tier, region, quantity, limit }: CasesQuery,
    @From() { scope }: Caller,
  ): Promise<CasesView> {
    const all = (await this.library.read()).filter((it) => scenario === undefined || it.scenario === scenario);
    const shown = scope === 'operator' ? all : all.filter(isAnonymous);
    const sought = {
      ...(scenario !== undefined && { scenario }),
      ...(category !== undefined && { category }),
      ...(segment !== undefined && { segment: segment as Segment }),
      ...(tier !== undefined && { tier }),
      ...(region !== undefined && { region }),
      ...(quantity !== undefined && { quantity: Number(quantity) }),
    };
    const items = likest(sought, shown, Number(limit ?? 20)).map((it) => ({
      ...viewOf(it.case),
      similarity: Math.round(it.similarity * 1_000) / 1_000,
    }));
    return { items, withheld: all.length - shown.length };
  }

  @ApiOperation({ summary: 'Write a case', description: 'It counts as 20 orders in the evidence for later selections.' })
  @ApiCreatedResponse({ type: CaseView })
  @ApiConflictResponse({ description: 'case-exists' })
  @Post()
  @HttpCode(201)
  @Scopes('operator')
  async write(@Body() { skus, ...body }: WriteCaseDto): Promise<CaseView> {
    return viewOf(await this.library.write({ ...body, skus: [...(skus ?? [])], origin: 'curated', orders: 0 }));
  }
}

const viewOf = (it: Case): CaseView => ({ ...it, skus: [...it.skus] });
