import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

/** OpenAPI 3.1 of a service, from its controllers and DTOs. */
export function openApiOf(app: INestApplication, service: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`Midstream ${service}`)
    .setDescription(
      'Errors are problems of RFC 9457 (application/problem+json) with a `code` that does not change. Money is an integer of minor units; time is UTC, ISO 8601.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key' })
    .addSecurityRequirements('bearer')
    .build();
  return SwaggerModule.createDocument(app, config, { operationIdFactory });
}

/** `OrdersController.read` is `readOrders`: an id is that of one operation, in the five documents together. */
const operationIdFactory = (controller: string, method: string): string => `${method}${controller.replace(/Controller$/, '')}`;

/** `/openapi.json` and `/docs`. The document is made once it is asked for. */
export function serveOpenApi(app: INestApplication, service: string): void {
  SwaggerModule.setup('docs', app, () => openApiOf(app, service), { jsonDocumentUrl: 'openapi.json' });
}
