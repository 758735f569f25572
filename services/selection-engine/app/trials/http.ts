import { assert } from '@midstream/kernel';
import { type Caller, Commands, From, type Idempotency, IdempotencyKey, Scopes } from '@midstream/runtime';
import type { Rows, SelectionCommand } from '@midstream/selection-engine-domain';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import { StartTrialDto, ChangeTrialDto } from './dto';
import { trialView, TrialQueries } from './queries';
import { OneTrialView, TrialsView, TrialView } from './views';

@ApiTags('selection')
@Controller({ path: 'trials', version: '1' })
export class TrialsController {
  constructor(
    private readonly commands: Commands<SelectionCommand>,
    private readonly queries: TrialQueries,
  ) {}

  @Get()
  @Scopes('operator')
  @ApiOperation({ summary: 'What lines are ranked by, and what was tried against it' })
  @ApiOkResponse({ type: TrialsView })
  all(): Promise<TrialsView> {
    return this.queries.all();
  }

  @Post()
  @HttpCode(201)
  @Scopes('operator')
  @ApiOperation({
    summary: 'Try other settings on a share of the new lines',
    description:
      'One at a time. Each line is drawn once, and stays with its model. The challenger takes over by itself when it is surely better, and ends by itself when it is surely worse.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiCreatedResponse({ type: TrialView })
  @ApiConflictResponse({ description: 'trial-running, trial-name-used' })
  @ApiUnprocessableEntityResponse({ description: 'trial-changes-nothing' })
  start(
    @Body() { name, settings, share, why = 'started' }: StartTrialDto,
    @From() caller: Caller,
    @IdempotencyKey() key?: Idempotency,
  ): Promise<TrialView> {
    const command = { type: 'StartTrial', name, settings: { ...settings }, share, why } as const;
    return this.commands.run(command, { caller, key, status: 201, answer: viewOf(name) });
  }

  @Get(':name')
  @Scopes('operator')
  @ApiOperation({ summary: 'A trial: its verdict so far, and each change that it made' })
  @ApiOkResponse({ type: OneTrialView })
  @ApiNotFoundResponse({ description: 'trial-not-found' })
  one(@Param('name') name: string): Promise<OneTrialView> {
    return this.queries.one(name);
  }

  @Post(':name/end')
  @HttpCode(200)
  @Scopes('operator')
  @ApiOperation({ summary: 'End a trial without a winner', description: 'Lines that it has drawn keep their model to their end.' })
  @ApiOkResponse({ type: TrialView })
  @ApiNotFoundResponse({ description: 'trial-not-found' })
  @ApiConflictResponse({ description: 'trial-not-running' })
  end(@Param('name') name: string, @Body() { why }: ChangeTrialDto, @From() caller: Caller): Promise<TrialView> {
    return this.commands.run({ type: 'EndTrial', name, why }, { caller, answer: viewOf(name) });
  }

  @Post(':name/rollback')
  @HttpCode(200)
  @Scopes('operator')
  @ApiOperation({ summary: 'Bring back what lines were ranked by before this trial was promoted' })
  @ApiOkResponse({ type: TrialView })
  @ApiNotFoundResponse({ description: 'trial-not-found' })
  @ApiConflictResponse({ description: 'trial-not-champion, trial-running' })
  rollBack(@Param('name') name: string, @Body() { why }: ChangeTrialDto, @From() caller: Caller): Promise<TrialView> {
    return this.commands.run({ type: 'RollBackTrial', name, why }, { caller, answer: viewOf(name) });
  }
}

const viewOf =
  (name: string) =>
  ({ trials }: Rows): TrialView => {
    const trial = trials[name];
    assert(trial !== undefined, 'a trial that was changed is there');
    return trialView(trial);
  };
