import { type Caller, Database, From, Scopes } from '@midstream/runtime';
import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { House } from './house';
import { Reveals } from './reveal';
import { twinsOf } from './twins';
import { ChainQuery, CodeBatchParam, CodeBatchQuery, TwinsQuery } from './vault.dto';
import { ChainView, CodeBatchPage, CodeBatchView, TwinPage, VaultView } from './vault.views';

/** A page, unless said. */
const PAGE = 50;

@ApiTags('vault')
@Controller({ path: 'code-batches', version: '1' })
export class CodeBatchesController {
  constructor(private readonly house: House) {}

  @Get()
  @Scopes('operator', 'supplier')
  @ApiOperation({
    summary: 'Imports of card codes, the newest first: who brought what, when, and how far it is',
    description: 'A supplier sees those into its own offers.',
  })
  @ApiOkResponse({ type: CodeBatchPage })
  async list(@Query() { limit = PAGE, after, supplierId, ...of }: CodeBatchQuery, @From() caller: Caller): Promise<CodeBatchPage> {
    const whose = ownOf(caller) ?? supplierId;
    const asked = { ...of, limit, ...(whose !== undefined && { supplierId: whose }) };
    const items = await this.house.batches.list(after === undefined ? asked : { ...asked, before: after });
    const last = items.length === limit ? items.at(-1) : undefined;
    return { items: items.map((it) => shownTo(caller, it)), ...(last && { next: last.batchId }) };
  }

  @Get(':batchId')
  @Scopes('operator', 'supplier')
  @ApiOperation({ summary: 'An import; while it runs, its counts move' })
  @ApiOkResponse({ type: CodeBatchView })
  async one(@Param() { batchId }: CodeBatchParam, @From() caller: Caller): Promise<CodeBatchView> {
    return shownTo(caller, await this.house.batches.one(batchId, ownOf(caller)));
  }
}

const ownOf = ({ scope, supplierId }: Caller): string | undefined => (scope === 'supplier' ? (supplierId ?? '') : undefined);

/** A supplier learns nothing of another's codes, also where the hub has imported for it. */
function shownTo({ scope, supplierId }: Caller, batch: CodeBatchView): CodeBatchView {
  if (scope !== 'supplier') return batch;
  const mayKnow = (it: CodeBatchView['problems'][number]): boolean => it.knownFrom === undefined || it.knownFrom.supplierId === supplierId;
  return { ...batch, problems: batch.problems.map((it) => (mayKnow(it) ? it : { line: it.line, code: it.code })) };
}

@ApiTags('vault')
@Controller({ path: 'vault', version: '1' })
export class VaultController {
  constructor(
    private readonly database: Database,
    private readonly house: House,
  ) {}

  @Get()
  @Scopes('operator')
  @ApiOperation({ summary: 'Which keys wrap the vault’s data keys, and how far a rotation is' })
  @ApiOkResponse({ type: VaultView })
  async get(): Promise<VaultView> {
    const { current } = this.house.keys.kms;
    const newest = await current.newest().catch(() => undefined);
    const [keys, [left]] = await Promise.all([
      this.ask<VaultView['keys'][number]>(`SELECT kek_id AS "kekId", count(*)::int AS "dataKeys" FROM data_key GROUP BY 1 ORDER BY 1`),
      this.ask<Left>(LEFT),
    ]);
    const old = keys.filter((it) => it.kekId !== newest).reduce((sum, it) => sum + it.dataKeys, 0);
    const sealedBare = left?.bare ?? 0;
    return {
      kms: current.kind,
      reachable: newest !== undefined,
      ...(newest !== undefined && { newest }),
      keys,
      sealedBare,
      uncompared: left?.uncompared ?? 0,
      twins: left?.twins ?? 0,
      rotation: {
        state: left?.wanted == null ? 'never' : left.wanted ? 'running' : 'done',
        done: left?.done ?? 0,
        left: newest === undefined ? sealedBare : old + sealedBare,
        ...(left?.error != null && { error: left.error }),
        ...(left?.askedAt != null && { askedAt: left.askedAt.toISOString() }),
        ...(left?.endedAt != null && { endedAt: left.endedAt.toISOString() }),
      },
    };
  }

  @Get('twins')
  @Scopes('operator')
  @ApiOperation({
    summary: 'Codes that were there already when they came, the newest first: what their suppliers can be asked to replace',
    description: 'Bought ones, and those found in stock. An import tells its own duplicates itself, and does not keep them.',
  })
  @ApiOkResponse({ type: TwinPage })
  async twins(@Query() { supplierId, limit = PAGE, after }: TwinsQuery): Promise<TwinPage> {
    const of = { limit, ...(supplierId !== undefined && { supplierId }) };
    const found = await twinsOf(this.database, after === undefined ? of : { ...of, before: after });
    const last = found.length === limit ? found.at(-1) : undefined;
    return { items: found.map(({ id, ...it }) => ({ codeId: id, ...it })), ...(last && { next: last.id }) };
  }

  @Post('rotation')
  @HttpCode(202)
  @Scopes('operator')
  @ApiOperation({
    summary: 'Wraps all data keys by the newest key of the KMS, while everything goes on',
    description: 'Goes on over restarts. `GET /v1/vault` tells how far it is; keys that are not listed there any more may be removed.',
  })
  @ApiAcceptedResponse({ type: VaultView })
  async rotate(@From() caller: Caller): Promise<VaultView> {
    await this.database.query(
      `INSERT INTO key_rotation (id, wanted, done, asked_by, asked_at) VALUES (1, true, 0, $1, clock_timestamp())
           ON CONFLICT (id) DO UPDATE SET wanted = true, error = NULL, ended_at = NULL, asked_by = excluded.asked_by, asked_at = excluded.asked_at,
              done = CASE WHEN key_rotation.wanted THEN key_rotation.done ELSE 0 END`,
      [caller.keyId],
    );
    return this.get();
  }

  private async ask<Row extends object>(sql: string): Promise<Row[]> {
    return (await this.database.query<Row>(sql)).rows;
  }
}

@ApiTags('vault')
@Controller({ path: 'audit/reveals', version: '1' })
export class RevealAuditController {
  constructor(private readonly reveals: Reveals) {}

  @Get('verify')
  @Scopes('operator')
  @ApiOperation({
    summary: 'Whether the records of a merchant’s reveals are the ones that were written',
    description: 'Each record has the hash of the one before. The first that was changed, taken out or put in is named.',
  })
  @ApiOkResponse({ type: ChainView })
  verify(@Query() { merchantId, after = 0 }: ChainQuery): Promise<ChainView> {
    return this.reveals.verify(merchantId, after);
  }
}

interface Left {
  readonly bare: number;
  readonly uncompared: number;
  readonly twins: number;
  readonly wanted: boolean | null;
  readonly done: number | null;
  readonly error: string | null;
  readonly askedAt: Date | null;
  readonly endedAt: Date | null;
}

const LEFT = `SELECT (SELECT count(*) FROM code WHERE length(key_id) < 36)::int + (SELECT count(*) FROM supplier_token WHERE length(key_id) < 36)::int AS bare,
  (SELECT count(*) FROM code WHERE hub_print IS NULL AND twin_of IS NULL AND fingerprint IS NOT NULL)::int AS uncompared,
  (SELECT count(*) FROM code WHERE twin_of IS NOT NULL)::int AS twins,
  r.wanted, r.done, r.error, r.asked_at AS "askedAt", r.ended_at AS "endedAt" FROM (SELECT 1) AS one LEFT JOIN key_rotation r ON true`;
