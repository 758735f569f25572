import 'reflect-metadata';
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Module,
  type ValidationError,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ControlController } from './control';
import { Counter, Refusal, tell } from './counter';
import { openJournal } from './journal';
import type { Shops } from './shop';
import { PurchasesController, TokenGuard } from './purchases';

export { tokenOf } from './shop';
export { OUTCOMES, type Outcome } from './words';

export interface SandboxOptions {
  /** 0: a free one. */
  readonly port: number;
  /** The same seed gives the same codes and the same chances. */
  readonly seed: string;
  readonly host?: string;
  /** Where to remember what was sold. Without it a restarted supplier denies every earlier purchase. */
  readonly journal?: string;
}

export interface Sandbox {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts suppliers with forced outcomes; each is under `url/suppliers/{supplierId}`, as soon as somebody names it. */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const app = await createApp(options);
  await app.listen(options.port, options.host ?? '127.0.0.1');
  return { url: (await app.getUrl()).replace('[::1]', '127.0.0.1'), close: () => app.close() };
}

/** The supplier protocol as OpenAPI 3.1, for those who implement it. */
export function openApiOf(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Midstream supplier protocol')
    .setDescription('What a supplier implements so that a Midstream hub can buy from it: PROTOCOL.md says what each answer means.')
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'One token for each connection' })
    .build();
  return SwaggerModule.createDocument(app, config, { operationIdFactory: (_, method) => method });
}

@Module({})
class SandboxModule {}

async function createApp({ seed, journal: file }: SandboxOptions): Promise<NestFastifyApplication> {
  const shops: Shops = new Map();
  const counter = new Counter(shops, openJournal(shops, file), seed);
  const module = {
    module: SandboxModule,
    controllers: [PurchasesController, ControlController],
    providers: [{ provide: Counter, useValue: counter }, TokenGuard],
  };
  const adapter = new FastifyAdapter({ routerOptions: { maxParamLength: 1000 }, forceCloseConnections: true });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: false, abortOnError: false });
  app.useGlobalPipes(
    new ValidationPipe({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      exceptionFactory: (errors) => new Refusal('invalid-request', wordsOf(errors)),
    }),
  );
  app.useGlobalFilters(new RefusalFilter());
  SwaggerModule.setup('docs', app, () => openApiOf(app), { jsonDocumentUrl: 'openapi.json' });
  return app;
}

@Catch()
class RefusalFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    tell(host.switchToHttp().getResponse<FastifyReply>(), answerOf(error));
  }
}

const wordsOf = (errors: readonly ValidationError[]): string =>
  errors
    .flatMap((it) => [...Object.values(it.constraints ?? {}), wordsOf(it.children ?? [])])
    .filter(Boolean)
    .join('; ');

function answerOf(error: unknown) {
  if (error instanceof Refusal) return error.answer;
  const status = error instanceof HttpException ? error.getStatus() : Number((error as { statusCode?: unknown }).statusCode ?? 500);
  const code = status < 500 ? 'invalid-request' : 'broken';
  return { status, body: { type: `urn:midstream:supplier:${code}`, title: 'The request is not one of this protocol', status, code } };
}
