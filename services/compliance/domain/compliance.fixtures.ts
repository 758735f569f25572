import type { Fact } from '@midstream/contracts';
import { compliance, type ComplianceCommand, type ComplianceEvent, type RuleDraft, type Rows, type Screened } from './index';

/** The instant of the specs (libs/testing `NOON`). */
export const NOON = Date.UTC(2026, 10, 24, 12);
export const HOUR = 3_600_000;
export const EMPTY: Rows = { rules: {}, shelves: {}, verdicts: {} };

export const aRule = (ruleId: string, it: Partial<RuleDraft> = {}): RuleDraft => ({
  ruleId,
  effect: 'banned',
  match: { sku: 'video' },
  regions: ['*'],
  reason: 'Taken off sale',
  from: NOON,
  ...it,
});

export const aProduct = (sku: string, it: Partial<Screened> = {}): Screened => ({ sku, category: 'membership', attributes: {}, ...it });

export const aRanking = (skus: readonly string[], region = 'CN-31'): Omit<Fact<'OffersRanked'>, 'type'> => ({
  orderId: 'o1',
  merchantId: 'm1',
  lineId: '1',
  decisionId: 'o1:1:1:1',
  gates: { stock: 2 },
  candidates: skus.map((sku) => ({
    ...{ offerId: `a~${sku}`, supplierId: 'a', sku, priceMinor: 2500, currency: 'CNY', expectedMinor: 400, version: 1, planned: 1 },
  })),
  request: {
    ...{ orderId: 'o1', merchantId: 'm1', lineId: '1', attempt: 1, depth: 1, ranking: 1, quantity: 1, need: { sku: 'video' } },
    ...{ region, segment: 'retail', tier: 'standard', scenario: 'general', priceCapMinor: 2600, currency: 'CNY' },
    substitution: { upTo: 'other-supplier', consent: 'ask', consentDefault: 'refund', consentMs: 900_000 },
    ...{ deliverBy: '2026-11-25T12:00:00.000Z', excluded: [], tried: [] },
  },
});

type Written = ComplianceCommand extends infer C ? (C extends ComplianceCommand ? Omit<C, 'at'> & { readonly at?: number } : never) : never;

/** Handles a command and, as the shell does, all that its events call for, until nothing is due before `until`. */
export function settle(rows: Rows, command: Written, until: number = command.at ?? NOON): { rows: Rows; events: ComplianceEvent[] } {
  const due: { at: number; command: Written }[] = [{ at: command.at ?? NOON, command }];
  const events: ComplianceEvent[] = [];
  let now = rows;
  for (let next = due.shift(); next !== undefined; next = due.shift()) {
    const { at } = next;
    const decision = compliance.decide({ ...next.command, at }, now, null);
    if ('rejected' in decision) throw new Error(decision.rejected);
    for (const event of decision) {
      now = compliance.evolve(now, event);
      events.push(event);
      for (const it of compliance.react(event)) if ((it.at ?? at) <= until) due.push({ at: it.at ?? at, command: it.command });
    }
    compliance.uphold(now);
    due.sort((a, b) => a.at - b.at);
  }
  return { rows: now, events };
}

/** Products that were screened, and rules that were put, one after the other. */
export function aShop(products: readonly Screened[], rules: readonly RuleDraft[] = []): Rows {
  const shelved = products.reduce((rows, product) => settle(rows, { type: 'ScreenProduct', product, version: 1 }).rows, EMPTY);
  return rules.reduce((rows, rule) => settle(rows, { type: 'PutRule', rule }).rows, shelved);
}
