import { type HiddenWorld, type MarketOffer, STEP_MS } from './world';

/** What an offer is said to have, and when that was true. */
export interface Reported {
  readonly units: number;
  readonly at: number;
}

const SNAPSHOT_MS = 360_000;
const LIE = { factor: 1.5, more: 2 } as const;

/** The true stock under one policy: restocks and other buyers are the world's, what we take is the policy's. Never negative. */
export class Shelf {
  private readonly units: Int32Array;
  private readonly step: Int32Array;
  private readonly told: (Reported | undefined)[];
  private readonly taken: Int32Array;

  constructor(private readonly world: HiddenWorld) {
    this.units = Int32Array.from(world.offers, (it) => it.firstStock);
    this.step = new Int32Array(world.offers.length);
    this.told = world.offers.map(() => undefined);
    this.taken = new Int32Array(world.offers.length);
  }

  /** Units that are really there. Time must not run backwards for an offer. */
  at(offer: MarketOffer, at: number): number {
    const until = Math.floor(at / STEP_MS);
    let units = this.units[offer.index] ?? 0;
    for (let step = (this.step[offer.index] ?? 0) + 1; step <= until; step++)
      units = Math.max(0, units + (offer.restocks[step] ?? 0) - (offer.drains[step] ?? 0));
    this.units[offer.index] = units;
    this.step[offer.index] = Math.max(until, this.step[offer.index] ?? 0);
    return units;
  }

  /** Takes them if they are there. */
  take(offer: MarketOffer, at: number, quantity: number): boolean {
    const units = this.at(offer, at);
    if (units < quantity) return false;
    this.units[offer.index] = units - quantity;
    this.taken[offer.index] = (this.taken[offer.index] ?? 0) + quantity;
    return true;
  }

  /** The newest snapshot that has arrived, every six minutes with the supplier's lag; less what we took since. Some suppliers lie. */
  reported(offer: MarketOffer, at: number): Reported {
    const seenAt = Math.floor((at - offer.lagMs - offer.phaseMs) / SNAPSHOT_MS) * SNAPSHOT_MS + offer.phaseMs;
    const known = this.told[offer.index];
    if (known === undefined || seenAt > known.at) {
      const units = this.at(offer, Math.max(seenAt, (this.step[offer.index] ?? 0) * STEP_MS));
      const lies = this.world.suppliers[offer.supplier]?.lies === true;
      this.told[offer.index] = { units: lies ? Math.ceil(units * LIE.factor) + LIE.more : units, at: Math.max(0, seenAt) };
      this.taken[offer.index] = 0;
    }
    const last = this.told[offer.index] ?? { units: 0, at: 0 };
    return { units: Math.max(0, last.units - (this.taken[offer.index] ?? 0)), at: last.at };
  }
}
