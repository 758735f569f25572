import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'bulk-licences',
  scenarios: ['enterprise-digital'],
  title: {
    zh: '企业批量授权：按阶梯采购，按期交付',
    en: 'Bulk licences for companies: buy by the step, deliver by the date',
  },
  body: {
    zh: '企业客户问的不是“一席多少钱”，而是“五十席、本月底前、能不能开票、能不能一次到齐”。批量授权的成本是阶梯式的：数量到了某一级，全部席位都按那一级的价格算。因此四十五席有时比五十席更贵。\n\n询价：请求推荐时写 segment=enterprise、scenario=enterprise-digital、真实数量和 deliverBy。若下一级阶梯只多出四分之一以内、且整单更便宜，建议采购量会直接给到那一级；多出的席位请先与客户确认用途，别替客户囤货。\n\n风险：企业订单失败的代价远高于零售，系统按售价的百分之十估算损失，并更看重最坏的情况。看卡片时先看“最稳”，再看“综合最优”；库存风险为“高”（10 % 以上）时，不要把整单压在一家，分成两批、两个不同上游。数量在二百以上时，单一货源最好不超过六成。\n\n时效：批量授权的库存数字允许一天内的旧数据，点卡只允许十五分钟。卡片上的 ageSeconds 超过六小时，下单前请供应商重新报一次数。\n\n合规：先看 verdict。“unscreened”表示该地区还没有审核，不等于可卖；高风险商品要等人工复核，请在报价里留出一个工作日。\n\n交付后：记录实际启用的席位数。启用率低于八成的客户，下次续费时主动建议下一级更小的套餐，退费纠纷会明显减少。',
    en: 'A company does not ask what one seat costs. It asks for fifty seats by the end of the month, all at once, with an invoice. Licences are priced in steps: once the quantity reaches a step, every seat costs what that step says. Forty-five seats can therefore cost more than fifty.\n\nAsking: say segment enterprise, scenario enterprise-digital, the true quantity and deliverBy. If the next step is at most a quarter further and the whole is cheaper there, the suggested quantity goes to that step. Ask the customer what the extra seats are for first: do not make their stock for them.\n\nRisk: a failed company order costs much more than a retail one; it is reckoned at 10 % of the price. Read the steadiest card first, then the best overall. With a stock risk of high (10 % and more), do not put the whole order on one source: make two lots from two different upstreams. Above two hundred units, keep any one source under six tenths.\n\nFreshness: a day-old figure may do for licences, fifteen minutes for cards. If ageSeconds says more than six hours, ask the supplier to report again before you order.\n\nCompliance: look at the verdict. Unscreened means that nobody has judged it for this region yet; it does not mean that it may be sold. High-risk goods wait for a person, so leave one working day in your offer.\n\nAfterwards: note how many seats were really used. Where less than eight in ten are, propose the smaller plan at renewal, before they ask. Disputes about refunds become rare.',
  },
};
