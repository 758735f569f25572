import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'new-supplier',
  scenarios: ['general', 'enterprise-digital'],
  title: {
    zh: '新供应商：没有历史，怎么用',
    en: 'A new supplier without a history: how to use it',
  },
  body: {
    zh: '没有历史不等于不好。系统先按同类的先验估计：一百单足量交付约八十七单，随着真实结果逐步修正，既不会一上来就当冠军，也不会被一次失败判死刑。头三十单放在小额、零售、有备选货源的商品上，失败一次的代价只有几角钱。不要用新供应商接企业大单，也不要在爆单当天上新。三十单之后看两项：实际响应时间是否不超过承诺的两倍，失效卡密是否为零。都达标再提高额度。若它和现有供应商同一上游，请如实填写上游，不然所谓的备选只是同一家店的两扇门。\n\n上线当天：PUT /v1/suppliers/{supplierId} 如实填写上游和承诺的响应时间，PUT 报价时把 minQuantity 写成对方真正能接受的最小数，capacityPerMinute 宁可写小。承诺时间按四次实际回应计入，写得太乐观，头几单一慢就会被排到后面，反而吃亏。\n\n第一周：每天看一次 GET /v1/procurement-orders，有没有结果未知的采购单；有就用 reconcile 查清楚，不要重复下单。再看 GET /v1/suppliers/{supplierId}/offers，库存时间超过十五分钟没有更新的点卡，等于没有库存。\n\n怎么判断该不该留：三十单里成功二十六单以上、没有失效卡密、响应不超过承诺的两倍，可以放到普通商品；少于二十四单，先 suspend 报价，和对方查原因，再 resume。月底用 reconciliations 对一次账，差一单也要弄清楚。最常见的坑是只看价格：便宜两个点，账面上一百单省两单的钱；但每失败一单，除了售价百分之三的直接损失，还常常丢掉一个会再来的买家，这笔账不在报价单上。',
    en: "No history does not mean bad. A new supplier is expected to deliver 87 of 100 as ordered, like its kind, and each result moves that figure: it is neither crowned at once nor condemned by one failure. Give it the first thirty orders among small retail goods that have another source, where a failure costs a few jiao. Do not let it carry a company's order, and do not begin on the day of a burst. After thirty orders look at two figures: does it answer within twice the time that it promised, and are there no bad codes? Then raise its share. If it buys from the same upstream as a supplier whom you have, say so. Otherwise the fallback is only another door of the same shop.\n\nThe first day: in PUT /v1/suppliers/{supplierId} and its offers, name the true upstream and the true time to answer, the smallest quantity that is really sold, and rather too small a capacity a minute. The promised time weighs as much as four measured answers: a promise that is too bright is held against the supplier as soon as the first orders are slow.\n\nThe first week: look at GET /v1/procurement-orders each day. Is one of unknown outcome? Reconcile it, and never order it a second time. Look at the offers, too: a figure of stock for cards that is older than fifteen minutes is no stock.\n\nKeep or not: 26 of 30 delivered, no bad code and answers within twice the promise are good enough for common goods. Below 24, suspend the offer, look for the cause together, and resume it. Compare the books by reconciliations at the end of the month, down to the last order. The usual mistake is to look at the price alone: two points cheaper looks like two orders in a hundred for nothing, but each failure costs 3 % of a price and often a buyer who would have come again, and that stands on no price list.",
  },
};
