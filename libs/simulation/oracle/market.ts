import { coversRegion } from '@midstream/kernel';
import type { Good, Market as Wares } from '../market';
import type { LineWish } from '../scenario';

const STEPS = ['none', 'other-supplier', 'repack', 'same-category', 'cross-category'];

/** What the goods are: the oracle's own reading of needs and policies. */
export class Market {
  private readonly goods: ReadonlyMap<string, Good>;

  constructor({ goods }: Wares) {
    this.goods = new Map(goods.map((it) => [it.sku, it]));
  }

  goodOf(sku: string): Good | undefined {
    return this.goods.get(sku);
  }

  /** Whether the good is what was asked for. */
  isWanted({ sku: wanted, category, faceValueMinor }: LineWish['need'], sku: string): boolean {
    const good = this.goods.get(sku);
    if (wanted !== undefined) return sku === wanted;
    return good?.category === category && (faceValueMinor === undefined || faceValueMinor === good?.faceValueMinor);
  }

  /** Why so many pieces of the one are none of the other's, if they are not: of one brand, alike in all else, and of the same face value exactly. */
  packFault(sku: string, { sku: piece, pieces }: { readonly sku: string; readonly pieces: number }): string | undefined {
    const [good, pack] = [this.goods.get(sku), this.goods.get(piece)];
    if (good === undefined || pack === undefined) return 'no such good';
    if (good.category !== pack.category || good.kind !== pack.kind) return 'another kind of good';
    if (JSON.stringify(good.attributes) !== JSON.stringify(pack.attributes) || good.attributes === undefined) return 'another brand';
    if (!Number.isInteger(pieces) || pieces < 2 || pieces > 10) return `${pieces} pieces are none`;
    return pieces * pack.faceValueMinor === good.faceValueMinor
      ? undefined
      : `${pieces} × ${pack.faceValueMinor} is not ${good.faceValueMinor}`;
  }

  /** More units of the good itself may be proposed, or of another one of its category and game. */
  mayStandBeside(sku: string | undefined, other: string): boolean {
    const [good, sibling] = [this.goods.get(sku ?? ''), this.goods.get(other)];
    if (good === undefined || sibling === undefined) return false;
    const { game, gameRegion } = good.attributes ?? {};
    const isOfOneGame = game !== undefined && game === sibling.attributes?.['game'] && gameRegion === sibling.attributes['gameRegion'];
    return sku === other || (good.category === sibling.category && isOfOneGame);
  }

  /** Why the buyer's policy forbids it, if it does. */
  faultOf({ need, recipient, substitution }: LineWish, sku: string, region: string): string | undefined {
    const good = this.goods.get(sku);
    if (good === undefined) return 'no such good';
    if (!coversRegion(good.regions, region)) return `not sold in ${region}`;
    if ((good.kind === 'VALUE_RECHARGE') !== (recipient !== undefined)) return 'no account for it, or one too many';
    if (this.isWanted(need, sku)) return undefined;
    const wanted = [...this.goods.values()].filter((it) => this.isWanted(need, it.sku));
    const step = wanted.some((it) => it.category === good.category) ? 'same-category' : 'cross-category';
    return STEPS.indexOf(step) > STEPS.indexOf(substitution.upTo) ? `${step} goes too far` : undefined;
  }
}
