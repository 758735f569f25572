import type { AnyFact } from '@midstream/contracts';
import type { Due, Untimed } from '@midstream/kernel';
import type { ComplianceCommand, ComplianceEvent, Match, Rule, ShelfSwept } from './messages';
import { ALL_SHELVES, shelfOf } from './state';

type Dues = readonly Due<Untimed<ComplianceCommand>>[];

export function react(fact: AnyFact | ComplianceEvent): Dues {
  switch (fact.type) {
    case 'ProductState': {
      const { sku, category, attributes, version } = fact;
      return [{ command: { type: 'ScreenProduct', product: { sku, category, attributes }, version } }];
    }
    case 'OffersRanked': {
      const { type: _type, ...ranked } = fact;
      return [{ command: { type: 'ClearOffers', ranked } }];
    }
    case 'RulePut':
      return [...(fact.replaced ? sweeps(fact.replaced.match) : []), ...begin(fact.rule, fact.putAt), ...end(fact.rule)];
    case 'RuleBegun':
    case 'RuleEnded':
      return sweeps(fact.rule.match);
    case 'ShelfSwept':
      return goOn(fact);
    default:
      return [];
  }
}

/** Screens again what a rule may speak of. A product that is shelved later is screened by all rules then. */
function sweeps({ sku, category }: Match): Dues {
  if (sku !== undefined) return [{ command: { type: 'RescreenProduct', sku } }];
  return [{ command: { type: 'SweepShelf', shelf: category === undefined ? ALL_SHELVES : shelfOf(category), after: 0 } }];
}

/** A rule speaks up when its time comes, which may be now. */
function begin({ ruleId, version, from, match }: Rule, putAt: number): Dues {
  return from <= putAt ? sweeps(match) : [{ command: { type: 'TurnRule', ruleId, version }, at: from }];
}

/** And falls silent when it is over. */
function end({ ruleId, version, until }: Rule): Dues {
  return until === undefined ? [] : [{ command: { type: 'TurnRule', ruleId, version }, at: until }];
}

function goOn({ shelf, names, next }: ShelfSwept): Dues {
  const each = names.map((it): Dues[number] =>
    shelf === ALL_SHELVES ? { command: { type: 'SweepShelf', shelf: it, after: 0 } } : { command: { type: 'RescreenProduct', sku: it } },
  );
  return next === undefined ? each : [...each, { command: { type: 'SweepShelf', shelf, after: next } }];
}
