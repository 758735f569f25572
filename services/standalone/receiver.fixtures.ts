import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Client } from './client.fixtures';

export interface Message {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly traceId: string;
  readonly text: string;
}

export interface Receiver {
  /** What came, once its signature was found to be right. */
  readonly messages: readonly Message[];
  /** Why others were refused. */
  readonly refused: readonly string[];
  close(): void;
}

/** A merchant's server: registers itself for everything, and takes only what is signed with the secret that it was given. */
export async function aReceiver(merchant: Client): Promise<Receiver> {
  const messages: Message[] = [];
  const refused: string[] = [];
  let secret = '';
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => (text += String(part)));
    request.on('end', () => {
      try {
        const headers = request.headers as Record<string, string>;
        new Webhook(secret).verify(text, headers);
        const { type, data } = JSON.parse(text) as Pick<Message, 'type' | 'data'>;
        messages.push({ type, data, traceId: headers['traceparent']?.split('-')[1] ?? '', text });
        response.writeHead(204).end();
      } catch (error) {
        refused.push(String(error));
        response.writeHead(400).end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
  ({
    body: { secret },
  } = await merchant.post<{ secret: string }>('/webhooks', { url }));
  return {
    ...{ messages, refused },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
