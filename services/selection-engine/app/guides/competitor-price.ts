import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'competitor-price',
  scenarios: ['general'],
  title: {
    zh: '竞争对手降价：什么时候跟，什么时候不跟',
    en: 'A competitor lowers the price: when to follow, and when not',
  },
  body: {
    zh: '先上报，再判断。competitor-price 要用分为单位，写明时间；相差十倍以上会被当作单位写错而拒绝。一个价格三天后就不再计入。看三件事：第一，他有没有货。低价缺货是引流，不必跟。第二，你的需求有没有真的下降。用 market/heat 看趋势，没有低于负零点五就不要动。第三，毛利区间的下沿。预期利润率的八成区间若已经碰到零，跟价就是亏本。只有同一商品、对方有货、你的趋势确实在跌，才跟，并且只跟一半。点卡每降一个百分点，通常要多卖两成才补得回来。\n\n怎么报：POST /v1/market-signals，kind 写 competitor-price，带 sku、competitor、priceMinor、currency 和 observedAt（观察到的时间，最多比现在早三十天）。每个商品最多记二十家，报错了再报一次同名的 competitor，就会换成新价。\n\n怎么算：毛利是 m 个点、打算降 d 个点，销量要涨到 m÷(m−d) 倍才不亏。毛利六个点降一个点，是一点二倍；降三个点就要翻倍。先把这个数写下来，一周后拿实际销量来对，对不上就改回去。\n\n常见的坑：对方标的是会员价或首单价，不能和你的公开价比；面值不同的卡要先折成每元面值的价格；对方的价格比你的进货价还低，多半是清仓或来路不明的货，跟进只会把差评一起跟过来。降价以后记得看一眼 evaluations 里的供应稳定分：销量上来了，货源若只有一家，省下的钱会赔在退款里。',
    en: "Report first, then judge. A competitor-price is in minor units and has its time; one more than ten times off is refused, because somebody has confused the units. After three days it no longer counts. Look at three things. Does he have stock? A low price without stock only draws visitors. Has your demand really fallen? In market/heat, a trend above minus one half is no reason to move. And where does your margin's interval begin? If the lower end of the 80 % is at zero, following means losing. Follow only where it is the same good, he has stock and your trend falls; and then go half the way. A card that is one point cheaper must usually sell a fifth more to earn the same.\n\nReporting: POST /v1/market-signals with kind competitor-price, sku, competitor, priceMinor, currency and observedAt, at most thirty days back. Twenty competitors are kept for a good. A mistake is put right by reporting the same competitor again.\n\nReckoning: with a margin of m points and a cut of d points, sales must grow to m ÷ (m − d) times to earn the same. Six points less one is 1.2 times; six less three is twice. Write the figure down before you cut, and compare it with a week of sales. Where they do not meet, go back.\n\nPitfalls: a price for members or first orders is not a public price. Cards of different face values are compared by the price of one yuan of value. A price below your own cost is mostly a clearance, or stock of unknown origin, and following it brings the complaints along. After a cut, look at the supply score in POST /v1/evaluations. With more sales and a single source, what the cut has won is lost in refunds.",
  },
};
