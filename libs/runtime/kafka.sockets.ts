import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

const KEEP_ALIVE_MS = 10_000;

/** An admin, a producer or a consumer, as far as it tells of requests that were not answered in time. */
export interface Asking<Name extends string> {
  readonly events: { readonly REQUEST_TIMEOUT: Name };
  on(event: Name, listener: () => void): unknown;
}

export interface KafkaSockets {
  readonly open: ISocketFactory;
  /** As soon as a request of this client is not answered in time, every connection that was silent as long is given up. */
  watch<Name extends string>(client: Asking<Name>): void;
}

/**
 * The connections of one Kafka client. kafkajs 2.2.4 goes on asking over a connection that does not answer: one that a router has forgotten
 * (half-open) it would keep until the kernel gives it up a quarter of an hour later. Given up here, it is opened anew with the next request.
 */
export function kafkaSockets(silentMs: number): KafkaSockets {
  const heardAt = new Map<Socket, number>();
  const dropSilent = (): void => {
    const before = Date.now() - silentMs;
    for (const [socket, at] of [...heardAt]) if (at <= before) socket.destroy(new Error(`Kafka was not heard for ${silentMs / 1_000} s`));
  };
  return {
    open({ host, port, ssl, onConnect }) {
      // kafkajs says null where its types say that there are options
      const options = ssl as typeof ssl | null | undefined;
      const socket = options
        ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...options }, onConnect)
        : connect({ host, port }, onConnect);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      const hear = (): void => void heardAt.set(socket, Date.now());
      hear();
      socket.on('data', hear);
      socket.on('close', () => heardAt.delete(socket));
      return socket;
    },
    watch: (client) => void client.on(client.events.REQUEST_TIMEOUT, dropSilent),
  };
}
