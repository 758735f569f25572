import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'substitution-consent',
  scenarios: ['general', 'gaming'],
  title: {
    zh: '替换要不要问买家：三种写法',
    en: 'Should the buyer be asked before a substitution? Three ways',
  },
  body: {
    zh: '同一商品换货源从不打扰买家，也不会多收钱。换成另一款商品才会问。三种写法：不接受替换就写 other-supplier；可以换但要问，写 same-category、ask，并给十五分钟，默认 refund；买家事先同意，写 pre-approved，系统直接换，价格只低不高。会员之间可以互换，影音会员换音乐会员很常见；点卡不要跨游戏。拒绝也是信息：被拒两次的替换组合应当从首页拿掉。深夜订单把等待时间放长到次日上午，否则沉默会让很多本可成交的单子被退款。',
    en: 'The same good from another source never disturbs the buyer, and never costs more. A question is asked only where the good changes. There are three ways. Who wants no other good writes other-supplier. Who may want one, but wants to be asked, writes same-category and ask, with fifteen minutes and refund as the default. Who has agreed before writes pre-approved: the change is made at once, and the price can only fall. A video membership is often exchanged for a music one; cards should not cross games. A refusal is news as well: take a pair that was refused twice off your page. For orders of the night, let the question wait until the morning. Otherwise silence refunds many orders that would have been good.',
  },
};
