import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

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
