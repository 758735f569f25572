import { defineService } from '@midstream/runtime';
import { type Ranked, selection } from '@midstream/selection-engine-domain';
import { EvaluationsController, OrderRecommendationsController, RecommendationsController } from './cards/http';
import { CardQueries } from './cards/queries';
import { CaseLibrary } from './cases/library';
import { DecisionsController } from './http';
import { demandLoop } from './market/loop';
import { MarketController, SignalsController } from './market/http';
import { MarketQueries } from './market/queries';
import { CreateMarket3 } from './migrations/create-market-3';
import { CreateSelection1 } from './migrations/create-selection-1';
import { DecisionQueries } from './queries';
import { problems } from './problems';
import { recordsOf } from './records';
import { DecisionRow, MarketRow, RankedRow } from './tables';

export const selectionService = defineService({
  name: 'selection-engine',
  domain: selection,
  tables: {
    ranked: { entity: RankedRow, columns: ({ planned, quantity }: Ranked) => ({ planned, quantity }) },
    markets: { entity: MarketRow },
  },
  entities: [DecisionRow],
  migrations: [CreateSelection1, CreateMarket3],
  recordsOf,
  follows: ['selection.market'],
  problems,
  controllers: [
    DecisionsController,
    SignalsController,
    MarketController,
    RecommendationsController,
    OrderRecommendationsController,
    EvaluationsController,
  ],
  providers: [DecisionQueries, MarketQueries, CardQueries, CaseLibrary],
  loops: [demandLoop()],
});
