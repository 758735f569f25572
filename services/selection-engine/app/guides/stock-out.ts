import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'stock-out',
  scenarios: ['general', 'gaming', 'online-education', 'cross-border', 'metaverse-social', 'enterprise-digital'],
  title: {
    zh: '货源突然断货：订单还在跑，你该做什么',
    en: 'A source runs dry while orders are running: what to do',
  },
  body: {
    zh: '断货不是事故，是常态。系统把它当作一次“再选择”：被打断的每一行会带着已失去的货源名单重新排名，在买家同意和价格上限之内换一家；四次都失败才放弃并退款。你要做的不是抢着改订单，而是让选择有余地。\n\n第一分钟：不要取消订单。取消会让还没交付的部分进入归还流程，反而错过自动换源。看 GET /v1/orders/{id}/timeline，确认写的是 lost（失去）之后又出现 held（已占用），说明已经接上。\n\n五分钟后仍在 selecting：打开 GET /v1/orders/{id}/recommendations。如果 cards 为空，unmet 会写清每道关口拦下多少：stock 多，说明整个市场缺货；price 多，说明上限太低；policy 多，说明替换范围太窄；surge 多，说明爆单期间达标货源不够。不同原因的办法完全不同，先看数再动手。\n\n和买家沟通：给出替代卡片里的按时概率和价格，而不是“正在处理”。若买家愿意等，给出 waitUntil，系统会在补货后自动继续；若买家愿意换，等待中的询问要由买家本人回答，超时按默认处理。\n\n事后：检查这件商品的独立上游数。两家供应商同一上游，只算一家。备选不足的商品，在补到第二个上游之前，把首页展示撤下来，比任何补偿都有效。',
    en: 'Running dry is no accident; it happens every day. Here it is only the next selection: each line that is hit is ranked again without the sources that it lost, and goes elsewhere within the buyer\'s consent and price. After four losses it is given up and refunded. Your part is not to edit orders in haste, but to leave the choice some room.\n\nThe first minute: do not cancel. A cancel asks for all that is not delivered to be given back, and the line loses its chance to move on. Read GET /v1/orders/{id}/timeline: lost, and then held again, means that it has already been served elsewhere.\n\nStill selecting after five minutes: open GET /v1/orders/{id}/recommendations. Where there are no cards, unmet says how many offers each gate has stopped. Many at stock: the market is dry. Many at price: the cap is too low. Many at policy: the substitution is too narrow. Many at surge: too few sources are good enough while demand bursts. Each has another remedy, so read the numbers first.\n\nThe buyer: name a substitute with its price and its on-time figure; "we are working on it" helps nobody. A buyer who can wait gets a waitUntil, and the line goes on by itself after a restock. A buyer who may take another good answers the question himself; silence means what the order said it means.\n\nAfterwards: count the upstreams, not the suppliers. Two suppliers of one upstream are one. Until a second one is there, take the good off the front page. It is worth more than any compensation.',
  },
};
