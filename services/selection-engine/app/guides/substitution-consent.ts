import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'substitution-consent',
  scenarios: ['general', 'gaming'],
  title: {
    zh: '替换要不要问买家：三种写法',
    en: 'Should the buyer be asked before a substitution? Three ways',
  },
  body: {
    zh: '同一商品换货源从不打扰买家，也不会多收钱。换成另一款商品才会问。三种写法：不接受替换就写 other-supplier；可以换但要问，写 same-category、ask，并给十五分钟，默认 refund；买家事先同意，写 pre-approved，系统直接换，价格只低不高。会员之间可以互换，影音会员换音乐会员很常见；点卡不要跨游戏。拒绝也是信息：被拒两次的替换组合应当从首页拿掉。深夜订单把等待时间放长到次日上午，否则沉默会让很多本可成交的单子被退款。\n\n写在哪里：下单时每一行的 substitution 里，upTo 是最远能换到哪里，consent 是要不要问，consentMs 是等多久（毫秒，十五分钟是 900000），consentDefault 是没人回答时怎么办。问题会通过 webhook 和 GET /v1/orders/stream 告诉你，用 POST /v1/orders/{orderId}/lines/{lineId}/consent 回答。\n\n怎么问买家：一句话说清换成什么、差价退多少、多久送到。只写“是否同意替换”的问题，买家多半不理。替代品绝不会比原来贵，便宜的部分退回，这一点要写在最前面，它最能打消顾虑。\n\n等待时间怎么定：买家在线的点卡，五到十五分钟；会员和课程，一两个小时；再长就要和 deliverBy 对一对，问完了还得留出采购的时间，否则同意了也来不及。\n\n常见的坑：为了省事全部写 pre-approved，投诉会集中在“不是我要的”；把 consentDefault 写成接受，却没有在下单页告诉买家，等于替他签字；礼品订单的收件人不是付款人，别把问题发给收礼的人。',
    en: 'The same good from another source never disturbs the buyer, and never costs more. A question is asked only where the good changes. There are three ways. Who wants no other good writes other-supplier. Who may want one, but wants to be asked, writes same-category and ask, with fifteen minutes and refund as the default. Who has agreed before writes pre-approved: the change is made at once, and the price can only fall. A video membership is often exchanged for a music one; cards should not cross games. A refusal is news as well: take a pair that was refused twice off your page. For orders of the night, let the question wait until the morning. Otherwise silence refunds many orders that would have been good.\n\nWhere it is written: in substitution, in each line of the order. upTo says how far it may go, consent whether to ask, consentMs how long to wait (milliseconds; fifteen minutes are 900000), consentDefault what silence means. You hear of a question by webhook and by GET /v1/orders/stream; answer it by POST /v1/orders/{orderId}/lines/{lineId}/consent.\n\nHow to ask: one sentence with the new good, the money that comes back and the time. "Do you agree to a substitution?" is mostly left unanswered. A substitute never costs more, and what it costs less is given back: say that first, because it settles most doubts.\n\nHow long: five to fifteen minutes for cards, whose buyers are waiting; an hour or two for memberships and courses. Before you allow more, look at deliverBy: after a yes there must be time to buy.\n\nPitfalls: pre-approved everywhere is comfortable, and brings complaints that "this is not what I wanted". To let silence mean yes without saying so on the order page is to sign for the buyer. And for a present, ask who has paid, not who receives it.',
  },
};
