import { defineService } from '@midstream/runtime';
import { selection } from '@midstream/selection-engine-domain';
import { DecisionsController } from './http';
import { CreateSelection1 } from './migrations/create-selection-1';
import { DecisionQueries } from './queries';
import { recordsOf } from './records';
import { DecisionRow, RankedRow } from './tables';

export const selectionService = defineService({
  name: 'selection-engine',
  domain: selection,
  tables: { ranked: { entity: RankedRow, columns: ({ planned, quantity }) => ({ planned, quantity }) } },
  entities: [DecisionRow],
  migrations: [CreateSelection1],
  recordsOf,
  problems: {},
  controllers: [DecisionsController],
  providers: [DecisionQueries],
});
