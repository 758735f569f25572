import { type AnyFact, type FactOf, type Service, topicOf, TOPICS, type Topic, wireTypeOf } from '@midstream/contracts';
import { assert } from '@midstream/kernel';
import { embeddedBus, type EventBus, type InRecord, type Subscription } from '@midstream/runtime';
import { v7 as uuidv7 } from 'uuid';

/** An embedded bus at which a spec speaks for the other services: `tell` gives facts to the service, as their owners' relays would. */
export function busToSpeakAt(consumer: Service): EventBus & { tell(...facts: AnyFact[]): Promise<void> } {
  const bus = embeddedBus();
  let listening: Subscription | undefined;
  let offset = 0;
  return {
    ...bus,
    subscribe(subscription) {
      if (subscription.consumer === consumer) listening = subscription;
      return bus.subscribe(subscription);
    },
    async tell(...facts) {
      assert(listening !== undefined, `${consumer} listens`);
      const records = facts.map((it) => recordOf(it, (offset += 1)));
      for (const topic of new Set(records.map((it) => it.topic))) {
        await listening.onChunk({ records: records.filter((it) => it.topic === topic), watermarks: [] });
      }
    },
  };
}

function recordOf({ type, ...data }: FactOf<Topic>, offset: number): InRecord {
  const topic = topicOf(type);
  assert(topic !== undefined, `${type} has a topic`);
  const key = String(Object.entries(data).find(([name]) => name === TOPICS[topic].key)?.[1]);
  const envelope = {
    ...{ specversion: '1.0', id: uuidv7(), source: `/${TOPICS[topic].owner}`, type: wireTypeOf(type), subject: key },
    ...{ time: new Date().toISOString(), datacontenttype: 'application/json', sequence: String(offset), data },
  };
  return { topic, partition: 0, offset: String(offset), key, value: JSON.stringify(envelope) };
}
