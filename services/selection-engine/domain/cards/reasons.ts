import type { Segment } from '@midstream/contracts';
import type { Good } from './goods';
import { contributions, type Group, GROUPS } from './value';
import type { Name } from './words';

export interface Reason {
  readonly group: Group;
  readonly text: Name;
  /** What it adds to the difference to the runner-up, in minor units a unit. For the hub only. */
  readonly minor: number;
}

export interface Explained {
  readonly reasons: readonly Reason[];
  readonly contributions: Readonly<Record<Group, number>>;
  /** The good that it is compared with. */
  readonly against: string;
  /** What would have to change for the other to come first. For the hub only: it speaks of costs. */
  readonly counterfactual: Name;
}

const REASONS_MAX = 3;

/** Why this good and not the runner-up: the groups that speak for it most, in words and in money; and what would turn it round. */
export function explained(good: Good, other: Good, segment: Segment): Explained {
  const parts = contributions(good.traits, other.traits, segment);
  const ranked = GROUPS.filter((it) => Math.abs(parts[it]) > 1e-9).sort((a, b) => Math.abs(parts[b]) - Math.abs(parts[a]));
  return {
    reasons: ranked.slice(0, REASONS_MAX).map((group) => ({ group, minor: parts[group], text: textOf(group, good, other) })),
    contributions: parts,
    against: other.product.sku,
    counterfactual: counterfactualOf(good, other),
  };
}

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
const yuan = (minor: number): string => (minor / 100).toFixed(2);
const seconds = (ms: number): string => (ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`);

/** Said of the merchant's own side only: prices, not costs; what can be expected, not who is expected to do it. */
function textOf(group: Group, { traits, chain, available, onTime, product }: Good, other: Good): Name {
  const than: Name = other.product.name;
  switch (group) {
    case 'price':
      return product.priceMinor === other.product.priceMinor
        ? { zh: `与${than.zh}同价，条件更合适或更差之处已计入`, en: `The same price as ${than.en}; the terms differ` }
        : {
            zh: `单价 ${yuan(product.priceMinor)}，${than.zh}为 ${yuan(other.product.priceMinor)}`,
            en: `${yuan(product.priceMinor)} a unit; ${than.en} is ${yuan(other.product.priceMinor)}`,
          };
    case 'reliability':
      return {
        zh: `预计足量交付 ${percent(traits.fill)}（含 ${chain.length - 1} 个备选货源），对比 ${percent(other.traits.fill)}`,
        en: `${percent(traits.fill)} delivered as ordered, with ${chain.length - 1} sources to fall back on; the other ${percent(other.traits.fill)}`,
      };
    case 'speed':
      return {
        zh: `预计 ${seconds(chain[0]?.responseMs ?? 0)} 内交付，按时概率 ${percent(onTime)}`,
        en: `Expected within ${seconds(chain[0]?.responseMs ?? 0)}; on time with ${percent(onTime)}`,
      };
    case 'after-sales':
      return { zh: `预计投诉率 ${percent(traits.complaint)}`, en: `${percent(traits.complaint)} complaints are expected` };
    case 'stock':
      return {
        zh: `现货 ${available} 件，缺货概率 ${percent(1 - traits.inStock)}，对比 ${percent(1 - other.traits.inStock)}`,
        en: `${available} in stock, ${percent(1 - traits.inStock)} risk of running out; the other ${percent(1 - other.traits.inStock)}`,
      };
    case 'demand':
      return {
        zh: '与场景、复购和相似案例更匹配的程度已计入',
        en: 'How well it fits the scenario, buyers who come again, and cases like this',
      };
  }
}

/** The difference in value is what the other's cost, weighed by how often it is served, would have to fall. */
function counterfactualOf(good: Good, other: Good): Name {
  const served = other.traits.fill * other.traits.inStock * (1 - other.traits.invalid);
  const gap = (good.valueMinor - other.valueMinor) / Math.max(1e-6, served);
  const money = yuan(Math.abs(gap));
  return gap >= 0
    ? { zh: `${other.product.name.zh}成本再低 ${money} 即成首选`, en: `${other.product.name.en} would come first if it cost ${money} less` }
    : { zh: `本商品成本再低 ${money} 即成首选`, en: `This good would come first if it cost ${money} less` };
}
