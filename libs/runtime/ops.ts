import { Body, Controller, Delete, Get, Header, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { IsObject } from 'class-validator';
import type { Consuming } from './consume';
import { Public, Scopes } from './http';
import type { Metrics } from './metrics';
import { dropParked, fixParked, type ParkedKey, parkedKeys, parkedMessages, type ParkedMessageView } from './parking';
import type { Database } from './postgres';
import { NotFound } from './problems';
import { resumeParked } from './resume';
import type { Storage } from './storage';

/** What the routes of the shell need. */
export interface Inside {
  readonly database: Database;
  readonly metrics: Metrics;
  readonly consuming: Consuming;
  readonly storage: Storage;
  readonly busReady: () => Promise<boolean>;
  readonly isStopping: () => boolean;
}

export const INSIDE = Symbol('midstream inside');

@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    @Inject(INSIDE) private readonly inside: Inside,
    private readonly health: HealthCheckService,
  ) {}

  /** The process lives. No dependency is asked: a broken database must not restart every pod. */
  @Get('healthz')
  @Public()
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The service can work: its own database answers and has room, the bus is there, it is not stopping. */
  @Get('readyz')
  @Public()
  ready(): Promise<HealthCheckResult> {
    const { database, storage, busReady, isStopping } = this.inside;
    const up = (name: string, is: boolean) => ({ [name]: { status: is ? ('up' as const) : ('down' as const) } });
    return this.health.check([
      async () =>
        up(
          'database',
          await database.pool.query('SELECT 1').then(
            () => true,
            () => false,
          ),
        ),
      () => up('storage', !storage.isFull()),
      async () => up('bus', await busReady().catch(() => false)),
      () => up('running', !isStopping()),
    ]);
  }

  @Get('metrics')
  @Public()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.inside.metrics.registry.metrics();
  }
}

export class FixParkedDto {
  /** The mended CloudEvent, whole. */
  @IsObject()
  envelope!: Record<string, unknown>;
}

/** Keys that a poisoned message has stopped: seen, mended, dropped, resumed (protocol 27). A key is one path segment, percent-encoded. */
export function parkedController(service: string) {
  @ApiExcludeController()
  @Controller({ path: `ops/${service}/parked`, version: '1' })
  @Scopes('operator')
  class ParkedController {
    constructor(@Inject(INSIDE) readonly inside: Inside) {}

    @Get()
    async list(): Promise<{ items: ParkedKey[] }> {
      return { items: await parkedKeys(this.inside.database) };
    }

    @Get(':key')
    async messages(@Param('key') key: string): Promise<{ items: ParkedMessageView[] }> {
      return { items: await parkedMessages(this.inside.database, key) };
    }

    @Post(':key/resume')
    @HttpCode(200)
    resume(@Param('key') key: string): Promise<{ applied: number; error?: string }> {
      return resumeParked(this.inside.consuming, key);
    }

    @Put(':key/messages/:id')
    async fix(@Param('key') key: string, @Param('id') id: string, @Body() { envelope }: FixParkedDto): Promise<{ fixed: true }> {
      return this.found({ fixed: true as const }, await fixParked(this.inside.database, key, id, JSON.stringify(envelope)));
    }

    @Delete(':key/messages/:id')
    async drop(@Param('key') key: string, @Param('id') id: string): Promise<{ dropped: true }> {
      return this.found({ dropped: true as const }, await dropParked(this.inside.database, key, id));
    }

    private found<T>(answer: T, was: boolean): T {
      if (!was) throw new NotFound('message-not-found');
      return answer;
    }
  }
  return ParkedController;
}
