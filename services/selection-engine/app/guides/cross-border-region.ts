import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'cross-border-region',
  scenarios: ['cross-border'],
  title: {
    zh: '跨境商品：地区错一格，整单作废',
    en: 'Cross-border goods: one wrong region spoils the order',
  },
  body: {
    zh: '海外点卡按区服生效，流量卡按目的地生效，买家所在地和使用地常常不同。下单时 region 填买家所在地，用于合规判断；使用地写进 attributes 的 gameRegion 或 place，用于匹配商品。港区卡不能充美区号，替换只应在同一使用地内发生，所以跨境订单把 upTo 设为 other-supplier，不要放宽到同类。汇率波动时，货源报价可能高于售价，这类货源会停在 price 关口，这是在保护毛利。长假前三天，先查卡片上的 ageSeconds，超过十五分钟的数字不可信；再把两个不同上游各备一份。',
    en: 'Overseas cards are good for one region of servers, travel data for one place, and the buyer is often somewhere else. In region, name where the buyer is: compliance judges by it. Where it will be used belongs in attributes, as gameRegion or place: goods are matched by it. A card of Hong Kong does not top up an account of the United States, so leave substitution at other-supplier and do not widen it to the category. When currencies move, a source may cost more than your price; it stops at the gate price, which protects your margin. In the three days before a long holiday, look at ageSeconds first: a figure older than fifteen minutes is not to be trusted. Then keep two sources of different upstreams.',
  },
};
