import type { InventoryCommand, MarkupRule, MarkupRules, Rows } from '@midstream/inventory-domain';
import { type Caller, Commands, Database, From, Scopes } from '@midstream/runtime';
import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type MarkupRuleDto, MarkupRulesDto, MarkupRulesView } from './markup.dto';

@ApiTags('supply')
@Controller({ path: 'markup-rules', version: '1' })
export class MarkupController {
  constructor(
    private readonly commands: Commands<InventoryCommand>,
    private readonly database: Database,
  ) {}

  @Put()
  @Scopes('operator')
  @ApiOperation({
    summary: 'Says what is added to costs; all rules at once',
    description:
      'A product that says `priceBy: rule` follows the most specific rule that fits it and the merchant. What names the merchant’s tier counts before what names the category, and that before what names the currency: a rule of gold for `*` comes before a rule of game cards for everybody. Without a rule of its own a tier pays what everybody pays. Prices are derived from the cost each time, never from the price before.',
  })
  @ApiOkResponse({ type: MarkupRulesView })
  put(@Body() { rules }: MarkupRulesDto, @From() caller: Caller): Promise<MarkupRulesView> {
    return this.commands.run<MarkupRulesView>(
      { type: 'PutMarkupRules', rules: rules.map(ruleOf) },
      { caller, answer: ({ markups }: Rows) => viewOf(Object.values(markups)[0]) },
    );
  }

  @Get()
  @Scopes('operator')
  @ApiOperation({ summary: 'The mark-up rules' })
  @ApiOkResponse({ type: MarkupRulesView })
  async get(): Promise<MarkupRulesView> {
    const { rows } = await this.database.pool.query<{ state: MarkupRules }>('SELECT state FROM markup');
    return viewOf(rows[0]?.state);
  }
}

const viewOf = (it?: MarkupRules): MarkupRulesView => ({
  version: it?.version ?? 0,
  rules: (it?.rules ?? []).map((rule) => ({ ...rule })),
});

function ruleOf({ kind, amountMinor = 0, percentBp = 0, category, currency, tier, stepMinor, rounding }: MarkupRuleDto): MarkupRule {
  const rule = {
    category,
    ...(currency !== undefined && { currency }),
    ...(tier !== undefined && { tier }),
    ...(stepMinor !== undefined && { stepMinor }),
    ...(rounding && { rounding }),
  };
  return kind === 'fixed' ? { ...rule, kind, amountMinor } : { ...rule, kind, percentBp };
}
