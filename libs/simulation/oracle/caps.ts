import type { Fact } from '@midstream/contracts';
import type { InventoryEvent } from '@midstream/inventory-domain';
import { check, type HoldBook } from './book';

type Applied = Extract<InventoryEvent, { readonly type: 'CapsApplied' }>;

/** What caps count, by the holds themselves: nobody is given more than the offer's caps leave to him. */
export class CapWatch {
  private readonly byOffer = new Map<string, Applied['caps']>();
  private readonly counted = new Map<string, HoldBook[]>();

  apply({ offerId, caps }: Applied): void {
    this.byOffer.set(offerId, caps);
  }

  made(hold: HoldBook, { merchantId, request }: Fact<'OfferHeld'>): void {
    for (const { capId, per, maxUnits } of this.byOffer.get(hold.offerId) ?? []) {
      const who = `${capId} of ${per === 'merchant' ? merchantId : `${merchantId}/${request.buyerKey}`}`;
      const holds = [...(this.counted.get(who) ?? []).filter((it) => openOf(it) > 0), hold];
      this.counted.set(who, holds);
      const open = holds.reduce((sum, it) => sum + openOf(it), 0);
      check(open <= maxUnits, 'I1', () => `${hold.holdId} makes ${open} of ${maxUnits} for ${who}`);
    }
  }
}

const openOf = ({ granted, stages }: HoldBook): number => granted - stages.delivered - stages.lost - stages.released;
