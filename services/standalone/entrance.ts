import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { dirname, join } from 'node:path';
import httpProxy from '@fastify/http-proxy';
import fastifyStatic from '@fastify/static';
import { SERVICES, type Service } from '@midstream/contracts';
import { problemBody, Problem } from '@midstream/runtime';
import fastify, { type FastifyError, type FastifyInstance, type FastifyPluginCallback, type FastifyReply } from 'fastify';
import { mergeMetrics, mergeOpenApi } from './merge';
import { ROUTES } from './routes';

export interface EntranceOptions {
  readonly port: number;
  readonly host?: string;
  /** Where each service listens. */
  readonly upstreams: Readonly<Record<Service, string>>;
  /** What answers for a service of this process: a request goes there as it is, over no second connection. */
  readonly inside?: Readonly<Record<Service, RequestListener>>;
}

export interface Entrance {
  readonly url: string;
  close(): Promise<void>;
}

const ASK_MS = 5_000;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const;

/** One port in front of the five: their routes by path; `/readyz` stands for all, `/metrics` and `/openapi.json` are merged. */
export async function openEntrance({ port, host = '127.0.0.1', upstreams, inside }: EntranceOptions): Promise<Entrance> {
  const app = fastify({
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1_000 },
    // before a route is known
    frameworkErrors: (error, _, reply) => void problem(reply as FastifyReply, problemOf(error)),
  });
  // before the proxies: one that is registered keeps the handler of that moment
  app.setErrorHandler((error: FastifyError, _, reply) => problem(reply, problemOf(error)));
  await route(app, upstreams, inside);
  const ask = (service: Service, path: string) => fetch(`${upstreams[service]}${path}`, { signal: AbortSignal.timeout(ASK_MS) });

  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_, reply) => {
    const states = await Promise.all(
      SERVICES.map(
        async (it) =>
          [
            it,
            await ask(it, '/readyz').then(
              (answer) => answer.ok,
              () => false,
            ),
          ] as const,
      ),
    );
    return reply
      .status(states.every(([, ready]) => ready) ? 200 : 503)
      .send(Object.fromEntries(states.map(([service, ready]) => [service, ready ? 'up' : 'down'])));
  });
  app.get('/metrics', async (_, reply) => {
    const texts = await Promise.all(
      SERVICES.map((it) =>
        ask(it, '/metrics').then(
          (answer) => answer.text(),
          () => '',
        ),
      ),
    );
    return reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(mergeMetrics(texts));
  });
  app.get('/openapi.json', async () =>
    mergeOpenApi(await Promise.all(SERVICES.map(async (it) => (await (await ask(it, '/openapi.json')).json()) as object))),
  );
  await serveDocs(app);
  app.setNotFoundHandler((_, reply) =>
    problem(reply, new Problem(404, 'route-not-found', 'There is no such route', 'See /docs for all routes.')),
  );
  await app.listen({ port, host });
  return { url: `http://127.0.0.1:${(app.server.address() as { port: number }).port}`, close: () => app.close() };
}

async function route(app: FastifyInstance, upstreams: EntranceOptions['upstreams'], inside: EntranceOptions['inside']): Promise<void> {
  for (const [path, service] of ROUTES) {
    const prefix = `/v1${path}`;
    if (inside !== undefined) await app.register(handOver(inside[service]), { prefix });
    else
      await app.register(httpProxy, {
        upstream: upstreams[service],
        prefix,
        rewritePrefix: prefix,
        proxyPayloads: true,
        httpMethods: [...METHODS],
        replyOptions: { rewriteRequestHeaders: forwarded },
        undici: { connections: 128, pipelining: 1, bodyTimeout: 0, headersTimeout: 60_000 },
      });
  }
}

/** The service reads the body, and answers, itself. */
const handOver =
  (answers: RequestListener): FastifyPluginCallback =>
  (app, _, done) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    for (const url of ['/', '/*'])
      app.route({
        method: [...METHODS],
        url,
        handler(request, reply) {
          reply.hijack();
          answers(request.raw, reply.raw);
        },
      });
    done();
  };

/** Who asks, for the services' limits by address: ours is the last word of X-Forwarded-For, whatever a client wrote before it. */
const forwarded = <Headers extends { [name: string]: string | string[] | undefined }>(
  request: { ip: string },
  headers: Headers,
): Headers => {
  const before = headers['x-forwarded-for'];
  return { ...headers, 'x-forwarded-for': before === undefined ? request.ip : `${String(before)}, ${request.ip}` };
};

function problemOf({ code, message, statusCode = 500 }: FastifyError): Problem {
  if (/ECONNREFUSED|UND_ERR|FST_REPLY_FROM/.test(`${code} ${message}`))
    return new Problem(503, 'service-away', 'The service does not answer; try again', undefined, { retryAfter: 1 });
  // What no service would have understood either: a path with a broken percent sign, a header too large
  if (statusCode < 500) return new Problem(statusCode, 'request-malformed', message);
  return new Problem(500, 'internal', 'This is our fault');
}

const problem = (reply: { status(code: number): { header(name: string, value: string): { send(body: object): unknown } } }, it: Problem) =>
  reply.status(it.status).header('content-type', 'application/problem+json; charset=utf-8').send(problemBody(it));

/** Swagger's own page over the merged document. */
async function serveDocs(app: FastifyInstance): Promise<void> {
  const root = dirname(require.resolve('swagger-ui-dist/package.json'));
  const page = readFileSync(join(root, 'index.html'), 'utf8')
    .replaceAll('href="./', 'href="/docs/')
    .replaceAll('href="index.css', 'href="/docs/index.css')
    .replaceAll('src="./', 'src="/docs/');
  const start = readFileSync(join(root, 'swagger-initializer.js'), 'utf8').replace(/url: "[^"]*"/, 'url: "/openapi.json"');
  app.get('/docs', (_, reply) => reply.header('content-type', 'text/html; charset=utf-8').send(page));
  app.get('/docs/swagger-initializer.js', (_, reply) => reply.header('content-type', 'text/javascript').send(start));
  await app.register(fastifyStatic, { root, prefix: '/docs/', index: false });
}
