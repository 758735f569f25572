import type { Service } from '@midstream/contracts';
import type { Offer } from '@midstream/inventory-domain';
import { perform } from './deeds';
import { Machine } from './machine';
import { CURRENCY, type Market, marketOf, type Supply } from './market';
import { Oracle } from './oracle/oracle';
import { Outside } from './outside';
import { type Random, randomOf } from './random';
import { Receivers } from './receivers';
import { AgingWatch } from './aging';
import { fed, FED_SETTLING_MS, isFed } from './fed';
import { SupplyWatch } from './watch';
import { isPacked, packed } from './scenario.packs';
import { type Action, climateOf, isFault, type Scenario, scenarioOf } from './scenario';
import type { Appended, Outcome, Shell, Work } from './shell';
import { FIRST_RATE, FOREIGN, isSupplied, supplied, SUPPLIED_SETTLING_MS, WAIVES } from './supply';
import type { AnyCommand } from './wiring';

/** The first moment of every world. */
const START_AT = Date.UTC(2026, 10, 24, 12);
/** The market is put up, and has been heard everywhere, before the first order. */
const SETTLING_MS = 60_000;
/** So long after the last fault all is heard everywhere; looked at more than once, since questions and holds have longer times of their own. */
const QUIET_MS = [120_000, 400_000, 1_100_000];
const RETRY_MS = 1_000;

/** One seed's world: a market, the machine with the five services, who acts on it from outside, and the oracle that watches. */
export class World {
  readonly random: Random;
  readonly market: Market;
  readonly scenario: Scenario;
  readonly machine: Machine;
  readonly outside: Outside;
  readonly receivers: Receivers;
  readonly oracle: Oracle;
  readonly history: string[] = [];
  private readonly watch = new SupplyWatch(this);
  private readonly aging = new AgingWatch(this);
  /** The first order comes. */
  readonly openAt: number;
  private readonly prices = new Map<string, number>();
  private readonly floors = new Map<string, number>();
  faults = 0;
  /** Faults and moods have stopped. */
  isCalm = false;

  constructor(
    readonly seed: number,
    private readonly keep?: ReadonlySet<number>,
  ) {
    this.random = randomOf(seed, 'world');
    const plain = marketOf(randomOf(seed, 'market'), climateOf(seed));
    const market = isPacked(seed) ? packed(plain, seed) : plain;
    this.market = isSupplied(seed) ? supplied(market, seed) : isFed(seed) ? fed(market, seed) : market;
    this.openAt = START_AT + (isSupplied(seed) ? SUPPLIED_SETTLING_MS : isFed(seed) ? FED_SETTLING_MS : SETTLING_MS);
    this.scenario = scenarioOf(seed, this.market, this.openAt);
    this.receivers = new Receivers(randomOf(seed, 'receivers'));
    this.outside = new Outside({
      random: randomOf(seed, 'outside'),
      receivers: this.receivers,
      later: (ms, run) => this.machine.agenda.after(ms, run),
      now: () => this.machine.agenda.now,
    });
    this.oracle = new Oracle(this);
    const { partitions, latencyMs, strict } = this.scenario;
    this.machine = new Machine({
      startAt: START_AT,
      random: this.random,
      partitions,
      latencyMs,
      strict,
      keepsBooks: isFed(seed),
      call: (shell, effect) => this.outside.call(shell, effect),
      committed: (shell, appended) => this.committed(shell, appended),
      refused: (shell, command, code, by) => this.oracle.refused(shell, command, code, by),
    });
  }

  /** Goods whose price follows the mark-up rules. */
  readonly ruled = new Set<string>();

  get now(): number {
    return this.machine.agenda.now;
  }

  get actions(): readonly Action[] {
    return this.scenario.actions;
  }

  /** Lives to its end. @throws where the oracle finds a rule broken, or a service does. */
  run(maxSteps: number): void {
    this.putUp();
    for (const action of this.actions) {
      if (this.keep !== undefined && !this.keep.has(action.index)) continue;
      if (isFault(action)) this.faults += 1;
      this.machine.agenda.at(this.openAt + action.atMs, () => {
        this.tell(action);
        perform(this, action);
      });
    }
    const calmAt = this.openAt + this.scenario.calmMs;
    this.machine.agenda.at(calmAt, () => this.calm());
    for (const quietMs of QUIET_MS) {
      this.runUntil(calmAt + quietMs, maxSteps);
      this.runUntilIdle(calmAt + 2 * quietMs, maxSteps);
      this.oracle.quiet();
    }
    this.runUntil(Infinity, maxSteps);
    this.oracle.atRest();
  }

  /** Until every message has been heard. */
  private runUntilIdle(at: number, maxSteps: number): void {
    const { machine } = this;
    for (let next = machine.agenda.nextAt(); next !== undefined && next <= at && !machine.isIdle(); next = machine.agenda.nextAt())
      this.runUntil(next, maxSteps);
  }

  private runUntil(at: number, maxSteps: number): void {
    const { machine } = this;
    for (let next = machine.agenda.nextAt(); next !== undefined && next <= at; next = machine.agenda.nextAt()) {
      machine.agenda.step();
      if (machine.steps > maxSteps) this.oracle.fail('liveness', `it does not come to an end: ${machine.steps} steps`);
    }
  }

  private committed(shell: Shell, appended: readonly Appended[]): void {
    this.oracle.committed(shell, appended);
    if (shell.name !== 'inventory') return;
    if (isSupplied(this.seed)) this.watch.on(appended);
    if (isFed(this.seed)) this.aging.on(appended);
  }

  /** Commands of callers, together; a service that does not answer is asked again, as clients do. */
  send(name: Service, works: readonly Work[], then?: (outcomes: readonly Outcome[]) => void, tries = 120, before?: () => void): void {
    before?.();
    const outcomes = this.machine.request(name, works);
    if (outcomes !== undefined) then?.(outcomes);
    else if (tries > 0) this.machine.agenda.after(RETRY_MS, () => this.send(name, works, then, tries - 1, before));
  }

  command(name: Service, ...commands: readonly AnyCommand[]): void {
    this.send(
      name,
      commands.map((command) => ({ command, actor: 'operator' })),
    );
  }

  private tell({ index, atMs, ...deed }: Action): void {
    this.history.push(`#${index} ${(atMs / 1000).toFixed(3)}s ${JSON.stringify(deed)}`);
  }

  private putUp(): void {
    const { goods, suppliers, supplies, traders, latecomer } = this.market;
    for (const { supplierId, kind } of suppliers) this.command('inventory', supplierOf(supplierId, kind));
    if (isSupplied(this.seed)) this.putRate(FIRST_RATE, 0);
    for (const it of goods) if (it !== latecomer.good) this.putProduct(it, it.priceMinor);
    for (const it of supplies) this.putSupply(it);
    for (const { merchantId, depositMinor, endpoints } of traders) {
      this.putMerchant(merchantId);
      this.command('order', { type: 'DepositMoney', merchantId, amountMinor: depositMinor, currency: CURRENCY } as AnyCommand);
      for (const { endpointId, types } of endpoints)
        this.command('notification', {
          type: 'AddEndpoint',
          merchantId,
          endpointId,
          url: 'https://merchant.example',
          types,
          keyId: 'k1',
        } as AnyCommand);
    }
  }

  private putSupply(it: Supply): void {
    const { costTiers } = it;
    const [first] = costTiers;
    if (!it.isVault)
      this.outside.suppliers.shelves.set(it.offerId, {
        truth: it.stock,
        costMinor: first?.costMinor ?? 0,
        sequence: 0,
        mood: 'honest',
        moodUntil: 0,
      });
    this.command('inventory', this.offerOf(it));
    perform(
      this,
      it.isVault
        ? { kind: 'codes', offerId: it.offerId, quantity: it.stock }
        : { kind: 'report', offerId: it.offerId, quantity: it.stock, how: 'push' },
    );
  }

  /** The offer, as an operator puts it. */
  offerOf({ offerId: _, supplierId, good: { sku }, isVault: __, stock: ___, currency = CURRENCY, ...terms }: Supply): AnyCommand {
    const command = { type: 'PutOffer', supplierId, sku, terms: { ...terms, currency, leadTimeMs: 2_000 } };
    return command;
  }

  /** A good that is new on the market: on sale before everybody has heard of it. */
  launch(): void {
    const { latecomer } = this.market;
    this.putProduct(latecomer.good, latecomer.good.priceMinor);
    this.putSupply(latecomer);
  }

  putMerchant(merchantId: string, tier?: string): void {
    const merchant = {
      merchantId,
      name: merchantId,
      currency: CURRENCY,
      status: 'active',
      ...(tier !== undefined && { tier }),
      ...(isSupplied(this.seed) && merchantId === WAIVES && { mayWaiveMarginFloor: true }),
    };
    this.command('order', { type: 'PutMerchant', merchant } as AnyCommand);
  }

  putProduct(
    { sku, category, kind, faceValueMinor, regions, attributes = {}, floorBp }: Market['goods'][number],
    priceMinor: number,
  ): void {
    const marginFloorBp = this.floors.get(sku) ?? floorBp ?? 0;
    this.prices.set(sku, priceMinor);
    const product = {
      sku,
      category,
      fulfilmentKind: kind,
      faceValueMinor,
      regions,
      currency: CURRENCY,
      priceMinor,
      name: { zh: sku, en: sku },
      attributes,
      listed: true,
      ...(marginFloorBp > 0 && { marginFloorBp }),
    };
    this.command('inventory', { type: 'PutProduct', product, ...(this.ruled.has(sku) && { priceBy: 'rule' }) } as AnyCommand);
  }

  /** Another share of the good's price must be left after the cost. */
  putFloor(sku: string, floorBp: number): void {
    const good = this.market.goods.find((it) => it.sku === sku);
    const priceMinor = this.prices.get(sku);
    if (good === undefined || priceMinor === undefined) return;
    this.floors.set(sku, floorBp);
    this.putProduct(good, priceMinor);
  }

  /** What the currency of the supplier abroad is worth; `lateMs`: news of so long ago. */
  putRate(rate: number, lateMs: number): void {
    this.command('inventory', { type: 'PutRate', base: FOREIGN, quote: CURRENCY, rate, seenAt: this.now - lateMs } as AnyCommand);
  }

  /** All faults stop, every supplier is honest, and operators clear up. */
  private calm(): void {
    const { machine } = this;
    this.isCalm = true;
    machine.forgetBlows();
    machine.deliveries.hurry();
    for (const it of this.outside.suppliers.shelves.values()) it.mood = 'honest';
    this.receivers.moods.clear();
    for (const shell of machine.shells.values()) machine.unpause(shell);
    for (const { offerId, closures } of machine.shell('inventory').rowsOf<Offer>('offers').values()) {
      this.command('inventory', { type: 'AllowDrain', offerId } as AnyCommand);
      if (closures.some((it) => it.cause === 'suspended'))
        this.command('inventory', { type: 'OpenOffer', offerId, cause: 'suspended' } as AnyCommand);
    }
    for (const ms of [10_000, 45_000]) machine.agenda.after(ms, () => this.mendAll());
  }

  private mendAll(): void {
    for (const name of this.machine.shells.keys()) this.machine.deliveries.mend(name);
  }
}

const supplierOf = (supplierId: string, kind: 'http' | 'vault'): AnyCommand => {
  const supplier = {
    supplierId,
    kind,
    name: { zh: supplierId, en: supplierId },
    upstreamGroup: supplierId,
    ...(kind === 'http' && { baseUrl: 'https://supplier.example' }),
  };
  const command = { type: 'PutSupplier', supplier };
  return command;
};
