import type { Case } from '@midstream/selection-engine-domain';

const curated = (it: Omit<Case, 'origin' | 'orders'>): Case => ({ ...it, origin: 'curated', orders: 0 });

/** Cases that come with the service: written for the sample market's goods, counted like those that operators write. */
export const CURATED: readonly Case[] = [
  curated({
    caseId: 'curated-festival-pack',
    ...{ industry: 'gaming', scenario: 'gaming', segment: 'retail', region: 'CN', category: 'game-card' },
    ...{ skus: ['farm-story-cn-30', 'farm-story-cn-festival'], quantity: 1, priceMinor: 6720, delivered: 0.99 },
    title: { zh: '节日限定礼包与普通点卡同单', en: 'A festival pack beside plain cards' },
    story: {
      zh: '节日版本上线后的六小时内，在普通点卡订单旁推荐限定礼包，两成买家接受；礼包只从两家互不相关的货源采购，无一缺货。',
      en: 'In the six hours after the festival version, the limited pack was proposed beside plain cards; two in ten buyers took it, and two unrelated sources never ran out.',
    },
  }),
  curated({
    caseId: 'curated-course-season',
    ...{ industry: 'education', scenario: 'online-education', segment: 'retail', region: 'CN', category: 'course-card' },
    ...{ skus: ['course-postgrad-maths', 'course-civil-service'], quantity: 1, priceMinor: 45_900, delivered: 0.98 },
    title: { zh: '考试季课程卡提前锁定', en: 'Course cards held before the exam season' },
    story: {
      zh: '报名截止前两周把考研与公考课程卡的备选货源从一家加到三家，尾周需求翻倍时按时率仍有九成八。',
      en: 'Two weeks before the deadline, one source became three; in the last week demand doubled, and 98 % arrived in time.',
    },
  }),
  curated({
    caseId: 'curated-seat-tiers',
    ...{ industry: 'software', scenario: 'enterprise-digital', segment: 'enterprise', region: 'CN', category: 'cloud-storage' },
    ...{ skus: ['cloud-team-50-year'], quantity: 50, priceMinor: 1_098_000, delivered: 1 },
    title: { zh: '席位凑到下一阶梯', en: 'Seats rounded up to the next step' },
    story: {
      zh: '客户要四十五席，建议按五十席阶梯采购，整单更便宜，多出的席位三个月内用完。',
      en: 'Asked for 45 seats, the company was told to take the step of 50: the whole was cheaper, and the rest was used within three months.',
    },
  }),
  curated({
    caseId: 'curated-travel-data',
    ...{ industry: 'travel', scenario: 'cross-border', segment: 'retail', region: 'CN', category: 'international-data' },
    ...{ skus: ['esim-jp-5d', 'esim-jp-8d'], quantity: 2, priceMinor: 3_900, delivered: 0.97 },
    title: { zh: '长假前的日本流量', en: 'Japan data before the long holiday' },
    story: {
      zh: '长假前三天货源刷新变慢，把报价超过十五分钟未刷新的货源排在后面，缺货率从百分之六降到百分之一。',
      en: 'Three days before the holiday, offers older than fifteen minutes were put last: running out fell from 6 % to 1 %.',
    },
  }),
  curated({
    caseId: 'curated-plaza-credits',
    ...{ industry: 'social', scenario: 'metaverse-social', segment: 'retail', region: 'CN', category: 'overseas-game-card' },
    ...{ skus: [], quantity: 1, priceMinor: 6_800, delivered: 0.96 },
    title: { zh: '社交平台点数随活动补货', en: 'Platform credits restocked with events' },
    story: {
      zh: '活动公告一发布就上报版本更新信号，热度升高时只走三项核心指标达标的货源，投诉率没有上升。',
      en: 'The event was reported as a version update at once; while interest rose, only offers that met all three indicators were used, and complaints did not rise.',
    },
  }),
];
