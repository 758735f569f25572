import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { offerIdOf } from '@midstream/kernel';
import { type Ordered, Suppliers, type WireAnswer } from '../suppliers';
import { moodFor } from './model';

export interface Outdoors {
  readonly url: string;
  readonly suppliers: Suppliers;
  close(): Promise<void>;
}

type Purchase = Pick<Ordered, 'sku' | 'quantity' | 'maxCostMinor' | 'recipient'>;

/** The simulation's suppliers and receivers, behind real HTTP. */
export async function openOutdoors(kindOf: (sku: string) => Ordered['kind']): Promise<Outdoors> {
  const suppliers = new Suppliers();
  let codes = 0;
  // Other words than those that the model has put into its vaults
  suppliers.newCode = (sku) => `${sku}@${(codes += 1)}`;
  const server: Server = createServer((request, response) => {
    void bodyOf(request).then((body) => answer(request, body, response));
  });
  const answer = (request: IncomingMessage, body: string, response: ServerResponse): void => {
    const [, place, supplierId = '', , key = ''] = (request.url ?? '').split('/');
    if (place === 'hook') return void response.writeHead(200).end();
    const told =
      request.method === 'POST' ? buy(supplierId, String(request.headers['idempotency-key']), body) : ask(decodeURIComponent(key));
    if (told === 'nothing') return void request.socket.destroy();
    response.writeHead(told.status, { 'content-type': 'application/json' }).end(JSON.stringify(told.body));
  };
  const buy = (supplierId: string, purchaseId: string, body: string): WireAnswer | 'nothing' => {
    const { sku, quantity, maxCostMinor, recipient } = JSON.parse(body) as Purchase;
    const of = { purchaseId, offerId: offerIdOf(supplierId, sku), kind: kindOf(sku) };
    const mood = moodFor(purchaseId);
    if (mood === 'deaf') return 'nothing';
    const told = suppliers.buy({ ...of, sku, quantity, maxCostMinor, ...(recipient !== undefined && { recipient }) }, mood);
    if (mood === 'late') return 'nothing';
    if (mood === 'error') return { status: 500, body: {} };
    return mood === 'garbage' ? { status: 200, body: { idempotencyKey: 'another', status: 'fulfilled' } } : told;
  };
  const ask = (purchaseId: string): WireAnswer => suppliers.ask(purchaseId, suppliers.sales.get(purchaseId)?.ordered.sku ?? '', 'honest');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    suppliers,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
