import { unitId } from '@midstream/inventory-domain';
import type { Codes } from '../../codes';
import type { Adapter, Answer, Seller, Tools, Wanted } from '../port';

/** The hub's own codes, and those that a partner has left with it. */
export const vault = ({ codes }: Tools): Adapter => ({
  kind: 'vault',
  can: ['buy', 'query'],
  isOurs: true,
  needs: [],
  at: () => new VaultSeller(codes),
});

/** The hub's own codes. To buy is to assign, and to ask is to buy again: a unit that has a code keeps it. */
class VaultSeller implements Seller {
  constructor(private readonly codes: Codes) {}

  async buy(wanted: Wanted): Promise<Answer> {
    const numbers = Array.from({ length: wanted.quantity }, (_, n) => n + 1);
    const given = new Set(
      await this.codes.assign(
        wanted,
        numbers.map((it) => unitId(wanted.purchaseId, it)),
      ),
    );
    const units = numbers.filter((it) => given.has(unitId(wanted.purchaseId, it))).map((unit) => ({ unit, kind: 'code' as const }));
    return { units, rest: 'out-of-stock', unitCostMinor: wanted.unitCostMinor };
  }

  ask(wanted: Wanted): Promise<Answer> {
    return this.buy(wanted);
  }
}
