import { defineService } from '@midstream/runtime';
import { type Complained, openSkusOf, type Ranked, selection, type Trial, type Watched } from '@midstream/selection-engine-domain';
import { additionsLoop } from './additions/loop';
import { liveSplitter } from './assign/splits';
import { StormsController } from './assign/http';
import { StormQueries } from './assign/queries';
import { BackupsController } from './backups/http';
import { backupsLoop } from './backups/loop';
import { BackupQueries } from './backups/queries';
import { EvaluationsController, OrderRecommendationsController, RecommendationsController } from './cards/http';
import { CardQueries } from './cards/queries';
import { CasesController } from './cases/http';
import { CaseLibrary } from './cases/library';
import { Books } from './book';
import { buyersLoop, erasuresLoop } from './buyers/loops';
import { complaintsLoop } from './complaints/loop';
import { endsLoop } from './cases/ends';
import { casesLoop } from './cases/loop';
import { GuidesController } from './guides/http';
import { AsWritten13 } from './migrations/as-written-13';
import { CreateCases4 } from './migrations/create-cases-4';
import { CreateAfterSales10 } from './migrations/create-after-sales-10';
import { CreateBuyers8 } from './migrations/create-buyers-8';
import { CreateDemand15 } from './migrations/create-demand-15';
import { CreateForetold18 } from './migrations/create-foretold-18';
import { CreateEnds7 } from './migrations/create-ends-7';
import { DecisionsController } from './http';
import { PlansController, ScorecardsController } from './learning/http';
import { LearningQueries } from './learning/queries';
import { demandLoop } from './market/loop';
import { nightlyLoop } from './market/nightly';
import { MarketController, SignalsController } from './market/http';
import { MarketQueries } from './market/queries';
import { CountUnits14 } from './migrations/count-units-14';
import { CreateMarket3 } from './migrations/create-market-3';
import { CreateSelection1 } from './migrations/create-selection-1';
import { CreateStorm6 } from './migrations/create-storm-6';
import { CreateComplaints12 } from './migrations/create-complaints-12';
import { CreateStormIndex11 } from './migrations/create-storm-index-11';
import { CreateTrials17 } from './migrations/create-trials-17';
import { CreateUnbacked16 } from './migrations/create-unbacked-16';
import { CreateWatched9 } from './migrations/create-watched-9';
import { TrialsController } from './trials/http';
import { modelsLoop, trialsLoop } from './trials/loops';
import { TrialQueries } from './trials/queries';
import { DecisionQueries } from './queries';
import { problems } from './problems';
import { recordsOf } from './records';
import {
  ComplaintRow,
  DecisionRow,
  ErasureRow,
  LineEndRow,
  MarketRow,
  ModelRow,
  RankedRow,
  StormRow,
  TrialChangeRow,
  TrialLineRow,
  TrialRow,
  WatchedRow,
} from './tables';

export const selectionService = defineService({
  name: 'selection-engine',
  // Tiers make a bulk line's split no flow: the domain asks whoever can solve it
  domain: { ...selection, view: { ...selection.view, create: () => ({ ...selection.view.create(), split: liveSplitter }) } },
  tables: {
    ranked: { entity: RankedRow, columns: ({ planned, quantity }: Ranked) => ({ planned, quantity }) },
    markets: { entity: MarketRow },
    watched: { entity: WatchedRow, columns: (it: Watched) => ({ skus: openSkusOf(it), until: new Date(it.untilAt) }) },
    complaints: { entity: ComplaintRow, columns: (it: Complained) => ({ changed_at: new Date(it.changedAt) }) },
    models: { entity: ModelRow },
    trials: { entity: TrialRow, columns: (it: Trial) => ({ started_at: new Date(it.startedAt), running: it.status === 'running' }) },
  },
  entities: [DecisionRow, ErasureRow, LineEndRow, StormRow, TrialChangeRow, TrialLineRow],
  migrations: [
    CreateSelection1,
    CreateMarket3,
    CreateCases4,
    CreateStorm6,
    CreateEnds7,
    CreateBuyers8,
    CreateWatched9,
    CreateAfterSales10,
    CreateStormIndex11,
    CreateComplaints12,
    AsWritten13,
    CountUnits14,
    CreateDemand15,
    CreateUnbacked16,
    CreateTrials17,
    CreateForetold18,
  ],
  recordsOf,
  follows: ['selection.market'],
  problems,
  controllers: [
    DecisionsController,
    PlansController,
    BackupsController,
    ScorecardsController,
    TrialsController,
    StormsController,
    SignalsController,
    MarketController,
    RecommendationsController,
    OrderRecommendationsController,
    EvaluationsController,
    CasesController,
    GuidesController,
  ],
  providers: [DecisionQueries, LearningQueries, TrialQueries, BackupQueries, StormQueries, MarketQueries, CardQueries, CaseLibrary, Books],
  loops: [
    demandLoop(),
    nightlyLoop(),
    endsLoop(),
    casesLoop(),
    erasuresLoop(),
    buyersLoop(),
    complaintsLoop(),
    additionsLoop(),
    backupsLoop(),
    modelsLoop(),
    trialsLoop(),
  ],
});
