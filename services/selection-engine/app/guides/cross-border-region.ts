import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'cross-border-region',
  scenarios: ['cross-border'],
  title: {
    zh: '跨境商品：地区错一格，整单作废',
    en: 'Cross-border goods: one wrong region spoils the order',
  },
  body: {
    zh: '海外点卡按区服生效，流量卡按目的地生效，买家所在地和使用地常常不同。下单时 region 填买家所在地，用于合规判断；使用地写进 attributes 的 gameRegion 或 place，用于匹配商品。港区卡不能充美区号，替换只应在同一使用地内发生，所以跨境订单把 upTo 设为 other-supplier，不要放宽到同类。汇率波动时，货源报价可能高于售价，这类货源会停在 price 关口，这是在保护毛利。长假前三天，先查卡片上的 ageSeconds，超过十五分钟的数字不可信；再把两个不同上游各备一份。\n\n上架前：用 POST /v1/screenings 分别试买家所在地和使用地，两个地区的结论可以不同，结果不会保存，可以放心多试。商品的 regions 写“可以卖给谁”，attributes 写“在哪里用”，两件事不要混在一个字段里。\n\n下单前：用 POST /v1/recommendations 写上 region 和 attributes，若 cards 为空，看 unmet：region 拦下的多，是货源没有覆盖这个地区；price 拦下的多，先查 GET /v1/exchange-rates 里汇率的时间，旧汇率会让进价虚高。\n\n出了错怎么办：区服买错的卡密一旦揭示就退不回来，因此让买家在付款前再确认一次区服名称，比事后客服解释便宜得多。流量卡要问清落地日期，有效期从激活还是从购买算起，写进商品名里。时差也会误事：deliverBy 用的是 UTC，买家说的“今晚”请先换算。',
    en: 'Overseas cards are good for one region of servers, travel data for one place, and the buyer is often somewhere else. In region, name where the buyer is: compliance judges by it. Where it will be used belongs in attributes, as gameRegion or place: goods are matched by it. A card of Hong Kong does not top up an account of the United States, so leave substitution at other-supplier and do not widen it to the category. When currencies move, a source may cost more than your price; it stops at the gate price, which protects your margin. In the three days before a long holiday, look at ageSeconds first: a figure older than fifteen minutes is not to be trusted. Then keep two sources of different upstreams.\n\nBefore listing: try POST /v1/screenings for the place of the buyer and for the place of use. They may come out differently, and nothing is kept, so try as often as you like. The regions of a product say to whom it may be sold; its attributes say where it is used. Do not put both into one field.\n\nBefore ordering: ask POST /v1/recommendations with region and attributes. Without cards, read unmet. Many at the gate region: no source covers the place. Many at price: look at GET /v1/exchange-rates first, for an old rate makes a cost look dearer than it is.\n\nWhen it has gone wrong: a code for the wrong server cannot be given back once it was revealed. Let the buyer confirm the name of the server before paying; that is much cheaper than an answer afterwards. Of a data card, ask for the day of arrival, and write into its name whether its days run from the purchase or from the activation. Mind the clock as well: deliverBy is in UTC, so convert a buyer\'s "tonight".',
  },
};
