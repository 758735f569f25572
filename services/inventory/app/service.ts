import { freshUntil, inventory, type Offer, overdueAt, strikable } from '@midstream/inventory-domain';
import { defineService } from '@midstream/runtime';
import { StockBooks } from './books';
import { booksLoop } from './books.loop';
import { StockBooksController } from './books.http';
import { DeliveriesController } from './deliveries.http';
import { effects } from './effects';
import { freshnessLoop } from './freshness';
import { Gauges } from './gauges';
import { House } from './house';
import { BreakerNews } from './breaker-news';
import { SignedFeed } from './feed/feed';
import { FeedController } from './feed/feed.http';
import { ReconciliationQueries } from './reconcile/queries';
import { ReconciliationsController } from './reconcile/reconcile.http';
import { CatalogueController } from './catalogue.http';
import { PollController } from './poll/poll.http';
import { pollLoop } from './poll/poll.loop';
import { reminderLoop } from './adapters/manual/reminders';
import { WorkItemsController } from './work-items.http';
import { WorkItemQueries } from './work-items.queries';
import { CodeImports } from './imports';
import { CreateInventory1 } from './migrations/create-inventory-1';
import { NameDeliveries2 } from './migrations/name-deliveries-2';
import { Procure10 } from './migrations/procure-10';
import { ChainReveals31 } from './migrations/chain-reveals-31';
import { SellUntil41 } from './migrations/sell-until-41';
import { Poll42 } from './migrations/poll-42';
import { Remind43 } from './migrations/remind-43';
import { AsWritten44 } from './migrations/as-written-44';
import { Compare45 } from './migrations/compare-45';
import { Twins46 } from './migrations/twins-46';
import { Aging47 } from './migrations/aging-47';
import { Look48 } from './migrations/look-48';
import { OnePrint49 } from './migrations/one-print-49';
import { RevealKeys50 } from './migrations/reveal-keys-50';
import { Turnover40 } from './migrations/turnover-40';
import { SealInBatches30 } from './migrations/seal-in-batches-30';
import { Ledger20 } from './migrations/ledger-20';
import { Offers21 } from './migrations/offers-21';
import { Markup22 } from './migrations/markup-22';
import { Caps23 } from './migrations/caps-23';
import { Levels24 } from './migrations/levels-24';
import { CapsController } from './caps.http';
import { StockAlertsController } from './levels.http';
import { StockLevels } from './levels';
import { MarkupController } from './markup.http';
import { OffersController } from './offers.http';
import { problems } from './problems';
import { ProcurementController } from './procurement.http';
import { DeliveryQueries, SupplyQueries } from './queries';
import { RatesController } from './rates.http';
import { recordsOf } from './records';
import { Reveals } from './reveal';
import { SupplierFeed } from './supplier-feed';
import { StockAnswers } from './stock.answers';
import { StockBook } from './stock.book';
import { StockDoor } from './stock.door';
import { OpenStockController, StockController } from './stock.http';
import { ProductsController, SuppliersController } from './supply.http';
import * as tables from './tables';
import { Turnover, turnoverLoop } from './turnover';
import { twinsLoop } from './twins.loop';
import { TurnoverController } from './turnover.http';
import { CodeBatchesController, RevealAuditController, VaultController } from './vault.http';
import { vaultLoop } from './vault.loop';

/** When an offer is looked at as stale: never, where that is closed already. */
function unlessStale(offer: Offer, moment: (offer: Offer) => number | undefined): Date | null {
  const at = offer.closures.some((it) => it.cause === 'stale') ? undefined : moment(offer);
  return at === undefined ? null : new Date(at);
}

export const inventoryService = defineService({
  name: 'inventory',
  domain: inventory,
  tables: {
    products: { entity: tables.ProductRow },
    suppliers: { entity: tables.SupplierRow },
    verdicts: { entity: tables.VerdictTable },
    accounts: { entity: tables.AccountRow, columns: ({ short }) => ({ short }) },
    rates: { entity: tables.RateRow },
    markups: { entity: tables.MarkupRow },
    caps: { entity: tables.CapRow },
    usages: { entity: tables.UsageRow, columns: ({ units }) => ({ units }) },
    alerts: { entity: tables.StockAlertRow },
    levels: { entity: tables.StockLevelRow },
    offers: {
      entity: tables.OfferRow,
      columns: (it) => ({
        supplier_id: it.supplierId,
        sku: it.sku,
        on_hand: it.onHand,
        held: it.held,
        in_flight: it.inFlight,
        fresh_until: unlessStale(it, freshUntil),
        overdue_at: unlessStale(it, overdueAt),
      }),
    },
    drains: { entity: tables.DrainRow, columns: ({ armed }) => ({ armed }) },
    holds: {
      entity: tables.HoldRow,
      columns: (it) => ({
        order_id: it.orderId,
        offer_id: it.offerId,
        region: it.region,
        price_minor: it.priceMinor,
        granted: it.granted,
        strikable: strikable(it),
        waiting: it.waiting ?? 0,
        at_supplier: it.submitting + it.unknown + it.accepted,
        delivered: it.delivered,
        lost: it.lost,
        released: it.released,
      }),
    },
    attempts: { entity: tables.AttemptRow },
    purchases: {
      entity: tables.PurchaseRow,
      columns: ({ offerId, supplierId, status, bought, delivered, kept, quarantined, writtenOff }) => ({
        offer_id: offerId,
        supplier_id: supplierId,
        status,
        bought,
        delivered,
        kept,
        quarantined,
        written_off: writtenOff,
      }),
    },
  },
  entities: [tables.DeliveryRow, tables.RevealRow, tables.CodeRow, tables.SupplierTokenRow, tables.MovementRow],
  migrations: [
    CreateInventory1,
    NameDeliveries2,
    Procure10,
    Ledger20,
    Offers21,
    Markup22,
    Caps23,
    Levels24,
    SealInBatches30,
    ChainReveals31,
    Turnover40,
    SellUntil41,
    Poll42,
    Remind43,
    AsWritten44,
    Compare45,
    Twins46,
    Aging47,
    Look48,
    OnePrint49,
    RevealKeys50,
  ],
  recordsOf,
  effects,
  loops: [vaultLoop, twinsLoop(), booksLoop(), turnoverLoop(), freshnessLoop, pollLoop(), reminderLoop],
  hears: ['compliance.by-sku'],
  problems,
  controllers: [
    ProductsController,
    SuppliersController,
    OffersController,
    StockController,
    OpenStockController,
    ProcurementController,
    DeliveriesController,
    CodeBatchesController,
    VaultController,
    StockBooksController,
    TurnoverController,
    RatesController,
    MarkupController,
    CapsController,
    StockAlertsController,
    RevealAuditController,
    FeedController,
    WorkItemsController,
    ReconciliationsController,
    PollController,
    CatalogueController,
  ],
  providers: [
    ...[
      House,
      StockBooks,
      Gauges,
      CodeImports,
      SupplierFeed,
      SupplyQueries,
      StockBook,
      StockAnswers,
      StockDoor,
      Turnover,
      DeliveryQueries,
      Reveals,
    ],
    ...[SignedFeed, BreakerNews, WorkItemQueries, ReconciliationQueries, StockLevels],
  ],
});
