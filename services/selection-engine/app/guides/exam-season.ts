import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'exam-season',
  scenarios: ['online-education'],
  title: {
    zh: '考试季：课程卡与题库怎么备',
    en: 'Exam season: preparing course cards and question banks',
  },
  body: {
    zh: '报名截止前两周，课程卡的需求会升到平日的两倍，题库还要再晚一周。不要两者一起囤。先备课程卡：用 evaluations 查供应稳定分，低于五十的先补第二个上游；题库只需确认货源一分钟内能回应。推荐时写 scenario=online-education，不写商品，会得到一组搭配：课程、题库、会员、直播工具各一张。课程卡的退款多半因为买错级别，请把级别写进 attributes，让替换只在同级别内发生。考试当天之后需求会在三天内跌去七成，按建议采购量的当日数备货，不要按峰值。\n\n时间表：前十四天，课程卡每件至少两个不同上游；前七天，题库和会员各留一个一分钟内能回应的货源；前两天，只补货、不再上新，新供应商的头一批问题总是出在最忙的那天；当天，每小时看一次 GET /v1/market/heat，趋势超过一（热度翻倍）而库存风险到“高”的商品，从首页撤下。\n\n下单：课程卡的行写 deliverBy 为开课前一天，而不是“立即”，这样系统会优先可靠而不是优先最快；并写 waitUntil，断货时先等补货，不会马上退款。机构团购数量在二十以上时，segment 写 enterprise，建议采购量会考虑阶梯价。\n\n收尾：考试后一周，把这一季的结果用 POST /v1/cases 写成案例：场景、数量、价格、按时率各是多少，哪一家断过货。它会按二十单计入证据，明年同样的请求会看到它。不要写进客户的名字。',
    en: 'Two weeks before registration closes, course cards sell twice as much as usual; question banks follow a week later. Do not stock both at once. Begin with course cards: score them with evaluations, and where supply is below fifty, add a second upstream. For question banks it is enough that a source answers within a minute. Ask for recommendations with the scenario online-education and no product, and you get a set: a course, a question bank, a membership and a live tool. Most refunds of course cards are for the wrong level: write the level into attributes, so that nothing of another level takes its place. After the exam, demand falls by seven tenths in three days. Buy for the day, not for the peak.\n\nTimetable: fourteen days before, two upstreams for every course card. Seven days before, one source that answers within a minute for question banks and memberships. Two days before, restock only, and begin with nobody new: the first lot of a new supplier always fails on the busiest day. On the day, read GET /v1/market/heat each hour. Where the trend is above 1 (interest has doubled) and the stock risk is high, take the good off the front page.\n\nOrdering: give course cards a deliverBy on the day before the course begins, not "at once", so that a sure source comes before a fast one; and a waitUntil, so that a line waits for a restock before it is refunded. For twenty seats and more, say segment enterprise: the suggested quantity then looks at the steps of the price.\n\nAfterwards: write the season down by POST /v1/cases within a week. Scenario, quantity, price, the share that came in time, and what ran dry. It counts as twenty orders in the evidence, and next year\'s request will show it. Name no customer in it.',
  },
};
