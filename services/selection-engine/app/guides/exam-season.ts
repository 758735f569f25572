import type { Guide } from './guide';

export const guide: Guide = {
  guideId: 'exam-season',
  scenarios: ['online-education'],
  title: {
    zh: '考试季：课程卡与题库怎么备',
    en: 'Exam season: preparing course cards and question banks',
  },
  body: {
    zh: '报名截止前两周，课程卡的需求会升到平日的两倍，题库还要再晚一周。不要两者一起囤。先备课程卡：用 evaluations 查供应稳定分，低于五十的先补第二个上游；题库只需确认货源一分钟内能回应。推荐时写 scenario=online-education，不写商品，会得到一组搭配：课程、题库、会员、直播工具各一张。课程卡的退款多半因为买错级别，请把级别写进 attributes，让替换只在同级别内发生。考试当天之后需求会在三天内跌去七成，按建议采购量的当日数备货，不要按峰值。',
    en: 'Two weeks before registration closes, course cards sell twice as much as usual; question banks follow a week later. Do not stock both at once. Begin with course cards: score them with evaluations, and where supply is below fifty, add a second upstream. For question banks it is enough that a source answers within a minute. Ask for recommendations with the scenario online-education and no product, and you get a set: a course, a question bank, a membership and a live tool. Most refunds of course cards are for the wrong level: write the level into attributes, so that nothing of another level takes its place. After the exam, demand falls by seven tenths in three days. Buy for the day, not for the peak.',
  },
};
