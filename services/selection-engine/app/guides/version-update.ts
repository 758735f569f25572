import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'version-update',
  scenarios: ['gaming', 'metaverse-social'],
  title: {
    zh: '版本更新与限定礼包：先报信号，再谈推荐',
    en: 'Version updates and limited packs: report first, then recommend',
  },
  body: {
    zh: '新版本发布后，同一游戏的点卡和礼包会在几小时内升温，之后以大约三天的半衰速度回落。发布公告一出来就用 market-signals 上报 version-update，game 要与商品的 game 属性完全一致，否则会得到 unknown-game。不要提前上报还没发生的事，超过两分钟的未来时间会被拒绝。限定礼包货源少、不补货，只把它放在普通点卡旁边作为附加，而不要让它替换点卡：买点卡的人要的是余额。库存风险到“高”时就停止推荐礼包，卖完即止，比卖出去再退款好得多。',
    en: "After a new version, cards and packs of the game warm up within hours and cool down over about three days. Report a version-update as soon as the notice is out. The game must be written exactly as in the attribute game of your products, else the answer is unknown-game. Do not report what has not happened: a time more than two minutes ahead is refused. Limited packs have few sources and no restock. Show them beside plain cards, and never let them replace one: who buys a card wants a balance. Once a pack's stock risk is high, stop recommending it. Sold out is far better than sold and refunded.",
  },
};
