import type { RequestListener } from 'node:http';
import type { Service } from '@midstream/contracts';
import { complianceService } from '@midstream/compliance/service';
import { inventoryService } from '@midstream/inventory/service';
import { notificationService } from '@midstream/notification/service';
import { orderService } from '@midstream/order/service';
import { type EventBus, type RunningService, type ServiceOptions, startService } from '@midstream/runtime';
import { selectionService } from '@midstream/selection-engine/service';
import type { Home } from './home';

export type StartOptions = Omit<ServiceOptions, 'databaseUrl' | 'port' | 'bus'>;

/** What the services' providers need from outside: by the names of their MIDSTREAM_… variables. */
export const settingsOf = (home: Home): Record<string, string> => ({
  operatorKey: home.secrets.operatorKey,
  vaultKey: home.secrets.vaultKey,
  fingerprintKey: home.secrets.fingerprintKey,
  webhookKey: home.secrets.webhookKey,
  allowPrivate: 'true',
  // One machine, one owner: the drill, the torture and the benchmarks come with a single key, and as fast as they can
  rateLimitPerKey: process.env['MIDSTREAM_RATE_LIMIT_PER_KEY'] ?? ONE_MACHINE_RATE,
  rateLimitPerAddress: process.env['MIDSTREAM_RATE_LIMIT_PER_ADDRESS'] ?? ONE_MACHINE_RATE,
});

/** Requests per 10 s: past what one machine can do. */
const ONE_MACHINE_RATE = '1000000';

/** Of each service: two cores ask no more at once, and a connection that is used costs the server 5 to 10 MB. */
const CONNECTIONS = 5;

/** All five in this process, started side by side. */
export async function startAll(urls: Readonly<Record<Service, string>>, bus: EventBus, options: StartOptions): Promise<RunningService[]> {
  const of = (service: Service): ServiceOptions => ({ ...options, databaseUrl: urls[service], connections: CONNECTIONS, bus, port: 0 });
  return Promise.all([
    startService(orderService, of('order')),
    startService(selectionService, of('selection-engine')),
    startService(complianceService, of('compliance')),
    startService(inventoryService, of('inventory')),
    startService(notificationService, of('notification')),
  ]);
}

/** For an entrance of the same process. */
export const insideOf = (services: readonly RunningService[]): Record<Service, RequestListener> =>
  Object.fromEntries(services.map((it) => [it.name, it.app.getHttpAdapter().getInstance().routing])) as Record<Service, RequestListener>;

export const upstreamsOf = (services: readonly RunningService[]): Record<Service, string> =>
  Object.fromEntries(services.map((it) => [it.name, it.url])) as Record<Service, string>;
