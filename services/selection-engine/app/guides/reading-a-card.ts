import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'reading-a-card',
  scenarios: ['general', 'gaming', 'online-education', 'cross-border', 'metaverse-social', 'enterprise-digital'],
  title: {
    zh: '怎么读一张推荐卡：七个数字的顺序',
    en: 'How to read a card: seven figures, and in which order',
  },
  body: {
    zh: '先看合规，再看库存风险，然后才是价格。一、verdict：不是合规就停。二、stockRisk：低于百分之二放心，百分之十以上分批。三、ageSeconds：数字有多旧。四、onTime：到期前交付的概率，不是承诺。五、fallbacks：还有几个备选；零就意味着一断就退。六、四项评分：是在同类里的位置，五十就是中游，不是及格线。七、理由：每一条都注明是支持还是反对，合起来正好等于它与第二名的差距。角色只是提示：最省不等于最差，最稳不等于最贵。看到相似案例，先看订单数和交付率，再看故事；案例对排名的影响写在 influence，最多是售价的百分之一。',
    en: 'Compliance first, then stock risk, and only then the price. One, the verdict: stop unless it is compliant. Two, stockRisk: under 2 % is safe, from 10 % on make two lots. Three, ageSeconds: how old the figure is. Four, onTime: a probability, not a promise. Five, fallbacks: none means that one failure is a refund. Six, the four scores: places among goods of its kind; fifty is the middle, not a pass mark. Seven, the reasons: each says whether it speaks for or against, and together they are exactly the distance to the second best. Roles are hints: the cheapest need not be the worst, nor the steadiest the dearest. Of a similar case, read its orders and its deliveries before its story. What cases do to the order is said in influence: at most a hundredth of the price.',
  },
};
