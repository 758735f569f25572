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
});

/** All five in this process, started side by side. */
export async function startAll(urls: Readonly<Record<Service, string>>, bus: EventBus, options: StartOptions): Promise<RunningService[]> {
  const of = (service: Service): ServiceOptions => ({ ...options, databaseUrl: urls[service], bus, port: 0 });
  return Promise.all([
    startService(orderService, of('order')),
    startService(selectionService, of('selection-engine')),
    startService(complianceService, of('compliance')),
    startService(inventoryService, of('inventory')),
    startService(notificationService, of('notification')),
  ]);
}

export const upstreamsOf = (services: readonly RunningService[]): Record<Service, string> =>
  Object.fromEntries(services.map((it) => [it.name, it.url])) as Record<Service, string>;
