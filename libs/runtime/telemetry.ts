import { context, type Span, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import pino, { type Logger, stdSerializers } from 'pino';

/** Structured logs, one JSON line each. What could hold a secret is taken out by name, whoever logs it. */
export const loggerOf = (service: string): Logger =>
  pino({
    level: process.env['LOG_LEVEL'] ?? 'info',
    base: { service },
    serializers: { err: saidOf },
    redact: {
      paths: [
        'authorization',
        '*.authorization',
        'headers.authorization',
        'req.headers.authorization',
        'units[*].code',
        '*.units[*].code',
        '*.codes',
        '*.secret',
        '*.apiKey',
      ],
      censor: '[redacted]',
    },
  });

const SAID = [
  'type',
  'message',
  'stack',
  'name',
  'code',
  'severity',
  'table',
  'constraint',
  'column',
  'syscall',
  'errno',
  'address',
  'port',
];

/** Of an error what it says, and nothing that hangs on it: one of pg's carries its whole connection, and the row that it refused. */
export function saidOf(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const whole = Object.entries(stdSerializers.err(error));
  return Object.fromEntries(whole.filter(([name, value]) => SAID.includes(name) && typeof value !== 'object'));
}

let provider: NodeTracerProvider | undefined;

/** Spans leave only where OTEL_EXPORTER_OTLP_ENDPOINT says where to; trace ids are made all the same. */
function tracing(): NodeTracerProvider {
  if (provider !== undefined) return provider;
  const exporting = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] !== undefined;
  provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': process.env['OTEL_SERVICE_NAME'] ?? 'midstream' }),
    spanProcessors: exporting ? [new BatchSpanProcessor(new OTLPTraceExporter())] : [],
  });
  return provider;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

export const traceIdOf = (traceparent: string | undefined): string | undefined => TRACEPARENT.exec(traceparent ?? '')?.[1];

export interface RequestSpan {
  readonly traceparent: string;
  end(status: number): void;
}

/** The span of one HTTP request, a child of the caller's where it sent one. Its trace id goes with every fact that the request causes. */
export function requestSpan(service: string, name: string, incoming: string | undefined): RequestSpan {
  const [, traceId, spanId] = TRACEPARENT.exec(incoming ?? '') ?? [];
  const parent =
    traceId === undefined || spanId === undefined
      ? context.active()
      : trace.setSpanContext(context.active(), { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
  const span: Span = tracing()
    .getTracer('midstream')
    .startSpan(name, { kind: SpanKind.SERVER, attributes: { 'midstream.service': service } }, parent);
  const { traceId: own, spanId: ownSpan } = span.spanContext();
  return {
    traceparent: `00-${own}-${ownSpan}-01`,
    end(status) {
      span.setAttribute('http.response.status_code', status);
      span.end();
    },
  };
}

export async function stopTracing(): Promise<void> {
  await provider?.shutdown();
  provider = undefined;
}
