import { Problem, SETTINGS } from '@midstream/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { isRegion } from './currency';
import { SKU } from './params.dto';
import { StockBook } from './stock.book';
import { type Detail, DETAILS, type Figure, tagOf } from './stock.figure';

/** So many SKUs a call. */
export const SKUS_MAX = 200;
export const STOCK_PAGE_MAX = 200;
const CATEGORY = /^[a-z0-9-]{1,40}$/;

export interface StockAsk {
  readonly skus?: readonly string[];
  readonly category?: string;
  readonly region?: string;
}

export interface StockAnswer {
  /** Of all that is said but its age; the same at every replica. */
  readonly tag: string;
  readonly figures: readonly Figure[];
  readonly unknown: readonly string[];
  readonly next?: string;
}

/** What the stock routes say, from the book alone. */
@Injectable()
export class StockAnswers {
  private readonly detail: Detail;

  constructor(
    private readonly book: StockBook,
    @Inject(SETTINGS) { stockDetail = 'exact' }: Readonly<Record<string, string>>,
  ) {
    const detail = DETAILS.find((it) => it === stockDetail);
    if (detail === undefined) throw new Error(`MIDSTREAM_STOCK_DETAIL is ${stockDetail}: ${DETAILS.join(', ')}`);
    this.detail = detail;
  }

  answer(ask: StockAsk, limit: number, after: string | undefined): StockAnswer {
    const { region, category } = ask;
    const skus = ask.skus ?? this.book.page(category ?? '', after, limit);
    const now = Date.now();
    const figures = skus.map((it) => this.book.figure(it, region, now));
    const isFull = ask.skus === undefined && skus.length === limit;
    return {
      figures,
      unknown: (ask.skus ?? []).filter((it) => !this.book.knows(it)),
      tag: figures.length === 1 && !isFull ? (figures[0]?.tag ?? '') : tagOf(figures.map((it) => it.tag).join()),
      ...(isFull && { next: Buffer.from(skus.at(-1) ?? '').toString('base64url') }),
    };
  }

  /** `scope`: of the key; a visitor has none. */
  text(figure: Figure, scope: string | undefined, now = Date.now()): string {
    const head = this.isExact(scope) ? figure.exact : figure.rough;
    return figure.asOfMs === undefined ? `${head}}` : `${head},"ageMs":${Math.max(0, now - figure.asOfMs)}}`;
  }

  isExact(scope: string | undefined): boolean {
    return this.detail === 'exact' || scope === 'operator' || (this.detail === 'merchants' && scope !== undefined);
  }
}

const bad = (field: string, message: string): Problem =>
  new Problem(400, 'invalid-body', 'The request is not valid', `${field}: ${message}`, { fields: [{ field, message }] });

/** @throws Problem that names the field, or that too many SKUs are asked for. */
export function askOf(query: Partial<Record<'sku' | 'category' | 'region', string>>): StockAsk {
  const { sku, category, region } = query;
  if (region !== undefined && !isRegion(region)) throw bad('region', 'a region is of ISO 3166, as CN or CN-31, or *');
  if (category !== undefined && !CATEGORY.test(category)) throw bad('category', 'a category has 1 to 40 of a-z, 0-9 and -');
  if (sku !== undefined && category !== undefined) throw bad('category', 'ask by sku or by category, not by both');
  const skus = sku === undefined ? undefined : [...new Set(sku.split(','))];
  if (skus !== undefined && skus.length > SKUS_MAX) {
    const title = `At most ${SKUS_MAX} SKUs a call; ask for the others in another, or by category`;
    throw new Problem(400, 'too-many-skus', title, undefined, { most: SKUS_MAX, asked: skus.length });
  }
  const wrong = skus?.find((it) => !SKU.test(it));
  if (wrong !== undefined)
    throw bad('sku', `a SKU has 1 to 80 of A-Z, a-z, 0-9, ., _ and -; up to ${SKUS_MAX} of them with commas between`);
  return { ...(skus && { skus }), ...(category !== undefined && { category }), ...(region !== undefined && { region }) };
}

/** The SKU behind which a page begins. @throws Problem where no page has given it. */
export function pageAfter(cursor: string): string {
  const sku = Buffer.from(cursor, 'base64url').toString();
  if (SKU.test(sku)) return sku;
  throw new Problem(400, 'invalid-cursor', 'The cursor is the `next` of another page, as it came');
}
