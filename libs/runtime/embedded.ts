import { topicsOf, topicsReadBy, SERVICES, type Service } from '@midstream/contracts';
import { type Chunk, chunksOf, type EventBus, type InRecord, type OutRecord, type Sink, type Subscription } from './bus';
import { point } from './fault';

/**
 * The bus without a broker: every reader has a cursor of its own on the owner's log, and hears it in the same process, in its own
 * transaction. Durable, since the logs and the cursors are; a reader that is not there yet hears all of it later.
 */
export function embeddedBus(): EventBus {
  const subscriptions = new Map<Service, Subscription>();
  const running = new Map<Service, number>();
  let closed = false;

  const tell = async (reader: Service, chunk: Chunk): Promise<void> => {
    const subscription = subscriptions.get(reader);
    if (subscription === undefined || closed) throw new Error(`${reader} does not listen now`);
    running.set(reader, (running.get(reader) ?? 0) + 1);
    try {
      await subscription.onChunk(chunk);
    } finally {
      running.set(reader, (running.get(reader) ?? 1) - 1);
    }
  };

  return {
    kind: 'embedded',
    sinksOf: (owner) =>
      SERVICES.flatMap((reader): Sink[] => {
        const topics = topicsOf(owner).filter((it) => topicsReadBy(reader).includes(it));
        if (topics.length === 0) return [];
        return [
          {
            cursor: `embedded:${reader}`,
            topics,
            async publish(records) {
              for (const part of chunksOf(records.map(toIn))) {
                await tell(reader, { records: part, watermarks: [] });
                point('embedded:after-chunk');
              }
            },
            mark: (at) => tell(reader, { records: [], watermarks: topics.map((topic) => ({ topic, partition: 0, partitions: 1, at })) }),
          },
        ];
      }),
    subscribe(subscription) {
      subscriptions.set(subscription.consumer, subscription);
      return Promise.resolve({
        async stop() {
          if (subscriptions.get(subscription.consumer) === subscription) subscriptions.delete(subscription.consumer);
          while ((running.get(subscription.consumer) ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
        },
      });
    },
    ready: () => Promise.resolve(!closed),
    close() {
      closed = true;
      return Promise.resolve();
    },
  };
}

const toIn = ({ topic, key, value, sequence }: OutRecord): InRecord => ({ topic, partition: 0, offset: sequence, key, value });
