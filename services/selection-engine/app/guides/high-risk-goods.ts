import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'high-risk-goods',
  scenarios: ['general', 'cross-border', 'enterprise-digital'],
  title: {
    zh: '高风险商品：审核之前能做什么',
    en: 'High-risk goods: what can be done before the review',
  },
  body: {
    zh: '标签有三种：合规、可售但高风险、禁售；没有标签叫未审核。禁售没有例外，任何价格都换不来。高风险不会出现在推荐里，除非复核放行，所以要卖它，先把材料交给合规：商品来源、授权文件、目标地区、谁来使用。未审核的商品合规分是六十，意思是“还不知道”，不要当作及格。上架前先做预审，换地区要重新审，因为同一张卡在甲地可卖、乙地可能禁售。规则变了以后，正在进行的订单也会被换掉，请不要答应买家“一定是这一款”。',
    en: 'There are three labels: compliant, high-risk, banned; without one, a good is unscreened. For a banned good there is no exception at any price. A high-risk good is not recommended until a review lets it pass, so bring compliance what it needs first: where the good comes from, the licence, the region and who will use it. An unscreened good has a compliance score of sixty, which means that nobody knows yet; it is no pass. Screen before you list, and screen again for another region: a card may be sold in one place and banned in the next. When a rule changes, orders that are running are changed, too, so never promise a buyer exactly this one.',
  },
};
