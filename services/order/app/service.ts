import { type Account, type Key, order, type Order, orderStatusOf } from '@midstream/order-domain';
import { defineService } from '@midstream/runtime';
import { OrdersController } from './http';
import { AdditionsController } from './http-additions';
import { AccountsController, KeysController, MerchantsController } from './http-accounts';
import { BuyersController } from './http-buyers';
import { ComplaintQueries } from './complaint-queries';
import { ComplaintsController } from './http-complaints';
import { AsWritten4 } from './migrations/as-written-4';
import { CreateComplaints3 } from './migrations/create-complaints-3';
import { CreatePseudonyms2 } from './migrations/create-pseudonyms-2';
import { CreateOrder1 } from './migrations/create-order-1';
import { problems } from './problems';
import { Pseudonyms } from './pseudonyms';
import { OrderQueries } from './queries';
import { recordsOf } from './records';
import { tellMerchantsLoop } from './tell-merchants';
import { AccountRow, ComplaintNoteRow, KeyRow, LedgerRow, MerchantRow, OrderRow, TimelineRow } from './tables';

export const orderService = defineService({
  name: 'order',
  domain: order,
  tables: {
    orders: { entity: OrderRow, columns: orderColumns },
    accounts: { entity: AccountRow, columns: (it: Account) => ({ available_minor: it.availableMinor, held_minor: it.heldMinor }) },
    merchants: { entity: MerchantRow },
    keys: { entity: KeyRow, columns: (it: Key) => ({ hash: it.hash }) },
  },
  entities: [TimelineRow, LedgerRow, ComplaintNoteRow],
  migrations: [CreateOrder1, CreatePseudonyms2, CreateComplaints3, AsWritten4],
  recordsOf,
  problems,
  controllers: [
    OrdersController,
    AdditionsController,
    ComplaintsController,
    MerchantsController,
    AccountsController,
    KeysController,
    BuyersController,
  ],
  providers: [OrderQueries, ComplaintQueries, Pseudonyms],
  loops: [tellMerchantsLoop()],
});

function orderColumns(it: Order): Readonly<Record<string, unknown>> {
  return {
    merchant_id: it.merchantId,
    client_reference: it.clientReference,
    status: orderStatusOf(it),
    placed_at: new Date(it.placedAt),
    held_minor: it.heldMinor,
  };
}
