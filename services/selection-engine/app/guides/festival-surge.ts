import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'festival-surge',
  scenarios: ['gaming', 'general', 'metaverse-social'],
  title: {
    zh: '节日爆单：三天前到结束后怎么做',
    en: 'A festival surge: from three days before until it is over',
  },
  body: {
    zh: '节日的需求不是突然来的：多数点卡与会员在前三天就比平日多一成到三成，前一天多三成半，当天多五成，次日仍多两成。真正出事的往往不是当天，而是前一天晚上货源刷新变慢的那两小时。\n\n三天前：用 GET /v1/market/heat 看哪些商品趋势大于 1（兴趣已翻倍），再用 POST /v1/evaluations 对这批商品打分，供应稳定低于 40 的，今天就要补第二家上游不同的货源。只加同一上游的第二家供应商没有用，它们会一起断。\n\n前一天：把节日礼包、版本更新用 POST /v1/market-signals 上报，注明真实的观察时间。系统会把它计入需求和热度；礼包要不要搭着卖，用 GET /v1/orders/{id}/recommendations 看正在进行的订单此刻会得到哪些卡片，再由你去问买家。给已知的大客户订单填写 deliverBy 和 waitUntil，允许等待补货的单子不必立刻退款。\n\n当天：警报触发后，新订单只走响应、复购、投诉三项都达标的货源，这是有意收窄，不是故障；若提示 surge 拦下太多，说明达标货源不足，应加货源，而不是关掉规则。不要临时提价超过买家上限，那只会让订单停在 price。\n\n结束后：警报会在最后一次异常之后半小时自动解除。第二天翻一遍 GET /v1/procurement-orders，把超时和缺货最多的两家找出来谈，谈不拢就暂停报价，并把这次做法写成案例，明年可以直接检索。',
    en: "Festival demand does not come out of nothing. Most cards and memberships sell a tenth to a third more in the three days before, a third more on the eve, half more on the day, and a fifth more the day after. What goes wrong is rarely the day itself: it is the two hours on the eve when suppliers' figures grow stale.\n\nThree days before: look at GET /v1/market/heat for goods whose trend is above 1 (interest has doubled), and score them with POST /v1/evaluations. Where supply is below 40, add a second source today, from another upstream. A second supplier who buys from the same place helps nobody: both fail together.\n\nOn the eve: report festival packs and new versions with POST /v1/market-signals and the true time at which you saw them. They are counted into demand and heat. Whether a pack goes well with an order that is running, see in GET /v1/orders/{id}/recommendations, and ask the buyer yourself. Give large orders a deliverBy and a waitUntil, so that they may wait for a restock and are not refunded at once.\n\nOn the day: once the alarm is on, new lines go only to offers that meet response, repurchase and complaints. That is narrow on purpose. If many offers are stopped at the gate surge, you need more good sources, not a weaker rule. Do not raise prices past what buyers allow: their lines will only stop at the gate price.\n\nAfterwards: the alarm ends by itself half an hour after the last unusual minute. Go through GET /v1/procurement-orders the next day, talk to the two suppliers with the most lateness, suspend their offers if nothing comes of it, and write the case down: next year somebody will search for it.",
  },
};
