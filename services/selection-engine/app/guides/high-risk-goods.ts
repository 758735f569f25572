import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'high-risk-goods',
  scenarios: ['general', 'cross-border', 'enterprise-digital'],
  title: {
    zh: '高风险商品：怎样才能卖',
    en: 'High-risk goods: how they can be sold',
  },
  body: {
    zh: '标签有三种：合规、高风险、禁售；没有标签叫未审核。禁售没有例外，任何价格都换不来。高风险不会出现在推荐里，也不会被选中；只有改了规则才能卖，所以先把材料交给合规：商品来源、授权文件、目标地区、谁来使用，由他们按商品、属性或地区把规则写细。未审核的商品合规分是六十，意思是“还不知道”，不要当作及格。上架前先做预审，换地区要重新审，因为同一张卡在甲地可卖、乙地可能禁售。规则变了以后，正在进行的订单也会被换掉，请不要答应买家“一定是这一款”。\n\n三步走。第一步预审：POST /v1/screenings 提交商品和地区，返回会命中哪些规则，什么也不保存。第二步看现状：GET /v1/verdicts 查这件商品在各地区的标签，GET /v1/rules 看规则从何时生效，很多“突然下架”其实是早就写好生效日的规则。第三步备替代：用同一类目请求一次推荐，确认至少有一张卡片是“compliant”，否则规则一变，正在跑的订单只能退款。\n\n订单受影响时：GET /v1/orders/{id}/timeline 会写明是合规原因换货。买家问起，如实说“该地区不再允许销售”，不要说缺货，缺货意味着等等就有。\n\n常见的坑：改个商品名再上架不会让标签消失，规则看的是类目和属性；把高风险商品混在组合里一起卖，整单会停在 verdict 关口；推荐结果里 unmet 写着 verdict 若干，说的就是被合规拦下的货源数，不是系统故障。每次改规则都会留在 GET /v1/audit 里，谁改的、何时改的，查得到。',
    en: 'There are three labels: compliant, high-risk, banned; without one, a good is unscreened. For a banned good there is no exception at any price. A high-risk good is neither recommended nor chosen. Only another rule changes that, so bring compliance what it needs first: where the good comes from, the licence, the region and who will use it; it can then write the rule more narrowly, by good, attribute or region. An unscreened good has a compliance score of sixty, which means that nobody knows yet; it is no pass. Screen before you list, and screen again for another region: a card may be sold in one place and banned in the next. When a rule changes, orders that are running are changed, too, so never promise a buyer exactly this one.\n\nThree steps. First, try: POST /v1/screenings with the product and the region says which rules it would meet, and keeps nothing. Second, look: GET /v1/verdicts has the label in every region, and GET /v1/rules says from when a rule is in force. Many goods that "vanished overnight" did so by a date that had long been written down. Third, prepare: ask once for recommendations of the same category, and see that one card at least is compliant. Without one, a change of the rules leaves nothing but refunds for orders that are running.\n\nWhen orders are hit: GET /v1/orders/{id}/timeline says that a line was moved for compliance. Tell the buyer that it may no longer be sold there. Do not say that it is out of stock: then the buyer waits.\n\nPitfalls: another name does not change the label, because rules look at categories and attributes. A high-risk good in a set stops at the gate verdict. Where unmet counts offers at verdict, nothing is broken: so many were stopped by compliance. Every change of a rule is kept, with its author, in GET /v1/audit.',
  },
};
