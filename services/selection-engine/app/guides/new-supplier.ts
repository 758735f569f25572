import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'new-supplier',
  scenarios: ['general', 'enterprise-digital'],
  title: {
    zh: '新供应商：没有历史，怎么用',
    en: 'A new supplier without a history: how to use it',
  },
  body: {
    zh: '没有历史不等于不好。系统先按同类的先验估计：一百单足量交付约八十七单，随着真实结果逐步修正，既不会一上来就当冠军，也不会被一次失败判死刑。头三十单放在小额、零售、有备选货源的商品上，失败一次的代价只有几角钱。不要用新供应商接企业大单，也不要在爆单当天上新。三十单之后看两项：实际响应时间是否不超过承诺的两倍，失效卡密是否为零。都达标再提高额度。若它和现有供应商同一上游，请如实填写上游，不然所谓的备选只是同一家店的两扇门。',
    en: "No history does not mean bad. A new supplier is expected to deliver 87 of 100 as ordered, like its kind, and each result moves that figure: it is neither crowned at once nor condemned by one failure. Give it the first thirty orders among small retail goods that have another source, where a failure costs a few jiao. Do not let it carry a company's order, and do not begin on the day of a burst. After thirty orders look at two figures: does it answer within twice the time that it promised, and are there no bad codes? Then raise its share. If it buys from the same upstream as a supplier whom you have, say so. Otherwise the fallback is only another door of the same shop.",
  },
};
