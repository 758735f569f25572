import type { GateCounts, Segment } from '@midstream/contracts';
import type { OfferBook } from '../book';
import { goodOf, goodsFor } from './goods';
import { levelOf, type Outlook, type RiskLevel } from '../demand';
import { outlookFor } from './outlook';
import { type ScoreBasis, type Scores, scoresOf } from './scores';

export interface Evaluated {
  readonly sku: string;
  readonly quantity: number;
  readonly region: string;
  readonly segment: Segment;
  readonly currency: string;
  /** Of the merchant who asks, where the hub has put it into one. */
  readonly merchantTier?: string;
  readonly deliverByAt: number;
}

export interface Evaluation {
  readonly scores: Scores;
  readonly basis: ScoreBasis;
  readonly stockOut: number;
  readonly risk: RiskLevel;
  readonly gates: GateCounts;
  readonly offers: number;
  /** None where no offer can serve it now. */
  readonly outlook?: Outlook;
}

/** One good by the four scores, with the numbers behind them; undefined where it is not known or not listed. */
export function evaluate({ sku, ...it }: Evaluated, book: OfferBook, at: number): Evaluation | undefined {
  const product = book.products.get(sku);
  if (product === undefined || !product.listed) return undefined;
  const need = { ...it, need: { sku }, scenario: 'general', only: sku };
  const { goods, gates } = goodsFor(need, book, at, () => 0);
  const [only] = goods;
  const good = only && goodOf(only);
  const outlook = good && outlookFor(good, need, book, at);
  const stockOut = outlook?.stockRisk.probability ?? 1;
  return {
    ...scoresOf(product, it.region, book, at),
    stockOut,
    risk: levelOf(stockOut),
    gates,
    offers: good?.offers ?? 0,
    ...(outlook !== undefined && { outlook }),
  };
}
