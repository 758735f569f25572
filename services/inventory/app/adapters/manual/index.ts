import type { Adapter, Answer, Seller, Tools, Wanted } from '../port';
import type { WorkItems } from './work-items';

/** A supplier who fulfils by hand: to buy is to put an item on its work list, and to ask is to look what is done of it. */
export const manual = ({ works }: Tools): Adapter => ({
  kind: 'manual',
  can: ['buy', 'query'],
  isOurs: true,
  needs: [],
  at: () => new ManualSeller(works),
});

class ManualSeller implements Seller {
  constructor(private readonly works: WorkItems) {}

  async buy(wanted: Wanted): Promise<Answer> {
    if (wanted.unitCostMinor > wanted.maxCostMinor) return { units: [], rest: 'price-risen', unitCostMinor: wanted.unitCostMinor };
    await this.works.open(wanted);
    return this.ask(wanted);
  }

  /** The list is ours: what is not on it was never ordered. */
  async ask(wanted: Wanted): Promise<Answer> {
    return (await this.works.answer(wanted)) ?? { units: [], rest: 'refused', unitCostMinor: 0 };
  }
}
