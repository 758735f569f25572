import { Database, Problem } from '@midstream/runtime';
import type { Case } from '@midstream/selection-engine-domain';
import { Injectable } from '@nestjs/common';
import { CURATED } from './curated';

/** Cases that are kept in memory: those that operators wrote, and of the others those with the most orders. */
const CASES_MAX = 2_000;
const FRESH_MS = 10_000;
/** A case of fewer orders is shown to the hub's own people only, and on no card: few orders might be known again. */
export const CASE_ORDERS_LEAST = 5;

/** It may be shown to anybody. */
export const isAnonymous = ({ origin, orders }: Case): boolean => origin === 'curated' || orders >= CASE_ORDERS_LEAST;

interface CaseFound {
  readonly id: string;
  readonly origin: Case['origin'];
  readonly scenario: string;
  readonly segment: Case['segment'];
  readonly tier: string;
  readonly region: string;
  readonly category: string;
  readonly skus: string[];
  readonly quantity: number;
  readonly price_minor: string;
  readonly orders: number;
  readonly ordered: string;
  readonly delivered: string;
  readonly written: { industry: string; title: Case['title']; story: Case['story'] } | null;
}

/** All cases in memory: those that came with the service, those that operators wrote, and what finished orders add up to. */
@Injectable()
export class CaseLibrary {
  private shown: readonly Case[] = CURATED;
  private readAt = 0;

  constructor(private readonly database: Database) {}

  /** Those that may be shown, as they were a few seconds ago; they are read again behind it, so that no card waits. */
  anonymous(): readonly Case[] {
    if (Date.now() - this.readAt > FRESH_MS) void this.read().catch(() => undefined);
    return this.shown;
  }

  /** As they are now, with those that are not to be shown yet. */
  async read(): Promise<readonly Case[]> {
    this.readAt = Date.now();
    const { rows } = await this.database.pool.query<CaseFound>(
      `SELECT * FROM selection_case ORDER BY origin = 'curated' DESC, orders DESC, id LIMIT ${CASES_MAX}`,
    );
    const known = [...CURATED, ...rows.map(caseOf)];
    this.shown = known.filter(isAnonymous);
    return known;
  }

  /** @throws Problem where there is one of this id. */
  async write(it: Case): Promise<Case> {
    if (CURATED.some((one) => one.caseId === it.caseId)) throw caseExists();
    const { industry, title, story } = it;
    const { rowCount } = await this.database.pool.query(
      `INSERT INTO selection_case (id, origin, scenario, segment, region, category, skus, quantity, price_minor, orders, ordered, delivered, written)
       VALUES ($1, 'curated', $2, $3, $4, $5, $6, $7, $8, 0, 1000, $9, $10) ON CONFLICT (id) DO NOTHING`,
      [
        it.caseId,
        it.scenario,
        it.segment,
        it.region,
        it.category,
        it.skus,
        it.quantity,
        it.priceMinor,
        Math.round(it.delivered * 1_000),
        JSON.stringify({ industry, title, story }),
      ],
    );
    if (rowCount === 0) throw caseExists();
    await this.read();
    return it;
  }
}

const caseExists = (): Problem =>
  new Problem(409, 'case-exists', 'There is a case of this id; take another', undefined, { field: 'caseId' });

const INDUSTRIES: Readonly<Record<string, string>> = {
  'online-education': 'education',
  'cross-border': 'travel',
  'metaverse-social': 'social',
  'enterprise-digital': 'software',
};

const caseOf = ({
  id,
  origin,
  scenario,
  segment,
  tier,
  region,
  category,
  skus,
  quantity,
  price_minor,
  orders,
  ordered,
  delivered,
  written,
}: CaseFound): Case => ({
  caseId: id,
  origin,
  scenario,
  segment,
  region,
  category,
  skus,
  quantity,
  orders,
  priceMinor: Number(price_minor),
  industry: written?.industry ?? INDUSTRIES[scenario] ?? scenario,
  delivered: Number(ordered) > 0 ? Number(delivered) / Number(ordered) : 0,
  ...(origin === 'orders' && { tier }),
  ...(written?.title && { title: written.title }),
  ...(written?.story && { story: written.story }),
});
