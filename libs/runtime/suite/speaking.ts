import { type AnyFact, type FactOf, type Service, topicOf, TOPICS, type Topic, wireTypeOf } from '@midstream/contracts';
import { assert } from '@midstream/kernel';

import { v7 as uuidv7 } from 'uuid';
import type { EventBus, InRecord, Subscription } from '../bus';
import { embeddedBus } from '../embedded';

export const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

export interface SpokenBus extends EventBus {
  /** Gives facts to the service, as their owners' relays would, `times` over: a repeat must change nothing. */
  tell(...facts: AnyFact[]): Promise<void>;
}

/** An embedded bus at which a spec speaks for the other services. */
export function busToSpeakAt(consumer: Service, times = 1): SpokenBus {
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
        const chunk = { records: records.filter((it) => it.topic === topic), watermarks: [] };
        for (let time = 0; time < times; time++) await listening.onChunk(chunk);
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
    ...{ time: new Date().toISOString(), datacontenttype: 'application/json', sequence: String(offset), traceparent: TRACE, data },
  };
  return { topic, partition: 0, offset: String(offset), key, value: JSON.stringify(envelope) };
}
