import type { SelectionRequest } from '@midstream/contracts';
import { assertNever, type Decision } from '@midstream/kernel';
import { closeWatch, proposeAddition, watchLine } from './additions/watch';
import { contestOf, ledTogether } from './assign/contest';
import { type Guided, guideOf } from './assign/guide';
import type { Option } from './assign/storm';
import type { OfferBook } from './book';
import { noteComplaint } from './complaints/note';
import { MODEL } from './chain/rank-candidates';
import type { MoneySettings } from './chain/settings';
import { eventsOf, madeBefore } from './made';
import { countDemand } from './market/demand';
import { reportSignal } from './market/signals';
import type { RankOffers, SelectionCode, SelectionCommand, SelectionDecided, SelectionEvent } from './messages';
import { rank, type Ranking } from './rank';
import { proposeRepack } from './repack/propose';
import { attemptOf, decisionIdOf, type Rows } from './state';
import { drawModel } from './trials/models';
import { decideTrial } from './trials/trials';

/** One answer an attempt, an empty list among them: it takes the same road. */
export function rankOffers({ request, mayRepack, at }: RankOffers, rows: Rows, book: OfferBook): Decision<SelectionEvent> {
  if (rows.ranked[attemptOf(request)] !== undefined) return []; // asked before
  const decisionId = decisionIdOf(request);
  const before = madeBefore(book.made, decisionId);
  if (before !== undefined) return before;
  const { model, trial } = drawModel(request, rows.ranked, book.models);
  const { planned, guide, ranking } = rankedBy(request, book, at, model.settings);
  const { candidates, gates, considered, chosen, split } = ranking;
  const decided: { -readonly [Name in keyof SelectionDecided]: SelectionDecided[Name] } = {
    type: 'SelectionDecided',
    decisionId,
    decidedAt: at,
    model: model.name,
    request,
    candidates,
    gates,
    considered,
    chosen,
    ...(split && { split }),
  };
  const repack = mayRepack ? proposeRepack(request, { book, at, settings: model.settings, candidates }) : undefined;
  if (repack !== undefined) decided.repack = repack;
  if (model.name !== MODEL) decided.settings = model.settings;
  if (trial !== undefined) decided.trial = trial;
  return eventsOf(guide === undefined ? decided : { ...decided, storm: { planId: guide.planId, key: guide.key } }, planned);
}

/** By itself; or led by a plan for all lines that lost the same offer, or that came at once and want more of an offer than it has. */
function rankedBy(request: SelectionRequest, book: OfferBook, at: number, settings: MoneySettings): Guided & { readonly ranking: Ranking } {
  const seed = decisionIdOf(request);
  const lost = guideOf(request, book, at, (it, plan) => rank(it, book, at, undefined, plan).options);
  const guide = lost.guide ?? ledTogether(request, book);
  const ranking = rank(request, book, at, seed, guide, settings);
  if (guide !== undefined) return { ...lost, guide, ranking };
  const contest = contestOf(request, ranking.options, book, at, (it) => chainsOf(rank(it, book, at).options));
  return { ...lost, ...contest, ranking: contest.guide === undefined ? ranking : rank(request, book, at, seed, contest.guide, settings) };
}

/** New lines have all their attempts before them: an offer is worth the chain that begins with it. */
const chainsOf = (options: readonly Option[]): Option[] => options.map((it) => ({ ...it, valueMinor: it.chainMinor }));

export function decide(command: SelectionCommand, rows: Rows, book: OfferBook): Decision<SelectionEvent, SelectionCode> {
  switch (command.type) {
    case 'RankOffers':
      return rankOffers(command, rows, book);
    case 'ReportSignal':
      return reportSignal(command, rows.markets, book);
    case 'ForgetBuyer':
      return [{ type: 'BuyerForgotten', buyerKey: command.buyerKey }];
    case 'NoteComplaint':
      return noteComplaint(command, rows.complaints);
    case 'CountDemand':
      return countDemand(command, rows.markets);
    case 'WatchLine':
      return watchLine(command, rows.watched, book);
    case 'ProposeAddition':
      return proposeAddition(command, rows.watched, book);
    case 'CloseWatch':
      return closeWatch(command, rows.watched);
    case 'StartTrial':
    case 'EndTrial':
    case 'RollBackTrial':
    case 'JudgeTrial':
      return decideTrial(command, rows);
    default:
      return assertNever(command);
  }
}
