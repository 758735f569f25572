import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AnyFact, topicOf, TOPICS, wireTypeOf } from '@midstream/contracts';
import { assert } from '@midstream/kernel';
import { embeddedBus, type EventBus, type InRecord, type Subscription } from '@midstream/runtime';
import { v7 as uuidv7 } from 'uuid';

export const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

export interface SpokenBus extends EventBus {
  /** Gives facts to the service, as their owners' relays would, twice: a repeat must change nothing. */
  tell(...facts: AnyFact[]): Promise<void>;
}

export function busToSpeakAt(): SpokenBus {
  const bus = embeddedBus();
  let listening: Subscription | undefined;
  return {
    ...bus,
    subscribe(subscription) {
      listening = subscription;
      return bus.subscribe(subscription);
    },
    async tell(...facts) {
      assert(listening !== undefined, 'the service listens');
      for (const record of facts.map(recordOf)) {
        for (let times = 0; times < 2; times++) await listening.onChunk({ records: [record], watermarks: [] });
      }
    },
  };
}

function recordOf({ type, ...data }: AnyFact): InRecord {
  const topic = topicOf(type);
  assert(topic !== undefined, `${type} has a topic`);
  const key = String(Object.entries(data).find(([name]) => name === TOPICS[topic].key)?.[1]);
  const envelope = {
    ...{ specversion: '1.0', id: uuidv7(), source: `/${TOPICS[topic].owner}`, type: wireTypeOf(type), subject: key },
    ...{ time: new Date().toISOString(), datacontenttype: 'application/json', sequence: '1', traceparent: TRACE, data },
  };
  return { topic, partition: 0, offset: '1', key, value: JSON.stringify(envelope) };
}

export interface Received {
  readonly headers: IncomingHttpHeaders & Record<string, string>;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What the next requests are answered, 204 after them; `hang`: never. */
  answers: (number | 'hang')[];
  /** Headers of every answer. */
  headers: Record<string, string>;
  close(): void;
}

/** A merchant's server. */
export async function receiver(): Promise<Receiver> {
  const self = {
    url: '',
    received: [] as Received[],
    answers: [] as (number | 'hang')[],
    headers: {},
    close: () => server.closeAllConnections(),
  };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      self.received.push({ headers: request.headers as Received['headers'], body });
      const answer = self.answers.shift() ?? 204;
      if (answer !== 'hang') response.writeHead(answer, self.headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  self.close = () => {
    server.close();
    server.closeAllConnections();
  };
  return self;
}

export async function eventually(check: () => void | Promise<void>, withinMs = 5000): Promise<void> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
