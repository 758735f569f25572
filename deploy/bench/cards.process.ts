import { loggerOf, startService } from '@midstream/runtime';
import { applyToBook, type OfferBook } from '@midstream/selection-engine-domain/book';
import { selectionService } from '@midstream/selection-engine/service';
import fastify from 'fastify';
import { cardMarket } from './cards.market';
import { serve } from './part';
import { takesAll } from './takes-all';

/** Starts selection alone and puts a market into what it knows; or a bare Fastify route that answers `bytes`; or tells the CPU used so far. */
export type CardsTold = { readonly databaseUrl: string; readonly offers: number } | { readonly bytes: string } | { readonly cpu: true };
export interface CardsAnswer {
  readonly url: string;
  /** Seconds that this process has used, and megabytes that it is resident with. */
  readonly cpu: number;
  readonly residentMb: number;
}

export const OPERATOR_KEY = 'bench-operator';
let url = '';

serve<CardsTold, CardsAnswer>(async (told) => {
  if ('bytes' in told) url = await bare(told.bytes);
  else if ('databaseUrl' in told) url = await start(told.databaseUrl, told.offers);
  const { user, system } = process.cpuUsage();
  return { url, cpu: (user + system) / 1e6, residentMb: process.memoryUsage().rss / 2 ** 20 };
});

/** What a category is asked for is read, too, as ours does. */
async function bare(bytes: string): Promise<string> {
  const app = fastify();
  app.post('/v1/recommendations', (_, reply) => reply.header('content-type', 'application/json; charset=utf-8').send(bytes));
  return app.listen({ port: 0, host: '127.0.0.1' });
}

/** The market comes by no bus here: it is applied to the service's view as the bus would apply it. */
async function start(databaseUrl: string, offers: number): Promise<string> {
  const logger = loggerOf('bench').child({}, { level: 'error' });
  const service = await startService(selectionService, { databaseUrl, port: 0, bus: takesAll(), bootstrapKey: OPERATOR_KEY, logger });
  for (const fact of cardMarket(offers, Date.now())) applyToBook(service.view as OfferBook, fact);
  return service.url;
}
