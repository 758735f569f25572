import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A service's own metrics; several services of one process keep theirs apart by the label `service`. */
export interface Metrics {
  readonly registry: Registry;
  readonly commands: Counter<'result' | 'type'>;
  readonly messages: Counter<'result' | 'by'>;
  readonly requests: Histogram<'method' | 'route' | 'status'>;
  /** A gauge that is read when it is asked for. */
  gauge(name: string, help: string, read: () => Promise<number> | number): void;
}

export function metricsOf(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    commands: new Counter({
      name: 'midstream_commands_total',
      help: 'Commands by what became of them: handled, idle (nothing to change), refused',
      labelNames: ['result', 'type'],
      registers: [registry],
    }),
    messages: new Counter({
      name: 'midstream_messages_total',
      help: 'Messages of the bus: applied, duplicate, unknown-type, parked, waiting (behind a parked key)',
      labelNames: ['result', 'by'],
      registers: [registry],
    }),
    requests: new Histogram({
      name: 'midstream_http_seconds',
      help: 'HTTP requests, seconds',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [registry],
    }),
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          this.set(await read());
        },
      });
    },
  };
}
