import { SERVICES, type Service } from '@midstream/contracts';
import { openEntrance } from './entrance';

/** The entrance as a process: PORT, HOST, and UPSTREAM_ORDER, UPSTREAM_SELECTION_ENGINE, … (default: http://<service>:3000). */
async function main(): Promise<void> {
  const upstreamOf = (service: Service): string =>
    process.env[`UPSTREAM_${service.toUpperCase().replaceAll('-', '_')}`] ?? `http://${service}:3000`;
  const entrance = await openEntrance({
    port: Number(process.env['PORT'] ?? 3000),
    host: process.env['HOST'] ?? '127.0.0.1',
    upstreams: Object.fromEntries(SERVICES.map((it) => [it, upstreamOf(it)])) as Record<Service, string>,
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void entrance.close());
}

void main();
