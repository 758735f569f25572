import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'competitor-price',
  scenarios: ['general'],
  title: {
    zh: '竞争对手降价：什么时候跟，什么时候不跟',
    en: 'A competitor lowers the price: when to follow, and when not',
  },
  body: {
    zh: '先上报，再判断。competitor-price 要用分为单位，写明时间；相差十倍以上会被当作单位写错而拒绝。一个价格三天后就不再计入。看三件事：第一，他有没有货。低价缺货是引流，不必跟。第二，你的需求有没有真的下降。用 market/heat 看趋势，没有低于负零点五就不要动。第三，毛利区间的下沿。预期利润率的八成区间若已经碰到零，跟价就是亏本。只有同一商品、对方有货、你的趋势确实在跌，才跟，并且只跟一半。点卡每降一个百分点，通常要多卖两成才补得回来。',
    en: "Report first, then judge. A competitor-price is in minor units and has its time; one more than ten times off is refused, because somebody has confused the units. After three days it no longer counts. Look at three things. Does he have stock? A low price without stock only draws visitors. Has your demand really fallen? In market/heat, a trend above minus one half is no reason to move. And where does your margin's interval begin? If the lower end of the 80 % is at zero, following means losing. Follow only where it is the same good, he has stock and your trend falls; and then go half the way. A card that is one point cheaper must usually sell a fifth more to earn the same.",
  },
};
