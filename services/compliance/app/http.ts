import { type ComplianceCommand, RULE_BOOK, type Rows, type Rule } from '@midstream/compliance-domain';
import { assert } from '@midstream/kernel';
import { type Caller, Commands, From, type Idempotency, IdempotencyKey, Scopes } from '@midstream/runtime';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { AuditQueryDto, PutRuleDto, ScreeningDto, VerdictQueryDto } from './dto';
import { ComplianceQueries } from './queries';
import { AuditPageView, ProductVerdictView, RulesView, RuleView, ruleView, ScreeningView } from './views';

@ApiTags('compliance')
@Controller({ version: '1' })
export class VerdictsController {
  constructor(private readonly queries: ComplianceQueries) {}

  @Get('verdicts')
  @Scopes('merchant', 'supplier', 'operator')
  @ApiOperation({ summary: 'What may be sold where, by the rules in force' })
  @ApiOkResponse({ type: ProductVerdictView })
  @ApiNotFoundResponse({ description: 'product-not-screened' })
  verdict(@Query() query: VerdictQueryDto): Promise<ProductVerdictView> {
    return this.queries.verdict(query);
  }

  @Post('screenings')
  @HttpCode(200)
  @Scopes('supplier', 'operator')
  @ApiOperation({ summary: 'What the rules would say of a product, before it is listed; nothing is kept' })
  @ApiOkResponse({ type: ScreeningView })
  screening(@Body() body: ScreeningDto): Promise<ScreeningView> {
    return this.queries.screening(body);
  }

  @Get('audit')
  @Scopes('operator')
  @ApiOperation({ summary: 'Every change of a rule and of what the rules say, by whom' })
  @ApiOkResponse({ type: AuditPageView })
  audit(@Query() query: AuditQueryDto): Promise<AuditPageView> {
    return this.queries.audit(query);
  }
}

@ApiTags('compliance')
@Controller({ path: 'rules', version: '1' })
export class RulesController {
  constructor(
    private readonly commands: Commands<ComplianceCommand>,
    private readonly queries: ComplianceQueries,
  ) {}

  @Get()
  @Scopes('operator')
  @ApiOperation({ summary: 'The rules that are or will be in force' })
  @ApiOkResponse({ type: RulesView })
  rules(): Promise<RulesView> {
    return this.queries.rules();
  }

  @Post()
  @HttpCode(201)
  @Scopes('operator')
  @ApiOperation({
    summary: 'Put a rule, or change the one of that id',
    description:
      'A ban is a rule with the effect `banned`. Of rules that cover a region the strictest counts: one that says `compliant` lifts no ban.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiCreatedResponse({ type: RuleView })
  put(@Body() body: PutRuleDto, @From() caller: Caller, @IdempotencyKey() key: Idempotency | undefined): Promise<RuleView> {
    const answer = (rows: Rows) => ruleView(ruleOf(rows, body.ruleId));
    return this.commands.run(toPutRule(body), { caller, key, status: 201, answer });
  }

  @Delete(':ruleId')
  @HttpCode(204)
  @Scopes('operator')
  @ApiOperation({ summary: 'Withdraw a rule: it is in force no more' })
  @ApiNoContentResponse()
  async withdraw(@Param('ruleId') ruleId: string, @From() caller: Caller): Promise<void> {
    await this.commands.run({ type: 'WithdrawRule', ruleId }, { caller });
  }
}

function ruleOf(rows: Rows, ruleId: string): Rule {
  const rule = rows.rules[RULE_BOOK]?.rules[ruleId];
  assert(rule !== undefined, 'a rule that was put is in the book');
  return rule;
}

function toPutRule({ from, until, match, ...rule }: PutRuleDto) {
  const { sku, category, attributes } = match;
  return {
    type: 'PutRule',
    rule: {
      ...rule,
      match: { ...(sku !== undefined && { sku }), ...(category !== undefined && { category }), ...(attributes && { attributes }) },
      ...(from !== undefined && { from: Date.parse(from) }),
      ...(until !== undefined && { until: Date.parse(until) }),
    },
  } as const;
}
