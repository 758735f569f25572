import type { INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { describeConstraints } from './openapi.constraints';
import { describeProblems } from './openapi.problems';
import type { ProblemOf } from './define';

type Problems = Readonly<Partial<Record<string, ProblemOf>>>;

/** OpenAPI 3.1 of a service, from its controllers, its DTOs with what class-validator demands of them, and its problems. */
export function openApiOf(app: INestApplication, service: string, problems: Problems = {}): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`Midstream ${service}`)
    .setDescription(
      'Errors are problems of RFC 9457 (application/problem+json) with a `code` that does not change. Money is an integer of minor units; time is UTC, ISO 8601.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key' })
    .addSecurityRequirements('bearer')
    .build();
  const asked = describeConstraints(controllersOf(app));
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory });
  // An unknown property is refused (http.ts)
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {}))
    if (asked.has(name)) Object.assign(schema, { additionalProperties: false });
  return describeProblems(document, problems);
}

const controllersOf = (app: INestApplication): (abstract new (...args: never) => unknown)[] =>
  [...app.get(ModulesContainer).values()].flatMap((it) =>
    [...it.controllers.values()].flatMap(({ metatype }) => (typeof metatype === 'function' ? [metatype as never] : [])),
  );

/** `OrdersController.read` is `readOrders`: an id is that of one operation, in the five documents together. */
const operationIdFactory = (controller: string, method: string): string => `${method}${controller.replace(/Controller$/, '')}`;

/** `/openapi.json` and `/docs`. The document is made once it is asked for. */
export function serveOpenApi(app: INestApplication, service: string, problems: Problems): void {
  SwaggerModule.setup('docs', app, () => openApiOf(app, service, problems), { jsonDocumentUrl: 'openapi.json' });
}
