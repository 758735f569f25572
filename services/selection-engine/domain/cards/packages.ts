import type { Name } from './words';

/** What a kind of business puts together: which goods, and which of their attributes fit it best. */
export interface Package {
  readonly scenario: string;
  readonly name: Name;
  readonly why: Name;
  /** In the order of their weight. A need that names neither good nor category gets the best card of each. */
  readonly categories: readonly string[];
}

/** A good of the scenario's package is preferred by this share of its price: a word, not a verdict. */
export const FIT_SHARE = 0.01;
/** Few units at a time: a good that answers within a minute fits. Many: one that can sell all of them, cheaper by the lot. */
export const SMALL_QUANTITY_MOST = 10;
export const BULK_QUANTITY_LEAST = 20;
export const INSTANT_MS = 60_000;

export const PACKAGES: readonly Package[] = [
  {
    scenario: 'online-education',
    name: { zh: '在线教育组合', en: 'Online education set' },
    why: {
      zh: '课程兑换卡带来主要收入，题库与会员提高续课率，直播工具保障开课。',
      en: 'Course cards bring the revenue, question banks and memberships bring learners back, live tools keep classes running.',
    },
    categories: ['course-card', 'question-bank', 'membership', 'live-tool', 'cloud-storage'],
  },
  {
    scenario: 'cross-border',
    name: { zh: '跨境出行与海外游戏组合', en: 'Cross-border set' },
    why: {
      zh: '海外流量与海外点卡按地区匹配，话费与会员补齐出行前后的需求。',
      en: 'Travel data and overseas cards by place; top-ups and memberships for before and after the journey.',
    },
    categories: ['international-data', 'overseas-game-card', 'phone-top-up', 'membership', 'cloud-storage'],
  },
  {
    scenario: 'metaverse-social',
    name: { zh: '元宇宙社交组合', en: 'Metaverse and social set' },
    why: {
      zh: '平台点数与游戏卡满足社交消费，会员与直播工具服务创作者。',
      en: 'Platform credits and game cards for social spending; memberships and live tools for creators.',
    },
    categories: ['overseas-game-card', 'game-card', 'membership', 'live-tool', 'mobile-data'],
  },
  {
    scenario: 'enterprise-digital',
    name: { zh: '企业数字化组合', en: 'Enterprise digital set' },
    why: {
      zh: '按席位阶梯采购的云盘与工具授权，加上员工福利的话费、流量与会员。',
      en: 'Storage and tool licences by tiers of seats, with top-ups, data and memberships as benefits for the staff.',
    },
    categories: ['cloud-storage', 'live-tool', 'phone-top-up', 'mobile-data', 'membership'],
  },
];

export const packageOf = (scenario: string): Package | undefined => PACKAGES.find((it) => it.scenario === scenario);
