import { topicNames, TOPICS, type Service, type Topic } from '@midstream/contracts';
import { hashOf } from './random';
import type { Appended } from './shell';

export interface Message {
  readonly id: number;
  readonly key: string;
  readonly fact: Appended['event'];
  /** When it was committed: no watermark that comes before it tells of a later time. */
  readonly committedAt: number;
  /** Nobody can read it. */
  readonly broken?: true;
}

/** How far a reader has come in one partition: what it has read, and what it has said that it has read. */
export interface Place {
  position: number;
  acknowledged: number;
  /** The reader will look there. */
  isExpected: boolean;
}

export interface Partition {
  readonly topic: Topic;
  readonly number: number;
  readonly messages: Message[];
  readonly places: ReadonlyMap<Service, Place>;
}

/** The bus: topics in partitions by key. Order is kept within a partition and nowhere else. */
export class Bus {
  private readonly topics = new Map<Topic, readonly Partition[]>();
  private readonly homes = new Map<string, number>();

  constructor(partitions: number) {
    for (const topic of topicNames) {
      const numbered = Array.from({ length: partitions }, (_, number) => ({
        topic,
        number,
        messages: [],
        places: new Map(TOPICS[topic].readers.map((it) => [it, { position: 0, acknowledged: 0, isExpected: false }] as const)),
      }));
      this.topics.set(topic, numbered);
    }
  }

  partitionsOf(topic: Topic): readonly Partition[] {
    return this.topics.get(topic) ?? [];
  }

  all(): readonly Partition[] {
    return [...this.topics.values()].flat();
  }

  /** @returns the partition that the record is in now. */
  publish(topic: Topic, message: Message): Partition {
    const partitions = this.partitionsOf(topic);
    const hash = this.homes.get(message.key) ?? hashOf(message.key);
    this.homes.set(message.key, hash);
    const partition = partitions[hash % partitions.length];
    if (partition === undefined) throw new Error(`there is no topic ${topic}`);
    partition.messages.push(message);
    return partition;
  }

  placeOf(partition: Partition, reader: Service): Place {
    const place = partition.places.get(reader);
    if (place === undefined) throw new Error(`${reader} does not read ${partition.topic}`);
    return place;
  }

  /** What the reader has read and not acknowledged comes again: its process has died, or its partition was given to another. */
  rewind(reader: Service): void {
    for (const partition of this.all()) {
      const place = partition.places.get(reader);
      if (place !== undefined) place.position = place.acknowledged;
    }
  }
}
