import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from './metrics';
import { type RequestSpan, requestSpan, traceIdOf } from './telemetry';

/** Every request: a span, a line in the log, a measure; and the trace id in the answer. */
export function hookRequests(fastify: FastifyInstance, service: string, metrics: Metrics, logger: Logger): void {
  const spans = new WeakMap<object, RequestSpan>();
  fastify.addHook('onRequest', (request, reply, done) => {
    const incoming = request.headers['traceparent'];
    const span = requestSpan(
      service,
      `${request.method} ${request.routeOptions.url ?? 'unknown'}`,
      typeof incoming === 'string' ? incoming : undefined,
    );
    spans.set(request, span);
    Object.assign(request, { traceparent: span.traceparent });
    void reply.header('x-trace-id', traceIdOf(span.traceparent) ?? '');
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.end(reply.statusCode);
    const route = request.routeOptions.url ?? 'unknown';
    metrics.requests.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
    const quiet = route === '/metrics' || route === '/healthz' || route === '/readyz';
    logger[quiet ? 'trace' : 'debug'](
      {
        method: request.method,
        url: request.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        traceId: traceIdOf(span?.traceparent),
      },
      'request',
    );
    done();
  });
}
