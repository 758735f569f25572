import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'small-frequent',
  scenarios: ['general', 'gaming'],
  title: {
    zh: '小额高频订单：快比便宜一分钱重要',
    en: 'Small and frequent orders: fast beats a cent cheaper',
  },
  body: {
    zh: '一张三十元点卡的毛利常常只有几角钱。失败一次的代价并不小：客服解释、退款手续费、买家不再来，合计大约是售价的百分之三。为了一分钱的进价差去选一个慢货源，一百单里只要多失败一单，全部利润就没了。\n\n怎么选：请求推荐时写清 quantity 和 segment（retail）。十件以内、首个货源一分钟内有回应的商品会带“即时”标记，并得到小幅加分。卡片上的“最快”和“综合最优”不同时，先看两者的按时概率：相差不到一个百分点，选综合最优；超过三个百分点，选最快。\n\n怎么控价：maxUnitPriceMinor 是每件最高可接受价格，不是预算总额。设成当前售价的 1.02 倍最合适：货源轻微波动时仍能成交，又不会替你付高价。系统绝不会因替换而多收。\n\n怎么设替换：纯点卡用 other-supplier（同一商品换货源）即可，买家感觉不到；会员类可以放宽到 same-category，但请把 consent 设为 ask，默认 refund，沉默不算同意。\n\n怎么复盘：每周看一次“备选货源数”为零的商品。没有备选时，推荐理由会写“含 0 个备选货源”。这类商品即使利润高，也不要放在首页，它一断货，首页就全是退款。',
    en: 'A card of thirty yuan often leaves a few jiao. One failure costs more than it seems: the answer to the buyer, the fee of the refund and a buyer who stays away come to about 3 % of the price. Choosing a slow source for one cent is a bad trade: one more failure in a hundred orders, and all of the margin is gone.\n\nChoosing: say quantity and segment (retail) when you ask for recommendations. Up to ten units, a good whose first source answers within a minute is marked instant and preferred a little. Where "fastest" and "best overall" are different cards, compare their on-time figures. Less than a point apart, take the best overall; more than three points, take the fastest.\n\nPrice: maxUnitPriceMinor is the most for one unit, not a budget. 1.02 times today\'s price works well: small moves do not stop the line, and nobody pays much more. A substitution never makes the buyer pay more than what it replaces.\n\nSubstitution: for plain cards, other-supplier (the same good from elsewhere) is enough, and the buyer does not notice. Memberships may go up to same-category, but then set consent to ask and its default to refund. Silence is no agreement.\n\nLooking back: once a week list the goods with no fallback; their reasons say "0 sources to fall back on". However good their margin, keep them off the front page. When such a good runs dry, the front page becomes a page of refunds.',
  },
};
