import { setTimeout as sleep } from 'node:timers/promises';
import { complianceService } from '@midstream/compliance';
import { SERVICES, type Service } from '@midstream/contracts';
import { inventoryService } from '@midstream/inventory';
import { House } from '@midstream/inventory/house';
import { notificationService } from '@midstream/notification';
import { Outside as NotificationOutside } from '@midstream/notification/outside';
import { orderService } from '@midstream/order';
import { embeddedBus, type EventBus, type RunningService, startService } from '@midstream/runtime';
import { selectionService } from '@midstream/selection-engine';
import { postgresForTests } from '@midstream/testing/infrastructure';
import pino from 'pino';
import type { AnyCommand } from '../wiring';
import { giveClock } from './clock.fixtures';
import type { Outdoors } from './outside.fixtures';
import { look, type Look, seenOf } from './look.fixtures';
import { newsFirst } from './news.fixtures';
import { allOf, type Said, type Step } from './said';

const SETTINGS = {
  vaultKey: Buffer.alloc(32, 1).toString('base64'),
  fingerprintKey: Buffer.alloc(32, 2).toString('base64'),
  webhookKey: Buffer.alloc(32, 3).toString('base64'),
  allowPrivate: 'true',
  // It looks by a clock of its own, once a second
  stockAlerts: 'off',
};
/** So often in a row nothing must have changed before all is quiet. */
const QUIET_LOOKS = 3;
const LOOK_MS = 8;
/** A stuck house is told as such. */
const QUIET_MS_MAX = 60_000;
/** What waits for a watermark waits for at most a second of it; so long the clock goes on meanwhile. */
const WATERMARK_STEP_MS = 250;

/** Commands that change nothing: after them every loop of the service looks at the clock. */
const NOTHINGS: readonly (readonly [Service, AnyCommand])[] = [
  ['order', { type: 'MeetDeadline', orderId: 'none', merchantId: 'none' } as AnyCommand],
  ['inventory', { type: 'ExpireHold', holdId: 'none/1/1/none~none' } as AnyCommand],
  ['compliance', { type: 'RescreenProduct', sku: 'none' } as AnyCommand],
  ['notification', { type: 'DisableEndpoint', merchantId: 'none', endpointId: 'none' } as AnyCommand],
];

/** Its loops look by the wall clock, and a slower machine has learnt more by the same deed; no line waits for one. */
const selection = { ...selectionService, loops: [] };

const DEFINITIONS = [orderService, selectionService, complianceService, inventoryService, notificationService] as const;

/** The five real services on real databases, over the embedded bus, in a time that goes on only when it is told to. */
export class RealHouse {
  private at: number;

  private constructor(
    private readonly services: ReadonlyMap<Service, RunningService>,
    private readonly bus: EventBus,
    private readonly outdoors: Outdoors,
    private readonly dropAll: () => Promise<void>,
    startAt: number,
  ) {
    this.at = startAt;
  }

  static async open(name: string, startAt: number, outdoors: Outdoors): Promise<RealHouse> {
    const postgres = await postgresForTests();
    const databases = await Promise.all(SERVICES.map((it) => postgres.database(`${name}_${it}`)));
    await Promise.all(databases.map((it) => giveClock(it.url, startAt)));
    const services = new Map<Service, RunningService>();
    const bus = newsFirst(embeddedBus(), services);
    const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
    const urlOf = (name: Service): string => databases[SERVICES.indexOf(name)]?.url ?? '';
    const of = (name: Service) => ({ databaseUrl: urlOf(name), bus, port: 0, settings: SETTINGS, logger });
    const started = await Promise.all([
      startService(orderService, of('order')),
      startService(selection, of('selection-engine')),
      startService(complianceService, of('compliance')),
      startService(inventoryService, of('inventory')),
      startService(notificationService, of('notification')),
    ]);
    for (const it of started) services.set(it.name as Service, it);
    const dropAll = async () => void (await Promise.all(databases.map((it) => it.drop())));
    return new RealHouse(services, bus, outdoors, dropAll, startAt);
  }

  private of(name: Service): RunningService {
    const service = this.services.get(name);
    if (service === undefined) throw new Error(`there is no service ${name}`);
    return service;
  }

  /** Goes on to that time, by way of all that falls due until then; each to its quiet. */
  async goTo(at: number): Promise<void> {
    for (;;) {
      const looks = await this.quiet();
      const waits = looks.some((it) => it.waiting > 0) ? this.at + WATERMARK_STEP_MS : Infinity;
      const next = Math.min(waits, ...looks.map((it) => it.nextAt));
      if (next > at || next === Infinity) break;
      await this.setClock(next);
    }
    if (at !== Infinity && at > this.at) await this.setClock(at);
    await this.quiet();
  }

  private async setClock(at: number): Promise<void> {
    this.at = at;
    await Promise.all(
      [...this.services.values()].map((it) => it.database.pool.query('UPDATE clock SET at = $1', [new Date(at).toISOString()])),
    );
    // Something is committed, and so all loops look at the clock at once
    await Promise.all(NOTHINGS.map(([name, command]) => this.of(name).commands.outcome(command as never)));
  }

  async say(said: Said): Promise<void> {
    if (said.to === 'shelf') {
      const { offerId, truth, costMinor } = said;
      this.outdoors.suppliers.shelves.set(offerId, { truth, costMinor, sequence: 0, mood: 'honest', moodUntil: 0 });
      return;
    }
    if (said.to === 'vault') {
      const { stocking, keys } = House.of(this.of('inventory').database);
      const into = { offerId: said.offerId, sku: said.sku, key: await keys.ownFor('batch', said.texts.length) };
      await stocking.take(
        into,
        said.texts.map((code, line) => ({ line, code })),
      );
      return;
    }
    const { service, command, wanted } = said;
    const key = wanted && { tenant: 'merchant', key: wanted.key, hash: wanted.body };
    await this.of(service)
      .commands.outcome(this.housed(command) as never, key && { key })
      .catch((error: unknown) => {
        // A key that comes with another body is refused before the domain is asked
        if (key === undefined) throw error;
      });
  }

  /** Addresses and keys are this house's own. */
  private housed(command: AnyCommand): AnyCommand {
    const it = command as AnyCommand & Readonly<Record<string, unknown>>;
    if (it.type === 'AddEndpoint') return { ...it, url: `${this.outdoors.url}/hook`, keyId: this.webhookKeyId() } as AnyCommand;
    if (it.type !== 'PutSupplier') return it;
    const supplier = it['supplier'] as Readonly<Record<string, unknown>> & { readonly supplierId: string };
    if (supplier['kind'] !== 'http') return it;
    return { ...it, supplier: { ...supplier, baseUrl: `${this.outdoors.url}/suppliers/${supplier.supplierId}` } } as AnyCommand;
  }

  private webhookKeyId(): string {
    return this.of('notification').app.get(NotificationOutside).keyId;
  }

  /** Waits until nothing is due, nothing is unsaid, and nothing changes any more. */
  private async quiet(): Promise<readonly Look[]> {
    let last = '';
    let same = 0;
    for (const endsAt = Date.now() + QUIET_MS_MAX; Date.now() < endsAt; await sleep(LOOK_MS)) {
      const looks = await Promise.all([...this.services.values()].map((it) => look(it, this.bus)));
      const signature = looks.map((it) => it.signature).join();
      same = signature === last && looks.every((it) => it.due === 0) ? same + 1 : 0;
      last = signature;
      if (same >= QUIET_LOOKS) return looks;
    }
    throw new Error(`the house does not come to rest: ${last}`);
  }

  async seen(): Promise<Step['seen']> {
    const all = await Promise.all(
      DEFINITIONS.map(async ({ name, tables }) => {
        const { database } = this.of(name);
        const named = Object.entries(tables).map(([kind, it]) => [kind, database.tableOf((it as { entity: never }).entity)] as const);
        return [name, await seenOf(this.of(name), Object.fromEntries(named))] as const;
      }),
    );
    return allOf(Object.fromEntries(all) as Step['seen']);
  }

  /** Keys that a message has stopped; effects and timers that were given up. */
  async troubles(): Promise<number> {
    const counts = await Promise.all(
      [...this.services.values()].map(({ database }) =>
        database.pool.query<{ n: string }>('SELECT (SELECT count(*) FROM parked_key) + (SELECT count(*) FROM todo WHERE stuck) AS n'),
      ),
    );
    return counts.reduce((sum, { rows }) => sum + Number(rows[0]?.n), 0);
  }

  async close(): Promise<void> {
    await Promise.all([...this.services.values()].map((it) => it.stop()));
    await this.bus.close();
    await this.dropAll();
  }
}
